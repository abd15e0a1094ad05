/* SPDX-License-Identifier: MIT */
/*
 * What a web server sends on a kept connection, whatever it is: each request that is found in it is read
 * with its body and answered, and what is answered is records.
 */
#include "config.h"

#include <sys/socket.h>

#include <stddef.h>
#include <unistd.h>

#include "fuzz.h"

#include "base/buf.h"
#include "base/fastcgi.h"
#include "base/log.h"
#include "base/settings.h"
#include "fcgi/seam.h"
#include "http/request.h"
#include "http/response.h"

#define BODY_MOST 4096
/* What fits into a socket's buffer, so that nobody has to read at the other end meanwhile. */
#define INPUT_MOST 16384
#define REQUESTS_MOST 64

static struct seam *
open_seam(void)
{
	static struct settings s;
	char error[SETTINGS_ERROR_MAX];
	struct seam *sm;

	unsetenv("GRANTD_CONFIG");
	HOLDS(settings_load(&s, NULL, error));
	HOLDS(log_open("/dev/null", LEVEL_ERROR));
	sm = seam_open(&s);
	HOLDS(sm != NULL);
	return sm;
}

static enum seam_next
answer(struct seam *sm, struct request *rq)
{
	struct response rs = RESPONSE_EMPTY;
	struct buf body = BUF_EMPTY;
	enum seam_next next;

	HOLDS(rq->path[0] == '/');
	if (rq->read_body(rq->body_source, BODY_MOST, &body) == BODY_WHOLE)
		HOLDS(body.len <= BODY_MOST);
	response_begin(&rs, rq->header[HEADER_REQUEST_ID]);
	response_empty(&rs, 204);
	next = seam_answer(sm, rq, &rs);
	response_clear(&rs);
	buf_clear(&body);
	return next;
}

/* With `again`, as one that has to wait before it is answered: what was saved is the same request. */
static bool
read_one(struct seam *sm, int fd, bool again, struct request *rq)
{
	static _Alignas(max_align_t) char saved[1 << 20];
	struct seam_source from = { .fd = fd, .again = again };
	enum seam_head head = seam_read(sm, &from, rq), second;
	int64_t due;

	HOLDS(head != SEAM_PART); /* the other side has ended */
	if (head == SEAM_NONE || !again || !seam_can_save(sm))
		return head != SEAM_NONE;
	HOLDS(seam_save(sm, saved, sizeof(saved), &due) > 0);
	from.saved = saved;
	second = seam_read(sm, &from, rq);
	HOLDS(second == head);
	return true;
}

/* All that was answered is whole records. */
static void
check_records(int fd)
{
	static unsigned char got[1 << 20];
	struct fcgi_header h;
	size_t len = 0, at = 0;
	ssize_t n;

	while ((n = recv(fd, got + len, sizeof(got) - len, MSG_DONTWAIT)) > 0)
		len += (size_t)n;
	while (at + FCGI_HEADER_LEN <= len) {
		fcgi_header_read(&h, got + at);
		HOLDS(h.version == FCGI_VERSION_1);
		at += FCGI_HEADER_LEN + h.content + h.padding;
	}
	HOLDS(at == len);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct seam *sm;
	enum seam_next next = SEAM_MORE;
	struct request rq;
	int fd[2], i;

	if (size > INPUT_MOST)
		return 0;
	if (sm == NULL)
		sm = open_seam();
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	HOLDS(send(fd[0], data, size, MSG_NOSIGNAL) == (ssize_t)size);
	HOLDS(shutdown(fd[0], SHUT_WR) == 0);
	for (i = 0; i < REQUESTS_MOST && next == SEAM_MORE; i++)
		next = read_one(sm, fd[1], i % 2 == 1, &rq) ? answer(sm, &rq) : SEAM_CLOSE;
	check_records(fd[0]);
	close(fd[0]);
	close(fd[1]);
	return 0;
}
