/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/eventfd.h>
#include <sys/pidfd.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/listener.h"
#include "fcgi/peer.h"
#include "fcgi/spawner.h"

/* What is readable at once. */
static int
gone(void)
{
	return eventfd(1, EFD_CLOEXEC);
}

int
spawner_watch(const struct listener *l)
{
	pid_t parent = getppid();
	int fd;

	if (l->kind != LISTENER_PASSED || getsid(0) == getpid())
		return -1;
	if (parent <= 1)
		return peer_has_ended(l->fd) ? gone() : -1;
	fd = pidfd_open(parent, 0);
	if (fd == -1 && errno != ESRCH) {
		log_warning("the process that started grantd cannot be watched (%s), and should it "
			    "be killed, grantd goes on",
		    strerror(errno));
		return -1;
	}
	if (fd != -1 && getppid() == parent)
		return fd;
	/* It has ended in between. Its number may be another's by now, and whose child we are is not who spawned us. */
	if (fd != -1)
		close(fd);
	return gone();
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
