/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_H
#define GRANTD_DB_POLICY_H

#include "db/audit.h"
#include "db/page.h"

/*
 * One policy, without its rules. Texts borrow from `rows`, or from the list it was read from; clear it. Times are
 * microseconds since 1970 in UTC.
 */
struct policy {
	bool found;
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
 * Queue: hold the tenant's row until the transaction ends. Whoever changes policies or rules does so first: changes of
 * one tenant then come one after another, and what is read after this is as it will stay.
 */
void db_policy_hold(struct db *, const struct uuid *tenant);

/* Queue: read one policy of this tenant. Leaves p->found false where there is none, or it was deleted. */
void db_policy_get(struct db *, const struct uuid *tenant, const struct uuid *id, struct policy *p);

/* Queue: read a page of the tenant's policies. */
void db_policy_list(struct db *, const struct uuid *tenant, const struct page *, struct db_list *);

/*
 * The changes, each queued as one statement that also moves the tenant's policy_version and appends the entry to the
 * policy's audit chain. CONFLICT where the tenant has a policy with that name (or, for a new one, id).
 * Leaves changed->found false where there is no such policy, or where it is as asked already.
 */
void db_policy_create(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *, const struct audit_entry *, struct policy *created);
void db_policy_update(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct policy_settings *, const struct audit_entry *, struct policy *changed);

/* The same with all of its rules, whose texts the chain still has. `gone` is the policy as it was last. */
void db_policy_delete(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct audit_entry *, struct policy *gone);

/* The row at `i`, from 0 to list->count - 1, as a policy that borrows from the list. */
struct policy policy_at(const struct db_list *, int i);

void policy_clear(struct policy *);

#endif
