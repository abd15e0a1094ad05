/* SPDX-License-Identifier: MIT */
/*
 * grantctl status: what a running grantd's workers do, as its parent tells on the socket of GRANTD_STATUS_LISTEN. HTTP is
 * spoken there on Unix sockets, too (RFC 9112).
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"
#include "ctl/commands.h"
#include "ctl/engine/session.h"
#include "ctl/fcgi_probe.h"

#define ANSWER_MOST ((size_t)16 << 20)
#define SCHEME "http://"
#define ADDRESS_MAX 256

static enum status status(struct ctl *);

static const struct option options[] = {
	{ .name = "listen",
	    .value = "ADDRESS",
	    .type = VALUE_TEXT,
	    .help = "a socket's path or http://HOST:PORT; GRANTD_STATUS_LISTEN unless given" },
	{ .name = "metrics", .help = "print what is counted instead, for Prometheus" },
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_status = {
	.name = "status",
	.summary = "Show what the workers of a running grantd do",
	.help = "It asks the parent process, which answers whatever its workers are at.",
	.options = options,
	.needs = NEEDS_NOTHING,
	.run = status,
};

/* The first word of the setting that is a path, or else the first; false: there is none that fits. */
static bool
choose(char address[ADDRESS_MAX], const char *setting)
{
	const char *at, *first = setting + strspn(setting, " ");
	size_t len;

	for (at = first; *at != '\0' && *at != '/'; at += strspn(at, " "))
		at += strcspn(at, " ");
	if (*at == '\0')
		at = first;
	len = strcspn(at, " ");
	if (strncmp(at, SCHEME, strlen(SCHEME)) == 0 && len > strlen(SCHEME)) {
		at += strlen(SCHEME);
		len -= strlen(SCHEME);
	}
	(void)snprintf(address, ADDRESS_MAX, "%.*s", (int)len, at);
	return len > 0 && len < ADDRESS_MAX;
}

static bool
send_request(int fd, const char *path)
{
	struct buf request = BUF_EMPTY;
	size_t sent = 0;
	ssize_t n = 0;

	buf_addf(&request, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
	while (!request.failed && n >= 0 && sent < request.len) {
		n = send(fd, request.data + sent, request.len - sent, MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
	}
	n = request.failed ? -1 : n;
	buf_clear(&request);
	return n >= 0;
}

/* All that comes until the other side closes. */
static bool
receive_all(int fd, struct buf *to)
{
	char bytes[16384];
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0 && to->len < ANSWER_MOST)
		buf_add(to, bytes, (size_t)n);
	return n == 0 && !to->failed;
}

/* The answer's body; NULL: it is none of grantd's, or is not whole. */
static const char *
body_of(const struct buf *answer, int *code)
{
	static const char field[] = "\r\nContent-Length: ";
	const char *text = buf_text(answer), *end = strstr(text, "\r\n\r\n"),
		   *at = strstr(text, field);
	int64_t number, length;

	if (end == NULL || at == NULL || at > end || strncmp(text, "HTTP/1.1 ", 9) != 0 ||
	    !number_parse(&number, text + 9, 3, 100, 599))
		return NULL;
	at += sizeof(field) - 1;
	end += 4;
	if (!number_parse(&length, at, strcspn(at, "\r"), 0, INT32_MAX) ||
	    (size_t)length != answer->len - (size_t)(end - text))
		return NULL;
	*code = (int)number;
	return end;
}

/* Whoever listens there may be anybody: nothing of it moves the cursor. */
static void
print_safely(const char *text)
{
	for (; *text != '\0'; text++)
		(void)putchar(*text == '\n' || (unsigned char)*text >= ' ' ? *text : '?');
}

static enum status
print_answer(struct ctl *c, const char *address, const struct buf *answer)
{
	int code = 0;
	const char *body = body_of(answer, &code);

	if (body == NULL || code != 200)
		return session_refuse(c, "%s: what answers there is not grantd's status", address);
	print_safely(body);
	return fflush(stdout) == 0 ? STATUS_DONE : session_refuse(c, "standard output: %m");
}

static enum status
ask(struct ctl *c, const char *address)
{
	const char *path = args_has(&c->args, "metrics") ? "/metrics" :
	    c->json                                      ? "/status?format=json" :
							   "/status";
	struct buf answer = BUF_EMPTY;
	enum status st;
	struct probe p;
	int fd;

	if ((fd = probe_connect(address, &p)) < 0)
		return session_refuse(c, "%s: %s", address, p.error);
	if (send_request(fd, path) && receive_all(fd, &answer))
		st = print_answer(c, address, &answer);
	else
		st = session_refuse(c, "%s: there was no whole answer in time", address);
	(void)close(fd);
	buf_clear(&answer);
	return st;
}

/* False, with the fault and the usage line on standard error. */
static bool
check_options(struct ctl *c, const char *where)
{
	char address[ADDRESS_MAX];

	if (c->json && args_has(&c->args, "metrics"))
		return args_fault(&c->args, "--json and --metrics exclude each other");
	if (where != NULL &&
	    (!choose(address, where) || (address[0] != '/' && strchr(address, ':') == NULL)))
		return args_fault(&c->args,
		    "--listen must be a socket's path, from / on, or http://HOST:PORT");
	return true;
}

static enum status
status(struct ctl *c)
{
	const char *where = args_text(&c->args, "listen");
	char address[ADDRESS_MAX];

	if (!check_options(c, where))
		return STATUS_USAGE;
	if (where == NULL && c->settings_error != NULL)
		return session_refuse(c, "%s", c->settings_error);
	if (where == NULL)
		where = c->settings.status_listen;
	if (where[0] == '\0')
		return session_refuse(c,
		    "GRANTD_STATUS_LISTEN is not set: say with --listen where grantd tells its status");
	if (!choose(address, where))
		return session_refuse(c, "%.100s is no address", where);
	return ask(c, address);
}
