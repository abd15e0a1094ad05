/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_TARGET_H
#define GRANTD_HANDLERS_TARGET_H

#include "handlers/operation.h"

#define ETAG_TEXT_MAX 48

/* Queue the read of what the path names; a write locks it. */
void target_queue(struct call *);

/* Is it there? */
bool target_found(const struct call *);

/*
 * With target_queue() done, in a new session, for a write whose commit is in doubt: has the lock been had that the other
 * session's transaction held, so that it has ended one way or the other? What was read then is what was committed.
 */
bool target_settled(struct call *);

/* The strong entity tag of the target's representation (RFC 9110 section 8.8.3). False: it has none. */
bool target_etag(const struct call *, char etag[ETAG_TEXT_MAX]);

/* Queue the entry that a write was denied, in the chain of what it was about. */
void target_log_denied(struct call *, const char *requested);

#endif
