/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/inherit.h"
#include "fcgi/listener.h"
#include "fcgi/pool.h"
#include "fcgi/upgrade.h"

/* The command line, with "--check-config" at its end; the array is the caller's. NULL: there is no memory. */
static char **
check_arguments(char *const *argv)
{
	static char check[] = "--check-config";
	size_t n = 0;
	char **with;

	while (argv[n] != NULL)
		n++;
	if ((with = calloc(n + 2, sizeof(*with))) == NULL)
		return NULL;
	memcpy(with, argv, n * sizeof(*with));
	with[n] = check;
	return with;
}

bool
upgrade_begin(struct upgrade *u, int64_t by)
{
	char **argv = check_arguments(u->argv);
	int error = argv == NULL ? ENOMEM :
				   posix_spawnp(&u->check, argv[0], NULL, NULL, argv, environ);

	free(argv);
	if (error != 0) {
		log_error("upgrade: %s: %s; everything stays as it was", u->argv[0],
		    strerror(error));
		return false;
	}
	log_info("upgrade: %s is asked whether it could serve", u->argv[0]);
	u->state = UPGRADE_CHECKING;
	u->by = by;
	return true;
}

void
upgrade_limit(struct upgrade *u, int64_t now)
{
	if (u->state != UPGRADE_CHECKING || now < u->by)
		return;
	log_error("upgrade: %s --check-config takes too long and is killed", u->argv[0]);
	(void)kill(u->check, SIGKILL);
	u->by = INT64_MAX; /* that it is gone is told like any end */
}

bool
upgrade_checked(struct upgrade *u, int status, struct pool *pool, int64_t by)
{
	u->check = 0;
	u->state = UPGRADE_NONE;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		log_error("upgrade: %s --check-config %s %d; everything stays as it was",
		    u->argv[0], WIFEXITED(status) ? "ended with status" : "was killed by signal",
		    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
		return false;
	}
	u->state = UPGRADE_DRAINING;
	u->by = by;
	pool_hold_back(pool);
	return true;
}

void
upgrade_execute(struct upgrade *u, const struct listener *l, struct pool *pool)
{
	struct inherited in = { .listener = l->fd, .kind = l->kind };

	if (pool_paused(pool) > 0)
		log_warning("upgrade: %d requests that had come in part are dropped",
		    pool_paused(pool));
	if (pool_idle(pool, &in.kept, &in.count) && inherit_leave(&in)) {
		log_info("upgrade: %s takes over, with %zu kept connections", u->argv[0], in.count);
		(void)execvp(u->argv[0], u->argv);
		inherit_keep(&in);
	}
	log_error("upgrade: %s: %s; everything stays as it was", u->argv[0], strerror(errno));
	inherit_clear(&in);
	upgrade_abandon(u, pool);
}

void
upgrade_abandon(struct upgrade *u, struct pool *pool)
{
	if (u->state == UPGRADE_DRAINING)
		pool_let_in(pool);
	if (u->state == UPGRADE_CHECKING)
		(void)kill(u->check, SIGKILL);
	u->state = UPGRADE_NONE;
}
