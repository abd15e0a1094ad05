/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_GRANT_H
#define GRANTD_DB_GRANT_H

#include "db/change.h"
#include "db/key.h"
#include "db/page.h"

/* One grant as it is stored. Texts borrow from `rows`, or from the list it was read from; clear it. Times are microseconds since 1970 in UTC. */
struct grant {
	bool found;
	enum change change; /* of the answer of a change: what became of it */
	struct uuid id;
	bool has_request_id;
	struct uuid request_id;
	const char *grantee_id;
	const char *resource_type;
	const char *resource_id;
	const char *action;
	/* As of the reading statement: an active grant past its time is "expired". */
	const char *status;
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

/* A caller and a grant, read together. Both are cleared by whoever has them; the key's texts borrow from the grant's rows. */
struct grant_look {
	struct key *key;
	struct grant *grant;
};

/*
 * Queue, as a statement of its own: look the key up in this tenant, and read the grant, at the cost of one statement.
 * key->found is false where the tenant has no such key, and then nothing is known of the grant either.
 */
void db_grant_look(struct db *, const struct uuid *tenant, const uint8_t key_hash[KEY_HASH_LEN],
    const struct uuid *id, struct grant_look *);

/* Queue a change, see db/change.h: switch auditing; revoke. *changed is the grant after it, and what became of the call. */
void db_grant_set_audit(struct db *, const struct uuid *tenant, const struct uuid *id,
    bool audit_enabled, const struct change_by *, struct grant *changed);
void db_grant_revoke(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *, struct grant *changed);

/* Which grants of the tenant: NULL for any. */
struct grant_filter {
	const char *status; /* as read, so that "active" leaves out what has expired */
	const char *grantee_id;
	const char *resource_type;
	const char *resource_id;   /* as it is written, upper and lower case told apart */
	const char *audit_enabled; /* "true" or "false" */
};

/* Queue: read a page of the tenant's grants. */
void db_grant_list(struct db *, const struct uuid *tenant, const struct grant_filter *,
    const struct page *, struct db_list *);

/* The row at `i`, from 0 to list->count - 1, as a grant that borrows from the list. */
struct grant grant_at(const struct db_list *, int i);

/*
 * Queue a change that changes nothing: the entry of a refusal, in the chain of that grant, or with NULL in the tenant's.
 * `requested` is what was asked for, a JSON object. Of many only some are entries, and the others counted: for that, `writer` is who
 * writes, the same as long as it has one request at a time.
 */
void db_log_denied(struct db *, const struct uuid *tenant, const struct uuid *grant,
    const struct change_by *, const char *requested, const struct uuid *writer, enum change *);

void grant_clear(struct grant *);

#endif
