/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PARENT_H
#define GRANTD_FCGI_PARENT_H

#include "base/compiler.h"

struct inherited;
struct listener;
struct options;
struct settings;

/*
 * Serve with s->workers worker processes until told to stop (SIGTERM, SIGINT, SIGQUIT), keeping
 * their number up. SIGHUP reads the settings again, into *s, and replaces the workers: new ones
 * come first, so no request is lost. SIGUSR2 puts another program in this one's place
 * (fcgi/upgrade.h). A worker that has one request in hand for longer than GRANTD_REQUEST_TIMEOUT is
 * killed. The signals that main() holds are blocked on entry and on return. What is inherited of
 * kept connections is taken over. The listener is retired and closed when stopping begins. When
 * `porter` is readable (fcgi/porter.h; -1: there is none; borrowed), that is as good as being told to stop:
 * nobody could do so any more.
 *
 * Returns the process's exit status: 0 when every worker ended by itself; 1, with the reason
 * logged, when one had to be killed at the end, or the parent could not go on.
 */
MUST_CHECK int parent_run(struct settings *s, const struct options *o, struct listener *l,
    const struct inherited *in, int porter);

#endif
