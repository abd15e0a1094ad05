/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_TENANT_REMOVE_H
#define GRANTD_DB_TENANT_REMOVE_H

#include "db/statement.h"

/* What a tenant has. */
struct tenant_counts {
	int64_t keys, grants, policies, rules, entries, events;
};

/* For the owner's sessions, all of them; in a transaction that has chosen the tenant. */

/* Queue: count its rows. Reads all of them. */
void db_tenant_count(struct db *, const struct uuid *tenant, struct tenant_counts *);

/*
 * Queue: from the commit on the tenant is being removed, and nothing of it is changed any more. *may: it is; false: it is not
 * disabled and has not moved, or a move is under way. May be repeated.
 */
void db_tenant_remove_begin(struct db *, const struct uuid *tenant, bool *may);

/* Queue: delete some thousand rows. *removed is how many; 0: there were none, and the tenant is gone. */
void db_tenant_remove_rows(struct db *, const struct uuid *tenant, int64_t *removed);

#endif
