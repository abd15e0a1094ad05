/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log_sink.h"
#include "base/metrics.h"

/* The longest that a write can take to something that we can only ask whether it has room (ms). */
#define GUARD_MS 20

#define OPEN_FLAGS (O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

enum sink_kind {
	SINK_PLAIN,  /* a file, or opened with O_NONBLOCK here */
	SINK_SOCKET, /* journald's, for one */
	SINK_GUARDED /* somebody else's pipe or terminal */
};

static struct {
	int fd;
	enum sink_kind kind;
	bool torn; /* the last line was written in part */
	enum log_reader reader;
	struct sockaddr_un syslog; /* READER_SYSLOG's socket */
} sink = { .fd = STDERR_FILENO, .kind = SINK_PLAIN };

static void
on_alarm(int signo)
{
	(void)signo; /* it only ends write(2) */
}

static void
set_alarm(int ms)
{
	/* Again and again, as the first may come before write(2) has begun. */
	const struct itimerval t = {
		.it_interval = { .tv_usec = ms * 1000 },
		.it_value = { .tv_usec = ms * 1000 },
	};

	(void)setitimer(ITIMER_REAL, &t, NULL);
}

/* Another process may have filled it since it was asked for room: then the alarm ends the wait. */
static ssize_t
write_guarded(const char *text, size_t len)
{
	struct pollfd room = { .fd = sink.fd, .events = POLLOUT };
	ssize_t n;

	if (poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0)
		return -1;
	metrics_wait(WAIT_LOG, clock_monotonic_ms());
	set_alarm(GUARD_MS);
	n = write(sink.fd, text, len);
	set_alarm(0);
	metrics_wait(WAIT_NOTHING, 0);
	return n;
}

/* One datagram, without the newline. Whoever reads them may have been restarted, with another socket at the path. */
static ssize_t
send_syslog(const char *text, size_t len)
{
	ssize_t n = send(sink.fd, text, len - 1, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n == -1 && (errno == ECONNREFUSED || errno == ENOTCONN || errno == ECONNRESET) &&
	    connect(sink.fd, (struct sockaddr *)&sink.syslog, sizeof(sink.syslog)) == 0)
		n = send(sink.fd, text, len - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	return n == -1 ? -1 : n + 1;
}

static ssize_t
write_once(const char *text, size_t len)
{
	ssize_t n;

	if (sink.reader == READER_SYSLOG)
		return send_syslog(text, len);
	if (sink.kind == SINK_SOCKET)
		return send(sink.fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sink.kind == SINK_GUARDED)
		return write_guarded(text, len);
	do
		n = write(sink.fd, text, len);
	while (n < 0 && errno == EINTR);
	return n;
}

bool
log_sink_write(const char *line, size_t len)
{
	ssize_t n;

	if (sink.torn && write_once("\n", 1) != 1)
		return false;
	sink.torn = false;
	n = write_once(line, len);
	sink.torn = n > 0 && (size_t)n < len;
	return n == (ssize_t)len;
}

/* Standard error, which is not ours alone: through a description of our own, where that can be had. */
static int
open_standard_error(enum sink_kind *kind)
{
	const struct sigaction sa = { .sa_handler = on_alarm };
	struct stat st;
	int fd;

	*kind = SINK_PLAIN;
	if (fstat(STDERR_FILENO, &st) == -1 || S_ISREG(st.st_mode))
		return STDERR_FILENO;
	if (S_ISSOCK(st.st_mode)) {
		*kind = SINK_SOCKET;
		return STDERR_FILENO;
	}
	/* Not where /proc is not mounted, or the pipe was made by another user. */
	if ((fd = open("/proc/self/fd/2", O_WRONLY | OPEN_FLAGS)) >= 0)
		return fd;
	*kind = SINK_GUARDED;
	(void)sigaction(SIGALRM, &sa, NULL);
	return STDERR_FILENO;
}

/* Is standard error what systemd says that its journal reads (systemd.exec(5), $JOURNAL_STREAM)? */
static bool
is_journal(void)
{
	const char *named = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat st;

	if (named == NULL || fstat(STDERR_FILENO, &st) == -1)
		return false;
	(void)snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(own, named) == 0;
}

#define SYSLOG "syslog"

const char *
log_sink_syslog(const char *path)
{
	if (path == NULL || strncmp(path, SYSLOG, sizeof(SYSLOG) - 1) != 0)
		return NULL;
	path += sizeof(SYSLOG) - 1;
	if (*path == '\0')
		return "/dev/log";
	return *path == ':' ? path + 1 : NULL;
}

/* -1, with errno set. Datagrams alone keep lines apart. */
static int
open_syslog(const char *path, struct sockaddr_un *to)
{
	int fd, error;

	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(to->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to->sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (struct sockaddr *)to, sizeof(*to)) == 0)
		return fd;
	error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}

enum log_reader
log_sink_reader(void)
{
	return sink.reader;
}

bool
log_sink_open(const char *path)
{
	enum sink_kind kind = SINK_PLAIN;
	enum log_reader reader = READER_ANY;
	struct sockaddr_un syslog = { .sun_family = AF_UNIX };
	int fd;

	if (path == NULL || *path == '\0') {
		fd = open_standard_error(&kind);
		reader = is_journal() ? READER_JOURNAL : READER_ANY;
	} else if (log_sink_syslog(path) != NULL) {
		fd = open_syslog(log_sink_syslog(path), &syslog);
		kind = SINK_SOCKET;
		reader = READER_SYSLOG;
	} else {
		fd = open(path, O_WRONLY | O_CREAT | OPEN_FLAGS, 0640);
		if (fd < 0 && errno == ENXIO) /* a FIFO that nobody reads just now */
			fd = open(path, O_RDWR | OPEN_FLAGS);
	}
	if (fd < 0)
		return false;
	if (sink.fd != STDERR_FILENO)
		(void)close(sink.fd);
	sink.fd = fd;
	sink.kind = kind;
	sink.reader = reader;
	sink.syslog = syslog;
	sink.torn = false;
	return true;
}
