/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_SINGLE_H
#define GRANTD_FCGI_SINGLE_H

#include "base/compiler.h"

struct inherited;
struct listener;
struct options;
struct settings;

/*
 * Serve in this one process until told to stop (SIGTERM, SIGINT, SIGQUIT), for web servers that
 * start as many as they want themselves. SIGHUP reads the settings again, into *s, between two
 * requests. The signals that main() holds are blocked on entry and on return. The listener is
 * retired when stopping begins, and closed; inherited connections are taken over. When `spawner` is
 * readable (fcgi/spawner.h; -1: there is none; borrowed), the process ends after the request in hand.
 *
 * Returns the process's exit status: 0, or 1, with the reason logged, when it could not go on.
 */
MUST_CHECK int single_run(struct settings *s, const struct options *o, struct listener *l,
    const struct inherited *in, int spawner);

#endif
