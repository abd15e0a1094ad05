/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fastcgi.h"
#include "base/log.h"
#include "base/settings.h"
#include "fcgi/figures.h"
#include "fcgi/listener.h"
#include "fcgi/status.h"
#include "fcgi/status_request.h"
#include "http/response.h"

/* ms: for a request to come, for an answer to be taken, and for the client to close behind it. */
#define READ_MS 5000
#define WRITE_MS 5000
#define LINGER_MS 1000
/* For so long nobody has to give way to others; and so soon it is looked again whether somebody has. */
#define PATIENCE_MS 250
#define FULL_MS 20
/* How soon a socket that could not be made is tried again, and one is listened to after there were no descriptors. */
#define AGAIN_MS 1000
/* Connections that are accepted, and bytes that are read, at a time. */
#define ACCEPT_MOST 4
#define READ_SIZE 4096

#define SCHEME "http://"
#define ADDRESS_MAX 256

enum stage { STAGE_FREE, STAGE_READ, STAGE_ANSWER, STAGE_WRITE, STAGE_LINGER };

struct client {
	enum stage stage;
	int fd;
	bool local; /* on a Unix socket */
	int64_t since, until;
	struct status_request request;
	struct buf output;
	size_t sent;
	int at; /* among those that are polled for; -1: not */
};

/* One of those that the setting names. */
struct door {
	char address[ADDRESS_MAX]; /* as listener_open() takes it */
	bool local;
	struct listener listener;
	int64_t again; /* not tried, or not listened to, before */
	bool told;     /* that it cannot be had */
	int at;
};

struct status {
	const struct settings *settings;
	struct door door[STATUS_LISTENERS_MOST];
	int doors;
	struct client client[STATUS_CLIENTS_MOST];
	struct response rs;
};

/* ---- the setting ---- */

/* A sentence more, in a line of its own. Always false. */
static bool
say(char error[STATUS_ERROR_MAX], const char *address, const char *what)
{
	size_t len = strlen(error);

	(void)snprintf(error + len, STATUS_ERROR_MAX - len, "%sGRANTD_STATUS_LISTEN: %.300s%s",
	    len > 0 ? "\n" : "", address, what);
	return false;
}

