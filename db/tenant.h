/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_TENANT_H
#define GRANTD_DB_TENANT_H

#include "db/change.h"
#include "db/page.h"

/* One tenant. Texts borrow from `rows`, or from the list it was read from; clear it. */
struct tenant {
	bool found;
	enum change change; /* of the answer of a change: what became of it */
	struct uuid id;
	const char *name;
	int64_t created_at; /* microseconds since 1970 in UTC, as all times */
	int64_t updated_at;
	int64_t version;
	int64_t policy_version;
	/* A forbid that fails in evaluation denies; else it takes no part. */
	bool failing_forbid_denies;
	const char *state;    /* "serving", "disabled": its keys open nothing, "moved" */
	const char *moved_to; /* which database it has moved to, for people; NULL: none */
	const char *hold;     /* "closed", "arriving", "removing": see db/move.h; NULL: none */
	struct db_rows rows;
};

#define TENANT_EMPTY \
	{ \
		.found = false, .name = "", .state = "", .rows = DB_ROWS_EMPTY \
	}

/*
 * Queue: choose the tenant whose rows the rest of the transaction sees and writes. For the owner's
 * sessions alone; a worker's tenant is chosen by db_key_authenticate().
 */
void db_tenant_choose(struct db *, const struct uuid *tenant);

/*
 * Queue: add a tenant, and the entry that says so. CONFLICT where its id is
 * taken.
 */
void db_tenant_create(struct db *, const struct uuid *id, const char *name,
    const struct change_by *, struct tenant *created);

/* What a tenant is to be. NULL: as it is. */
struct tenant_update {
	const char *name;
	const bool *failing_forbid_denies;
	const bool *serves; /* false: it is disabled */
};

/*
 * Queue a change, see db/change.h, of a tenant. It holds the tenant's row until the transaction ends, as a change of its policies
 * does, and moves policy_version where it changes what is read with them.
 */
void db_tenant_update(struct db *, const struct uuid *id, const struct tenant_update *,
    const struct change_by *, struct tenant *changed);

/* Queue: read one. Leaves t->found false where there is none. */
void db_tenant_get(struct db *, const struct uuid *id, struct tenant *t);

/* Queue: read a page of all tenants. */
void db_tenant_list(struct db *, const struct page *, struct db_list *);

/* The row at `i`, from 0 to list->count - 1, as a tenant that borrows from the list. */
struct tenant tenant_at(const struct db_list *, int i);

void tenant_clear(struct tenant *);

#endif
