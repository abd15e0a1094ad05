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
 * It is whoever is the parent at the start, unless that is init (process 1: so systemd, and daemons whose starter left
 * first), grantd leads a session of its own (spawn-fcgi without -n, setsid, daemons), or the socket came in another way
 * (--listen, systemd's LISTEN_FDS).
 *
 * A descriptor that is readable once that process has ended, close-on-exec; -1: there is none such, or the system cannot
 * tell (Linux before 5.3), which is logged.
 */
MUST_CHECK int spawner_watch(const struct listener *);

/*
 * `*spawner` has ended, and `pid` connected to the socket last (peer_pid()). Is that a new lighttpd? It connects as it starts, to see
 * whether it has to start grantd, and having found one it never will. Then that is the one not to outlive: `*spawner`
 * becomes its descriptor, as above.
 */
MUST_CHECK bool spawner_follow(int *spawner, pid_t pid);

#endif
