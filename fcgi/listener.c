/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "base/number.h"
#include "base/settings.h"
#include "fcgi/listener.h"
#include "fcgi/peer.h"

#define PORT_MIN 1
#define PORT_MAX 65535

/* The sentence is always false's, so that callers can return it. */
static bool fail(char error[LISTENER_ERROR_MAX], const char *format, ...) GRANTD_PRINTF(2, 3);

static bool
fail(char error[LISTENER_ERROR_MAX], const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(error, LISTENER_ERROR_MAX, format, ap);
	va_end(ap);
	return false;
}

static bool
is_listening(int fd)
{
	int yes = 0;
	socklen_t len = sizeof(yes);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 && yes != 0;
}

static bool
is_stream(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM;
}

/*
 * Several workers wait for one socket: whoever comes late must get EAGAIN and not wait in
 * accept(2).
 */
static bool
set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

/* The mode of a socket file: three octal digits, or four that begin with 0. */
static bool
parse_mode(const char *text, mode_t *mode)
{
	size_t len = strlen(text);

	if (len < 3 || len > 4 || strspn(text, "01234567") != len || (len == 4 && text[0] != '0'))
		return false;
	*mode = (mode_t)strtoul(text, NULL, 8);
	return true;
}

/* What a Unix socket is made with. */
struct node {
	struct sockaddr_un address;
	mode_t mode;
	gid_t group; /* (gid_t)-1: the process's own */
};

#define NODE_EMPTY \
	{ \
		.address = { .sun_family = AF_UNIX }, .group = (gid_t)-1 \
	}

static bool
find_path(struct node *n, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	if (strlen(s->listen) >= sizeof(n->address.sun_path))
		return fail(error, "listen: %s is longer than the %zu bytes of a socket's path",
		    s->listen, sizeof(n->address.sun_path) - 1);
	memcpy(n->address.sun_path, s->listen, strlen(s->listen) + 1);
	return true;
}

static bool
find_mode(struct node *n, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	return parse_mode(s->listen_mode, &n->mode) ||
	    fail(error, "GRANTD_LISTEN_MODE is \"%s\"; expected an octal mode such as 0660",
		s->listen_mode);
}

static bool
find_group(struct node *n, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	const struct group *gr;

	if (s->listen_group[0] == '\0')
		return true;
	if ((gr = getgrnam(s->listen_group)) == NULL)
		return fail(error, "GRANTD_LISTEN_GROUP is \"%s\", and there is no such group",
		    s->listen_group);
	n->group = gr->gr_gid;
	return true;
}

static bool
find_node(struct node *n, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	*n = (struct node)NODE_EMPTY;
	return find_path(n, s, error) && find_mode(n, s, error) && find_group(n, s, error);
}

/* What is at the path already. */
enum node_state { NODE_NONE, NODE_DEAD, NODE_LIVE, NODE_OTHER, NODE_ERROR };

static enum node_state
probe_node(const struct node *n)
{
	struct stat st;
	enum node_state state;
	int fd;

	if (lstat(n->address.sun_path, &st) == -1)
		return errno == ENOENT ? NODE_NONE : NODE_ERROR;
	if (!S_ISSOCK(st.st_mode))
		return NODE_OTHER;
	/* A full queue (EAGAIN) is a live one's, so do not wait in it. */
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) == -1)
		return NODE_ERROR;
	/* Workers of one that has ended have the socket, too, and end with the requests they have in hand. */
	if (connect(fd, (const struct sockaddr *)&n->address, sizeof(n->address)) == 0)
		state = peer_has_ended(fd) ? NODE_DEAD : NODE_LIVE;
	else
		state = errno == ECONNREFUSED ? NODE_DEAD : NODE_LIVE;
	close(fd);
	return state;
}

/* The directory of a path with a '/' in it, as a new string; NULL: out of memory. */
static char *
directory_of(const char *path)
{
	size_t len = (size_t)(strrchr(path, '/') - path);

	return len == 0 ? strdup("/") : strndup(path, len);
}

/* Make the path free for bind(2), or say why it cannot be. */
static bool
clear_node(const struct node *n, char error[LISTENER_ERROR_MAX])
{
	const char *path = n->address.sun_path;

	switch (probe_node(n)) {
	case NODE_NONE:
		return true;
	case NODE_LIVE:
		return fail(error, "listen: another process is serving on %s already", path);
	case NODE_OTHER:
		return fail(error, "listen: %s exists and is no socket; it was left alone", path);
	case NODE_DEAD:
		if (unlink(path) == 0)
			return true;
		break;
	case NODE_ERROR:
		break;
	}
	return fail(error, "listen: %s: %s", path, strerror(errno));
}

/*
 * bind(2) with the mode right from the start: the umask is the only way that leaves no moment
 * with another one. Nobody gets in before listen(2), which comes after the group is set.
 */
