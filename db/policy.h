/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_H
#define GRANTD_DB_POLICY_H

#include "db/change.h"
#include "db/page.h"

/*
 * One policy, without its rules. Texts borrow from `rows`, or from the list it was read from; clear it. Times are
 * microseconds since 1970 in UTC.
 */
struct policy {
	bool found;
	enum change change; /* of the answer of a change: what became of it */
	struct uuid id;
	const char *name;
	int64_t priority;
	bool enabled;
	int64_t created_at;
	int64_t updated_at;
	int64_t version;
	struct db_rows rows;
};

#define POLICY_EMPTY \
	{ \
		.found = false, .name = "", .rows = DB_ROWS_EMPTY \
	}

/* What people set of a policy. Borrowed; the caller has checked it. */
struct policy_settings {
	const char *name;
	int64_t priority;
	bool enabled;
};

/*
 * Queue: hold the tenant's row until the transaction ends, so that what is read after this is as it will stay. For
 * the owner's sessions alone: a worker's changes do so themselves.
 */
void db_policy_hold(struct db *, const struct uuid *tenant);

/* Queue: read one policy of this tenant. Leaves p->found false where there is none, or it was deleted. */
void db_policy_get(struct db *, const struct uuid *tenant, const struct uuid *id, struct policy *p);

/* Queue: read a page of the tenant's policies. */
void db_policy_list(struct db *, const struct uuid *tenant, const struct page *, struct db_list *);

/*
 * Queue a change, see db/change.h; each also moves the tenant's policy_version, and holds the tenant's row until the transaction
 * ends, so that changes of one tenant's policies come one after another. CONFLICT where the tenant has a policy with
 * that name, or for a new one that id. A deleted policy's rules go with it; the entries still have their texts.
 */
void db_policy_create(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *, const struct change_by *, struct policy *created);
void db_policy_update(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *, const struct change_by *, struct policy *changed);
void db_policy_delete(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *, struct policy *gone);

/* The row at `i`, from 0 to list->count - 1, as a policy that borrows from the list. */
struct policy policy_at(const struct db_list *, int i);

void policy_clear(struct policy *);

#endif