/* Is this HOST:PORT, a number each, of the loopback interface? */
static bool
is_loopback(const char *address)
{
	const char *colon = strrchr(address, ':');
	size_t len = colon == NULL ? 0 : (size_t)(colon - address);
	struct in6_addr six;
	struct in_addr four;
	char host[64];

	if (len == 0 || len >= sizeof(host))
		return false;
	if (address[0] == '[' && colon[-1] == ']') {
		(void)snprintf(host, sizeof(host), "%.*s", (int)len - 2, address + 1);
		return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
	}
	(void)snprintf(host, sizeof(host), "%.*s", (int)len, address);
	return inet_pton(AF_INET, host, &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
}

static bool
understand(struct door *d, const char *address, size_t len, char error[STATUS_ERROR_MAX])
{
	bool http = len > strlen(SCHEME) && strncmp(address, SCHEME, strlen(SCHEME)) == 0;
	size_t skip = http ? strlen(SCHEME) : 0;

	*d = (struct door){ .local = !http, .listener = LISTENER_EMPTY, .at = -1 };
	(void)snprintf(d->address, sizeof(d->address), "%.*s", (int)(len - skip), address + skip);
	if (len - skip >= sizeof(d->address))
		return say(error, d->address, " is longer than any address");
	if (!http && d->address[0] == '/')
		return true;
	if (!http)
		return say(error, d->address,
		    " is neither a path that begins with '/' nor http://127.0.0.1:PORT");
	if (strchr(d->address, '/') != NULL)
		return say(error, d->address, " has a '/' behind http://HOST:PORT");
	return is_loopback(d->address) ||
	    say(error, d->address,
		" is no address of the loopback interface with a port, such as 127.0.0.1:9466; "
		"for other machines let a web server pass requests on");
}

/* The addresses, which blanks separate. False: one is wrong; the others are there. */
static bool
understand_all(struct status *st, const char *setting, char error[STATUS_ERROR_MAX])
{
	bool good = true;
	size_t len;

	error[0] = '\0';
	for (st->doors = 0; *(setting += strspn(setting, " ")) != '\0'; setting += len) {
		len = strcspn(setting, " ");
		if (st->doors == STATUS_LISTENERS_MOST)
			return say(error, setting,
			    " is one too many: " TEXT_OF(STATUS_LISTENERS_MOST) " at most");
		if (understand(&st->door[st->doors], setting, len, error))
			st->doors++;
		else
			good = false;
	}
	return good;
}

/* As those that listener.h reads. The copy borrows everything. */
static struct settings
settings_of(const struct settings *s, struct door *d)
{
	struct settings own = *s;

	own.listen = d->address;
	own.listen_backlog = STATUS_CLIENTS_MOST;
	return own;
}

static bool
check(const struct settings *s, char error[STATUS_ERROR_MAX], bool look)
{
	struct status *st = calloc(1, sizeof(*st));
	char found[LISTENER_ERROR_MAX];
	bool good;
	int i;

	if (st == NULL) {
		(void)snprintf(error, STATUS_ERROR_MAX, "out of memory");
		return false;
	}
	good = understand_all(st, s->status_listen, error);
	if (look && s->workers == 0 && s->status_listen[0] != '\0')
		good = say(error, "", "takes GRANTD_WORKERS of 1 or more: a parent answers there");
	for (i = 0; look && i < st->doors; i++) {
		struct settings own = settings_of(s, &st->door[i]);

		if (!listener_check(&own, found))
			good = say(error, found, "");
	}
	free(st);
	return good;
}

bool
status_check(const struct settings *s, char error[STATUS_ERROR_MAX])
{
	return check(s, error, true);
}

bool
status_understood(const struct settings *s, char error[STATUS_ERROR_MAX])
{
	return check(s, error, false);
}

/* ---- sockets ---- */

static void
open_door(const struct status *st, struct door *d, int64_t now)
{
	struct settings own = settings_of(st->settings, d);
	char error[LISTENER_ERROR_MAX];

	if (listener_open(&d->listener, &own, error)) {
		if (d->told)
			log_info("status: %s is there now", d->address);
		d->told = false;
		return;
	}
	if (!d->told)
		log_error("status: nobody can ask at %s for now: %s", d->address, error);
	d->told = true;
	d->again = now + AGAIN_MS;
}

struct status *
status_open(const struct settings *s, int64_t now)
{
	struct status *st = calloc(1, sizeof(*st));
	char error[STATUS_ERROR_MAX];
	int i;

	if (st == NULL)
		return NULL;
	st->settings = s;
	st->rs = (struct response)RESPONSE_EMPTY;
	for (i = 0; i < STATUS_CLIENTS_MOST; i++)
		st->client[i].fd = -1;
	if (!understand_all(st, s->status_listen, error))
		log_error("%s", error);
	for (i = 0; i < st->doors; i++)
		open_door(st, &st->door[i], now);
	return st;
}

static void
end_client(struct client *c)
{
	if (c->stage == STAGE_FREE)
		return;
	close(c->fd);
	c->fd = -1;
	c->stage = STAGE_FREE;
	status_request_clear(&c->request);
	buf_clear(&c->output);
}

void
status_leave(struct status *st)
{
	int i;

	for (i = 0; i < st->doors; i++)
		listener_close(&st->door[i].listener);
	for (i = 0; i < STATUS_CLIENTS_MOST; i++)
		end_client(&st->client[i]);
	response_clear(&st->rs);
	free(st);
}

void
status_close(struct status *st)
{
	int i;

	for (i = 0; i < st->doors; i++)
		listener_retire(&st->door[i].listener);
	status_leave(st);
}

/* ---- one client ---- */

static void
enter(struct client *c, enum stage stage, int64_t until)
{
	c->stage = stage;
	c->until = until;
}

/*
 * A free place, or that of whoever has kept us waiting for the longest: who means it is gone by then. NULL: nobody has for long, and
 * who comes waits in the socket's queue.
 */
static struct client *
place_for_client(struct status *st, int64_t now)
{
	struct client *c, *oldest = NULL;

	for (c = st->client; c < st->client + STATUS_CLIENTS_MOST; c++) {
		if (c->stage == STAGE_FREE)
			return c;
		if (c->stage != STAGE_ANSWER && now - c->since >= PATIENCE_MS &&
		    (oldest == NULL || c->since < oldest->since))
			oldest = c;
	}
	return oldest;
}

/* What a web server asked about FastCGI itself; as far as it takes that at once. */
static void
tell_values(struct client *c)
{
	struct buf *reply = &c->request.in.reply;

	if (reply->len > 0)
		(void)send(c->fd, reply->data, reply->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	buf_reset(reply);
}

static void
read_some(struct client *c, int64_t now)
{
	char bytes[READ_SIZE];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end_client(c);
		return;
	}
	switch (status_request_take(&c->request, bytes, (size_t)n, c->local)) {
	case STATUS_MORE:
		tell_values(c);
		return;
	case STATUS_WHOLE:
		enter(c, STAGE_ANSWER, now + WRITE_MS);
		return;
	case STATUS_BROKEN:
		break;
	}
	end_client(c);
}

static void
accept_some(struct status *st, struct door *d, int64_t now)
{
	struct client *c;
	int i, fd;

	for (i = 0; i < ACCEPT_MOST; i++) {
		if ((c = place_for_client(st, now)) == NULL) {
			d->again = now + FULL_MS;
			return;
		}
		fd = accept4(d->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd == -1) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			    errno == ENOMEM)
				d->again = now + AGAIN_MS;
			return;
		}
		end_client(c);
		*c = (struct client){ .fd = fd, .local = d->local, .since = now, .at = -1 };
		status_request_begin(&c->request, d->local);
		enter(c, STAGE_READ, now + READ_MS);
		read_some(c, now);
	}
}