static bool
bind_node(struct listener *l, const struct node *n, char error[LISTENER_ERROR_MAX])
{
	const char *path = n->address.sun_path;
	mode_t saved = umask(~n->mode & 0777);
	int rc = bind(l->fd, (const struct sockaddr *)&n->address, sizeof(n->address));
	struct stat st;

	umask(saved);
	if (rc == -1)
		return fail(error, "listen: cannot make a socket at %s: %s", path, strerror(errno));
	if (lstat(path, &st) == -1 || (l->path = strdup(path)) == NULL)
		return fail(error, "listen: %s: %s", path, strerror(errno));
	l->device = st.st_dev;
	l->inode = st.st_ino;
	if (n->group != (gid_t)-1 && lchown(path, (uid_t)-1, n->group) == -1)
		return fail(error,
		    "listen: cannot give %s to the group of GRANTD_LISTEN_GROUP: %s "
		    "(only a member of the group, or root, can)",
		    path, strerror(errno));
	return true;
}

static bool
open_unix(struct listener *l, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	struct node n;
	char *directory;
	int lock;
	bool ok;

	l->kind = LISTENER_UNIX;
	if (!find_node(&n, s, error))
		return false;
	/*
	 * Two that start at once must not each find the other's socket dead, so the directory
	 * is locked from the probe to listen(2). A directory that may not be read cannot be
	 * locked, and is used without.
	 */
	if ((directory = directory_of(s->listen)) == NULL)
		return fail(error, "out of memory");
	lock = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(directory);
	if (lock != -1)
		(void)flock(lock, LOCK_EX);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ok = clear_node(&n, error) && bind_node(l, &n, error);
	if (ok && listen(l->fd, s->listen_backlog) == -1)
		ok = fail(error, "listen: %s: %s", s->listen, strerror(errno));
	if (lock != -1)
		close(lock);
	if (!ok)
		listener_retire(l);
	return ok;
}

/*
 * HOST:PORT or [HOST]:PORT, as what getaddrinfo(3) finds; the caller frees it. NULL: `error`
 * says why.
 */
static struct addrinfo *
find_address(const char *listen_on, char error[LISTENER_ERROR_MAX])
{
	const struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
	};
	const char *colon = strrchr(listen_on, ':');
	size_t len = colon == NULL ? 0 : (size_t)(colon - listen_on);
	struct addrinfo *found = NULL;
	char host[NI_MAXHOST];
	int64_t port;
	int rc;

	if (len >= 2 && listen_on[0] == '[' && colon[-1] == ']')
		(void)snprintf(host, sizeof(host), "%.*s", (int)len - 2, listen_on + 1);
	else if (len < sizeof(host) && memchr(listen_on, ':', len) == NULL)
		(void)snprintf(host, sizeof(host), "%.*s", (int)len, listen_on);
	else
		host[0] = '\0';
	if (host[0] == '\0' ||
	    !number_parse(&port, colon + 1, strlen(colon + 1), PORT_MIN, PORT_MAX)) {
		(void)fail(error,
		    "listen: \"%s\" is neither a path with a '/' in it nor HOST:PORT "
		    "(an IPv6 address stands in brackets, a port is 1 to 65535)",
		    listen_on);
		return NULL;
	}
	if ((rc = getaddrinfo(host, colon + 1, &hints, &found)) != 0)
		(void)fail(error, "listen: %s: %s", listen_on, gai_strerror(rc));
	return found;
}

/* The first address that can be bound is the one. */
static bool
open_tcp(struct listener *l, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	struct addrinfo *found = find_address(s->listen, error);
	const int on = 1;
	const struct addrinfo *a;

	if (found == NULL)
		return false;
	l->kind = LISTENER_TCP;
	for (a = found; a != NULL; a = a->ai_next) {
		l->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (l->fd == -1)
			continue;
		if (setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		    bind(l->fd, a->ai_addr, a->ai_addrlen) == 0 &&
		    listen(l->fd, s->listen_backlog) == 0)
			break;
		(void)fail(error, "listen: %s: %s", s->listen, strerror(errno));
		close(l->fd);
		l->fd = -1;
	}
	freeaddrinfo(found);
	return l->fd != -1 ||
	    (error[0] != '\0' ? false : fail(error, "listen: %s: no socket", s->listen));
}

static bool
is_path(const char *listen_on)
{
	return strchr(listen_on, '/') != NULL;
}

