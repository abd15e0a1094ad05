/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "base/log.h"
#include "fcgi/board.h"
#include "fcgi/listener.h"
#include "fcgi/reload.h"
#include "fcgi/single.h"
#include "fcgi/worker.h"

int
single_run(struct settings *s, const struct options *o, struct listener *l)
{
	static struct slot slot; /* nobody else looks at it */
	const struct worker w = {
		.settings = s,
		.listener = l,
		.slot = &slot,
		.board = NULL,
		.link = -1,
		.alone = true,
	};
	enum worker_end end;

	while ((end = worker_run(&w)) == WORKER_RETIRED)
		(void)reload_settings(s, o);
	listener_retire(l);
	listener_close(l);
	log_info("stopped");
	return end == WORKER_FAILED ? EXIT_FAILURE : EXIT_SUCCESS;
}
