/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_ACCEPT_H
#define GRANTD_FCGI_ACCEPT_H

#include "base/compiler.h"

struct listener;
struct pool;

/*
 * A worker takes a new connection, from the listening socket or from the porter's queue, lets another worker be told of the next one
 * (pool_listen()), and asks whether this one may connect (fcgi/peer.h). It does not wait.
 *
 * The descriptor is the caller's, and closed on execve(2). -1 with errno 0: there is none after all; -1 otherwise: this process gets
 * none, and why is logged.
 */
MUST_CHECK int accept_connection(const struct listener *, struct pool *);

#endif
