/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_H
#define GRANTD_DB_AUDIT_H

#include "base/uuid.h"
#include "db/db.h"

/*
 * What an audit entry says besides what was changed. Made before the change is sent, so that its id can be asked for
 * where the outcome of a commit is unknown. All texts are borrowed.
 */
struct audit_entry {
	struct uuid id; /* version 7 */
	const char *actor_id;
	const char *actor_type; /* "api_key" or "system" */
	const char *action;     /* the operation's id */
	const char *reasoning;  /* NULL: none given */
	const char *context;    /* JSON object: request_id, source_ip, user_agent, rules */
};

/* Queue: is that entry there? For after a commit whose outcome is unknown. */
void db_audit_find(struct db *, const struct uuid *tenant, const struct uuid *id, bool *found);

#endif
