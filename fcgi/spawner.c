/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/pidfd.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/listener.h"
#include "fcgi/spawner.h"

int
spawner_watch(const struct listener *l)
{
	pid_t parent = getppid();
	int fd;

	if (l->kind != LISTENER_PASSED || parent <= 1 || getsid(0) == getpid())
		return -1;
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
