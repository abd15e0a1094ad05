/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_GRANT_H
#define GRANTD_DB_GRANT_H

#include "db/audit.h"
#include "db/page.h"

/* One grant as it is stored. Texts borrow from `rows`, or from the list it was read from; clear it. Times are microseconds since 1970 in UTC. */
struct grant {
	bool found;
	struct uuid id;
	bool has_request_id;
	struct uuid request_id;
	const char *grantee_id;
	const char *resource_type;
	const char *resource_id;
	const char *action;
	const char
	    *status; /* as of the reading statement: an active grant past its time is "expired" */
	bool audit_enabled;
	int64_t expires_at;
	int64_t granted_at;
	bool has_revoked_at;
	int64_t revoked_at;
	const char *metadata; /* a JSON object */
	int64_t created_at;
	int64_t updated_at;
	int64_t version;
	struct db_rows rows;
};

#define GRANT_EMPTY \
	{ \
		.found = false, .rows = DB_ROWS_EMPTY \
	}

/* Queue: read one grant of this tenant. Leaves g->found false where there is none. */
void db_grant_get(struct db *, const struct uuid *tenant, const struct uuid *id, struct grant *g);

/* Queue: the same, locked until the transaction ends. */
void db_grant_lock(struct db *, const struct uuid *tenant, const struct uuid *id, struct grant *g);

/*
 * Queue: switch auditing, and append the entry that says so, in one statement. Where it is set so already, nothing is
 * changed, nothing is appended, and changed->found stays false. The same where `stamp` is not that of the key
 * which the transaction looked up: then whatever the change was decided upon is no longer so.
 */
void db_grant_set_audit(struct db *, const struct uuid *tenant, const struct uuid *id,
    bool audit_enabled, const char *stamp, const struct audit_entry *entry, struct grant *changed);

/*
 * Queue: revoke, and append the entry that says so, in one statement. Where it is revoked already or not there,
 * nothing is changed, nothing is appended, and changed->found stays false.
 */
void db_grant_revoke(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct audit_entry *entry, struct grant *changed);

/* Which grants of the tenant: NULL for any. */
struct grant_filter {
	const char *status; /* as read, so that "active" leaves out what has expired */
	const char *grantee_id;
};

/* Queue: read a page of the tenant's grants. */
void db_grant_list(struct db *, const struct uuid *tenant, const struct grant_filter *,
    const struct page *, struct db_list *);

/* The row at `i`, from 0 to list->count - 1, as a grant that borrows from the list. */
struct grant grant_at(const struct db_list *, int i);

/*
 * Queue: append the entry of a refusal to the grant's chain; the grant itself stays as it is. `requested` is what was
 * asked for, a JSON object.
 */
void db_grant_log_denied(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct audit_entry *entry, const char *requested);

void grant_clear(struct grant *);

#endif
