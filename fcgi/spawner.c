/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/eventfd.h>
#include <sys/pidfd.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/listener.h"
#include "fcgi/peer.h"
#include "fcgi/spawner.h"

/* Has the process ended that listened on the socket first? spawn-fcgi -n was this one. */
static bool
is_bereft(int fd)
{
	pid_t opener = peer_pid(fd);

	return opener > 1 && opener != getpid() && kill(opener, 0) == -1 && errno == ESRCH;
}

int
spawner_watch(const struct listener *l)
{
	pid_t parent = getppid();
	int fd;

	if (l->kind != LISTENER_PASSED || getsid(0) == getpid())
		return -1;
	if (parent <= 1)
		return is_bereft(l->fd) ? eventfd(1, EFD_CLOEXEC) :
					  -1; /* readable from the start */
	fd = pidfd_open(parent, 0);
	/* Its number may be another's, had it ended in between. Whose child we are then is not who spawned us. */
	if (fd != -1 && getppid() != parent) {
		close(fd);
		fd = -1;
		errno = ESRCH;
	}
	if (fd == -1)
		log_warning("the process that started grantd cannot be watched (%s), and should it "
			    "be killed, grantd goes on",
		    strerror(errno));
	return fd;
}

/* proc(5), /proc/PID/comm */
static bool
is_lighttpd(pid_t pid)
{
	static const char name[] = "lighttpd\n";
	char path[64], found[sizeof(name)];
	ssize_t len;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%ld/comm", (long)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	len = read(fd, found, sizeof(found)); /* one more than the name has: a longer one differs */
	close(fd);
	return len == (ssize_t)strlen(name) && memcmp(found, name, strlen(name)) == 0;
}

bool
spawner_may_be_lighttpd(void)
{
	pid_t parent = getppid();

	return parent <= 1 || is_lighttpd(parent);
}

bool
spawner_follow(int *spawner, pid_t pid)
{
	struct pollfd end = { .events = POLLIN };

	if (pid <= 0 || (end.fd = pidfd_open(pid, 0)) == -1)
		return false;
	/* Not ended after its name was read: so the name was its own, and not that of a later process with its number. */
	if (!is_lighttpd(pid) || poll(&end, 1, 0) != 0) {
		close(end.fd);
		return false;
	}
	close(*spawner);
	*spawner = end.fd;
	log_warning("the process that spawned grantd is gone, and lighttpd %ld goes on with it",
	    (long)pid);
	return true;
}
