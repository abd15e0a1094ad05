/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_STATUS_H
#define GRANTD_FCGI_STATUS_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct figures;
struct settings;

/*
 * What the parent answers itself, whatever its workers are at, on sockets of its own (GRANTD_STATUS_LISTEN): /metrics, /status and
 * /healthz. A Unix socket takes FastCGI and HTTP, a port of the loopback interface HTTP alone; there is one request for each
 * connection.
 *
 * The parent has better things to do, and nobody who connects here can keep it from them: nothing waits, and an answer is made for
 * one client at a time, between which the parent goes about its work. A request has STATUS_REQUEST_MOST bytes at most, and
 * with its answer so much time; there are so many clients at a time, and where one more comes, the one that has been here the
 * longest goes.
 *
 * One for each parent. Not for several threads. In a process that is forked, status_leave() comes first.
 */
struct status;

#define STATUS_LISTENERS_MOST 4
#define STATUS_CLIENTS_MOST 16
#define STATUS_FDS_MOST (STATUS_LISTENERS_MOST + STATUS_CLIENTS_MOST)

#define STATUS_ERROR_MAX 512

/*
 * Could a parent answer where GRANTD_STATUS_LISTEN says? Nothing is changed. False: all that is wrong is in `error`, a line each. True
 * where it is not set.
 */
MUST_CHECK bool status_check(const struct settings *, char error[STATUS_ERROR_MAX]);

/* Is what GRANTD_STATUS_LISTEN says understood? status_check() without a look at the system. */
MUST_CHECK bool status_understood(const struct settings *, char error[STATUS_ERROR_MAX]);

/*
 * Where the setting is empty, nobody ever connects. A socket that cannot be made, as one that another grantd still has that is just
 * ending, is logged once, and tried again by and by. NULL: out of memory. `settings` is borrowed.
 */
MUST_CHECK struct status *status_open(const struct settings *, int64_t now);

/* In a process that was forked: close what is the parent's. */
void status_leave(struct status *);

/* Remove the sockets, and close all. */
void status_close(struct status *);

/* What to wait for, at this time of clock_monotonic_ms(): how many elements of `news` were filled in. */
int status_watch(struct status *, struct pollfd news[STATUS_FDS_MOST], int64_t now);

/* When there is something to do, whatever comes until then; INT64_MAX: nothing. */
int64_t status_due(const struct status *);

/* Do what is to be done, with what poll(2) said of what status_watch() filled in. */
void status_serve(struct status *, const struct pollfd *news, int n, const struct figures *,
    int64_t now);

#endif
