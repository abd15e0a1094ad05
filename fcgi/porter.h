/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PORTER_H
#define GRANTD_FCGI_PORTER_H

#include "base/compiler.h"

struct listener;
struct options;
struct settings;

/*
 * Where a web server spawned grantd: accept for the parent's workers, in a process that alone has the listening socket, and
 * with parent_run() in a child. Such a web server starts another grantd when the one that it started ends, but only if
 * nobody listens on the socket any more: lighttpd connects to see that, at once, and takes whoever answers for a program of
 * somebody else's that it will never start. Were the socket the workers', too, one of them would still have it then. As
 * it is the porter's alone, the system closes it before anybody hears of the porter's end.
 *
 * A connection goes through a queue to the workers (fcgi/handover.h), which costs a switch to the porter for each. Signals that
 * stop or reload are passed on to the parent. The porter ends when that does, but starts another one where it was killed: a
 * lighttpd that was started meanwhile may have met the porter. It stops when `spawner` is readable and no other lighttpd has
 * (fcgi/spawner.h). `spawner`, which is not -1, becomes the porter's.
 *
 * Returns the porter's exit status; the child exits itself.
 */
MUST_CHECK int porter_run(struct settings *s, const struct options *o, struct listener *l,
    int spawner);

#endif
