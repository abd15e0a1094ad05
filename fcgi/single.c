/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/settings.h"
#include "fcgi/board.h"
#include "fcgi/inherit.h"
#include "fcgi/listener.h"
#include "fcgi/notify.h"
#include "fcgi/pool.h"
#include "fcgi/reload.h"
#include "fcgi/seam.h"
#include "fcgi/single.h"
#include "fcgi/worker.h"

int
single_run(struct settings *s, const struct options *o, struct listener *l,
    const struct inherited *in, int spawner)
{
	static struct slot slot; /* nobody else looks at it */
	struct pool *pool = pool_open(l, spawner, s->kept_connections, s->waiting_requests,
	    seam_save_most());
	const struct worker w = {
		.settings = s,
		.listener = l,
		.pool = pool,
		.limits = limits_open(),
		.slot = &slot,
		.board = NULL,
		.shares = NULL,
		.link = -1,
		.porter = -1,
		.alone = true,
	};
	enum worker_end end;

	if (pool == NULL)
		return EXIT_FAILURE;
	if (w.limits == NULL) {
		log_error("preparing to count failures: %m");
		return EXIT_FAILURE;
	}
	pool_adopt(pool, in->kept, in->count);
	notify_ready(0);
	while ((end = worker_run(&w)) == WORKER_RETIRED)
		(void)reload_settings(s, o);
	notify_stopping();
	listener_retire(l);
	listener_close(l);
	pool_close(pool);
	log_info("stopped");
	return end == WORKER_FAILED ? EXIT_FAILURE : EXIT_SUCCESS;
}
