/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_SPAWNER_H
#define GRANTD_FCGI_SPAWNER_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/compiler.h"

struct listener;

/*
 * The process that spawned grantd and that it is not to outlive: a web server that started it with its socket on descriptor 0
 * (lighttpd, mod_fcgid), or a supervisor that did (multiwatch, spawn-fcgi -n). Nobody would ever tell grantd to stop once
 * that process is gone, and the next one could not have the socket.
 *
 * It is whoever is the parent at the start, unless that is init (process 1: so systemd), grantd leads a session of its own
 * (spawn-fcgi without -n, setsid, daemons), or the socket came in another way (--listen, systemd's LISTEN_FDS). It may have ended
 * before anybody looked: the parent is init then, and the process that made the socket a listening one is gone (peer_has_ended()).
 *
 * A descriptor that is readable once that process has ended, close-on-exec; -1: there is none such, or the system cannot
 * tell (Linux before 5.3), which is logged.
 */
MUST_CHECK int spawner_watch(const struct listener *);

/* At the start: is it a lighttpd, or gone, so that it may have been one? spawner_follow() is for those alone. */
MUST_CHECK bool spawner_may_be_lighttpd(void);

/*
 * `*spawner`, a lighttpd as far as known, has ended. If `pid` (peer_pid() of who connected last) is a living lighttpd, that is
 * watched instead: it connected as it started, to see whether it has to start grantd, found one, and never will. True: it is
 * logged, `*spawner` is closed, and becomes the other's descriptor. False: `*spawner` is as it was. lighttpd is known by its
 * name, which is no proof: whoever may connect could keep grantd from stopping, and no more. With server.max-worker it may be one of lighttpd's workers that connected last.
 */
MUST_CHECK bool spawner_follow(int *spawner, pid_t pid);

#endif
