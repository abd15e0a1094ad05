/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_CHANGE_H
#define GRANTD_DB_CHANGE_H

#include <stdint.h>

#include "base/uuid.h"
#include "db/statement.h"

/*
 * Every change is one function of the database, called by one statement, which writes the row and the entry that says
 * so: db/deploy/changes.sql. This is what all of them are given, and what they say.
 */

/*
 * Who changes what, on what knowledge, and the entry that tells of it. The entry's id is made once for a request and
 * stays the same when the call is repeated: the database makes no second one. All is borrowed.
 */
struct change_by {
	struct uuid entry; /* version 7 */
	const uint8_t
	    *key_hash; /* SHA-256 of the caller's key; NULL: no key but grantctl, as `actor` */
	int64_t key_version;           /* what the decision rested on: of the key, */
	int64_t policy_version;        /* and of the tenant's policies */
	const int64_t *target_version; /* and of the row; NULL: no rule looked at it */
	const char *actor;
	const char *action;  /* the operation's id */
	const char *reason;  /* NULL: none given */
	const char *context; /* JSON object, not empty: request_id, source_ip, user_agent, rules */
};

/* What became of a call: in all but the first nothing was changed by it. */
#define CHANGES(X) \
	X(CHANGE_DONE, "done")   /* changed, and the entry made */ \
	X(CHANGE_MADE, "made")   /* the entry is there already: an earlier call was committed */ \
	X(CHANGE_SAME, "same")   /* all is as asked for */ \
	X(CHANGE_FIRST, "first") /* asked before with the same Idempotency-Key and body */ \
	X(CHANGE_NONE, "none")   /* there is no such row */ \
	X(CHANGE_KEY, "key")     /* no such key in this tenant, or it is revoked or expired */ \
	X(CHANGE_STALE, "stale") /* key, policies or row are not those that were decided on */ \
	X(CHANGE_PAST, "past")   /* expires_at has gone by */ \
	X(CHANGE_MISMATCH, "mismatch") /* the Idempotency-Key was used with another body */ \
	X(CHANGE_REVOKED, "revoked")   /* the key that is to be rotated is */ \
	X(CHANGE_REPLACED, "replaced") /* the key that is to be rotated was already */ \
	X(CHANGE_OFF, "off")           /* the grant's auditing is */

#define CHANGE_MEMBER(name, word) name,
enum change { CHANGES(CHANGE_MEMBER) CHANGE__MAX };
#undef CHANGE_MEMBER

/* Does the row follow that was changed, or is as it should be? Otherwise there is none worth reading. */
bool change_has_row(enum change);

/* For db/ alone. */

/* The first parameters of every change, $1 to $8. */
#define CHANGE_PARAMS 8
#define CHANGE_ARGUMENTS "$1, $2, $3, $4, $5, $6, $7, $8"
void change_put(struct db_params *, const struct uuid *tenant, const struct change_by *);

/* Read the state, which comes before the row; and a result that is nothing else, into an enum change. */
enum change change_from_row(struct db_row *);
enum outcome change_read(struct db_rows *, void *into);

#endif