static void
write_some(struct client *c, int64_t now)
{
	ssize_t n = send(c->fd, c->output.data + c->sent, c->output.len - c->sent,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		end_client(c);
		return;
	}
	c->sent += (size_t)n;
	if (c->sent < c->output.len)
		return;
	/* What the client may still send must not destroy what is on its way to it. */
	buf_clear(&c->output);
	(void)shutdown(c->fd, SHUT_WR);
	enter(c, STAGE_LINGER, now + LINGER_MS);
}

static void
linger(struct client *c)
{
	char trash[READ_SIZE];
	ssize_t n = recv(c->fd, trash, sizeof(trash), MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		end_client(c);
}

/* ---- answers ---- */

static void
put_page(struct response *rs, const struct status_request *r, const struct figures *f, int64_t now)
{
	static const char text[] = "text/plain; charset=utf-8";
	bool json = r->json;

	rs->status = 200;
	if (strcmp(r->page, "metrics") == 0) {
		response_header(rs, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
		figures_metrics(f, now, &rs->body);
	} else if (strcmp(r->page, "status") == 0) {
		response_header(rs, "Content-Type", json ? "application/json" : text);
		if (json)
			figures_json(f, now, &rs->body);
		else
			figures_text(f, now, &rs->body);
	} else if (strcmp(r->page, "healthz") == 0) {
		response_header(rs, "Content-Type", "application/json");
		buf_adds(&rs->body, "{\"status\":\"ok\"}");
	} else {
		response_error_message(rs, ERROR_NOT_FOUND,
		    "There are /metrics, /status and /healthz.", NULL, NULL);
	}
}

/* A request that is wrong is told so in few words. */
static void
put_refusal(struct response *rs, int status)
{
	rs->status = status;
	response_header(rs, "Content-Type", "text/plain; charset=utf-8");
	if (status == 405)
		response_header(rs, "Allow", "GET, HEAD");
	buf_addf(&rs->body, "%s\n", response_reason(status));
}

static void
put_records(struct client *c, const struct response *rs)
{
	unsigned id = c->request.in.s.id;
	struct buf head = BUF_EMPTY;

	buf_addf(&head, "Status: %d %s\r\n", rs->status, response_reason(rs->status));
	buf_add(&head, rs->head.data, rs->head.len);
	buf_adds(&head, "\r\n");
	fcgi_put_stream(&c->output, FCGI_STDOUT, id, head.data, head.len);
	if (!c->request.is_head)
		fcgi_put_stream(&c->output, FCGI_STDOUT, id, rs->body.data, rs->body.len);
	fcgi_put_stream_end(&c->output, FCGI_STDOUT, id);
	fcgi_put_end(&c->output, id, FCGI_REQUEST_COMPLETE);
	c->output.failed = c->output.failed || head.failed;
	buf_clear(&head);
}

static void
put_text(struct client *c, const struct response *rs)
{
	buf_addf(&c->output, "HTTP/1.1 %d %s\r\n", rs->status, response_reason(rs->status));
	buf_add(&c->output, rs->head.data, rs->head.len);
	buf_addf(&c->output, "Content-Length: %zu\r\nConnection: close\r\n\r\n", rs->body.len);
	if (!c->request.is_head)
		buf_add(&c->output, rs->body.data, rs->body.len);
}

static void
answer(struct status *st, struct client *c, const struct figures *f, int64_t now)
{
	struct response *rs = &st->rs;

	response_begin(rs, NULL);
	if (c->request.status == 200)
		put_page(rs, &c->request, f, now);
	else
		put_refusal(rs, c->request.status);
	figures_ask_memory(f);
	if (c->request.fastcgi)
		put_records(c, rs);
	else
		put_text(c, rs);
	if (response_failed(rs) || c->output.failed) {
		log_error("out of memory for a page of the status");
		end_client(c);
		return;
	}
	enter(c, STAGE_WRITE, now + WRITE_MS);
	write_some(c, now);
}

/* ---- all of them ---- */

int
status_watch(struct status *st, struct pollfd news[STATUS_FDS_MOST], int64_t now)
{
	struct client *c;
	struct door *d;
	int n = 0;

	for (d = st->door; d < st->door + st->doors; d++) {
		if (d->listener.fd == -1 && now >= d->again)
			open_door(st, d, now);
		d->at = d->listener.fd == -1 || now < d->again ? -1 : n;
		if (d->at >= 0)
			news[n++] = (struct pollfd){ .fd = d->listener.fd, .events = POLLIN };
	}
	for (c = st->client; c < st->client + STATUS_CLIENTS_MOST; c++) {
		c->at = c->stage == STAGE_FREE || c->stage == STAGE_ANSWER ? -1 : n;
		if (c->at >= 0)
			news[n++] = (struct pollfd){
				.fd = c->fd,
				.events = c->stage == STAGE_WRITE ? POLLOUT : POLLIN,
			};
	}
	return n;
}

int64_t
status_due(const struct status *st)
{
	const struct client *c;
	const struct door *d;
	int64_t due = INT64_MAX;

	for (d = st->door; d < st->door + st->doors; d++)
		if (d->again != 0 && d->at < 0 && d->again < due)
			due = d->again;
	for (c = st->client; c < st->client + STATUS_CLIENTS_MOST; c++) {
		if (c->stage == STAGE_ANSWER)
			return 0;
		if (c->stage != STAGE_FREE && c->until < due)
			due = c->until;
	}
	return due;
}

static void
hear_client(struct client *c, int64_t now)
{
	switch (c->stage) {
	case STAGE_READ:
		read_some(c, now);
		break;
	case STAGE_WRITE:
		write_some(c, now);
		break;
	case STAGE_LINGER:
		linger(c);
		break;
	case STAGE_FREE:
	case STAGE_ANSWER:
		break;
	}
}

/* Of those that wait for an answer, the one that has waited the longest gets it. */
static void
answer_one(struct status *st, const struct figures *f, int64_t now)
{
	struct client *c, *first = NULL;

	for (c = st->client; c < st->client + STATUS_CLIENTS_MOST; c++)
		if (c->stage == STAGE_ANSWER && (first == NULL || c->until < first->until))
			first = c;
	if (first != NULL)
		answer(st, first, f, now);
}

void
status_serve(struct status *st, const struct pollfd *news, int n, const struct figures *f,
    int64_t now)
{
	struct client *c;
	struct door *d;

	for (c = st->client; c < st->client + STATUS_CLIENTS_MOST; c++) {
		if (c->at >= 0 && c->at < n && news[c->at].revents != 0)
			hear_client(c, now);
		if (c->stage != STAGE_FREE && c->until <= now)
			end_client(c);
	}
	answer_one(st, f, now);
	for (d = st->door; d < st->door + st->doors; d++)
		if (d->at >= 0 && d->at < n && news[d->at].revents != 0)
			accept_some(st, d, now);
}