static bool
take_passed(struct listener *l, char error[LISTENER_ERROR_MAX])
{
	int count = sd_listen_fds(1);

	if (count < 0)
		return fail(error, "what systemd passed: %s", strerror(-count));
	if (count > 1)
		return fail(error, "systemd passed %d sockets; expected one", count);
	l->kind = count == 1 ? LISTENER_SYSTEMD : LISTENER_PASSED;
	l->fd = count == 1 ? SD_LISTEN_FDS_START : STDIN_FILENO;
	if (is_listening(l->fd) && is_stream(l->fd) && set_nonblocking(l->fd))
		return true;
	l->fd = -1;
	if (count == 1)
		return fail(error, "what systemd passed is no listening stream socket");
	return fail(error,
	    "there is no socket to serve on: name one with --listen PATH or "
	    "HOST:PORT, or let a web server, spawn-fcgi or systemd start grantd and pass one");
}

bool
listener_open(struct listener *l, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	bool ok;

	*l = (struct listener)LISTENER_EMPTY;
	error[0] = '\0';
	if (s->listen[0] == '\0')
		ok = take_passed(l, error);
	else
		ok = is_path(s->listen) ? open_unix(l, s, error) : open_tcp(l, s, error);
	if (!ok)
		listener_close(l);
	return ok;
}

/* The path that a socket of ours has, and by what to know it again. */
static bool
find_own_path(struct listener *l, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(name) - 1; /* there is always a NUL at its end */
	struct stat st;

	if (getsockname(l->fd, (struct sockaddr *)&name, &len) == -1 ||
	    (l->path = strdup(name.sun_path)) == NULL)
		return fail(error, "listen: %s", strerror(errno));
	if (strcmp(l->path, s->listen) != 0)
		log_warning("GRANTD_LISTEN has changed, which takes a restart; it stays %s",
		    l->path);
	if (lstat(l->path, &st) == 0) {
		l->device = st.st_dev;
		l->inode = st.st_ino;
	}
	return true;
}

bool
listener_adopt(struct listener *l, const struct settings *s, int fd, enum listener_kind kind,
    char error[LISTENER_ERROR_MAX])
{
	*l = (struct listener){ .fd = fd, .kind = kind };
	error[0] = '\0';
	if (!is_listening(fd) || (kind == LISTENER_UNIX && !find_own_path(l, s, error))) {
		if (error[0] == '\0')
			(void)fail(error, "what an earlier program left is no listening socket");
		listener_close(l);
		return false;
	}
	return true;
}

static bool
check_path(struct node *n, const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	char *directory;
	bool ok = true;

	if (!find_path(n, s, error))
		return false;
	if (probe_node(n) == NODE_OTHER)
		return fail(error, "listen: %s exists and is no socket", s->listen);
	if ((directory = directory_of(s->listen)) == NULL)
		return fail(error, "out of memory");
	if (access(directory, W_OK | X_OK) == -1)
		ok = fail(error, "listen: cannot make a socket in %s: %s", directory,
		    strerror(errno));
	free(directory);
	return ok;
}

/* All that is wrong, a line each. */
static bool
check_unix(const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	static bool (*const checks[])(struct node *, const struct settings *, char *) = { find_mode,
		find_group, check_path };
	struct node n = NODE_EMPTY;
	char each[LISTENER_ERROR_MAX];
	size_t i, len = 0;

	for (i = 0; i < COUNT_OF(checks); i++) {
		if (checks[i](&n, s, each))
			continue;
		if (len < LISTENER_ERROR_MAX)
			len += (size_t)snprintf(error + len, LISTENER_ERROR_MAX - len, "%s%s",
			    len > 0 ? "\n" : "", each);
	}
	return len == 0;
}

bool
listener_check(const struct settings *s, char error[LISTENER_ERROR_MAX])
{
	struct addrinfo *found;

	if (s->listen[0] == '\0')
		return true;
	if (is_path(s->listen))
		return check_unix(s, error);
	if ((found = find_address(s->listen, error)) == NULL)
		return false;
	freeaddrinfo(found);
	return true;
}

void
listener_retire(struct listener *l)
{
	struct stat st;

	if (l->path == NULL)
		return;
	if (lstat(l->path, &st) == 0 && st.st_dev == l->device && st.st_ino == l->inode)
		(void)unlink(l->path);
	free(l->path);
	l->path = NULL;
}

void
listener_abandon(const struct listener *l)
{
	if (l->kind == LISTENER_UNIX || l->kind == LISTENER_TCP)
		(void)shutdown(l->fd, SHUT_RDWR);
}

void
listener_close(struct listener *l)
{
	if (l->fd >= 0)
		close(l->fd);
	free(l->path);
	*l = (struct listener)LISTENER_EMPTY;
}

const char *
listener_name(const struct listener *l, const struct settings *s)
{
	switch (l->kind) {
	case LISTENER_UNIX:
	case LISTENER_TCP:
		return s->listen;
	case LISTENER_PASSED:
		return "the socket on descriptor 0";
	case LISTENER_SYSTEMD:
		return "systemd's socket";
	case LISTENER_HANDED:
		return "what the parent accepts";
	}
	return "";
}
