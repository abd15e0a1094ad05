/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/number.h"
#include "fcgi/inherit.h"

/* "PID KIND LISTENER [CONNECTION]..." */
#define VARIABLE "GRANTD_INHERITED"
#define FIRST_FIELDS 3

static bool
is_socket(int fd)
{
	int type;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

/* The next number of the text, which is moved on. False: it is no number, or there is none. */
static bool
next_number(const char **text, int64_t *n)
{
	const char *at = *text + strspn(*text, " ");
	size_t len = strcspn(at, " ");

	*text = at + len;
	return len > 0 && number_parse(n, at, len, 0, INT_MAX);
}

/* The connections that are left of the text. */
static bool
take_kept(struct inherited *in, const char *text)
{
	int64_t fd;

	/* A number and a space each, at least. */
	in->kept = calloc(strlen(text) / 2 + 1, sizeof(*in->kept));
	if (in->kept == NULL)
		return false;
	while (next_number(&text, &fd))
		if (is_socket((int)fd) && fcntl((int)fd, F_SETFD, FD_CLOEXEC) == 0)
			in->kept[in->count++] = (int)fd;
	return true;
}

static bool
take_text(struct inherited *in, const char *text)
{
	int64_t field[FIRST_FIELDS];
	size_t i;

	for (i = 0; i < FIRST_FIELDS; i++)
		if (!next_number(&text, &field[i]))
			return false;
	if (field[0] != getpid() || field[1] > LISTENER_SYSTEMD || !is_socket((int)field[2]))
		return false;
	in->kind = (enum listener_kind)field[1];
	in->listener = (int)field[2];
	if (in->listener != STDIN_FILENO && fcntl(in->listener, F_SETFD, FD_CLOEXEC) == -1)
		return false;
	return take_kept(in, text);
}

bool
inherit_take(struct inherited *in)
{
	const char *text = getenv(VARIABLE);
	bool good;

	*in = (struct inherited)INHERITED_NONE;
	if (text == NULL)
		return false;
	good = take_text(in, text);
	if (!good) {
		log_warning(VARIABLE " is not for this process, and nothing is taken over");
		inherit_clear(in);
	}
	unsetenv(VARIABLE);
	return good;
}

/* Descriptor 0 was never close-on-exec, and is not made so. */
static void
set_flags(const struct inherited *in, int flags)
{
	size_t i;

	if (in->listener != STDIN_FILENO)
		(void)fcntl(in->listener, F_SETFD, flags);
	for (i = 0; i < in->count; i++)
		(void)fcntl(in->kept[i], F_SETFD, flags);
}

bool
inherit_leave(const struct inherited *in)
{
	struct buf text = BUF_EMPTY;
	bool ok;
	size_t i;

	buf_addf(&text, "%ld %d %d", (long)getpid(), (int)in->kind, in->listener);
	for (i = 0; i < in->count; i++)
		buf_addf(&text, " %d", in->kept[i]);
	if (text.failed)
		errno = ENOMEM;
	ok = !text.failed && setenv(VARIABLE, buf_text(&text), 1) == 0;
	buf_clear(&text);
	if (ok)
		set_flags(in, 0);
	return ok;
}

void
inherit_keep(const struct inherited *in)
{
	set_flags(in, FD_CLOEXEC);
	unsetenv(VARIABLE);
}

void
inherit_clear(struct inherited *in)
{
	free(in->kept);
	*in = (struct inherited)INHERITED_NONE;
}
