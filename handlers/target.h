/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_TARGET_H
#define GRANTD_HANDLERS_TARGET_H

#include "handlers/operation.h"
#include "http/etag.h"

/* Queue the look-up of the caller's key in the tenant and of the grant that the path names, as one statement by itself. */
void target_look_grant(struct call *);

/* Queue the read of what the path names, for a transaction that has looked up the key. */
void target_queue(struct call *);

/* Is it there? */
bool target_found(const struct call *);

/* The strong entity tag of the target's representation (RFC 9110 section 8.8.3). False: it has none. */
bool target_etag(const struct call *, char etag[ETAG_TEXT_MAX]);

/* The version of its row, for a change to compare; 0 where rows of its kind are not compared. */
int64_t target_version(const struct call *);

/* What the policies are told of it, where it is no grant (those see all of a grant). */
void target_about(const struct call *, struct about *);

/* Free what was read and made, overwriting what is secret. */
void target_clear(struct call *);

#endif
