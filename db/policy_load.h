/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_LOAD_H
#define GRANTD_DB_POLICY_LOAD_H

#include "db/key.h"
#include "db/statement.h"

/* One rule of an enabled policy, as a decision needs it. Texts borrow from the list. */
struct policy_rule {
	struct uuid policy_id;
	int64_t priority; /* of the policy; higher ones are asked first */
	struct uuid id;
	const char *text;   /* one Cedar statement */
	const char *notice; /* NULL: none */
	bool audit_session;
};

/* All of a tenant's rules in force, in the order in which they are asked. Clear it. */
struct policy_rules {
	int64_t version;            /* of the tenant's policies, read in the same statement */
	bool failing_forbid_denies; /* the tenant wants it so, see db/tenant.h */
	int64_t now;                /* when it was read, by the database's clock */
	size_t count;
	struct db_rows rows;
};

#define POLICY_RULES_EMPTY \
	{ \
		.version = 0, .count = 0, .rows = DB_ROWS_EMPTY \
	}

/*
 * Queue: read the rules of the chosen tenant's enabled policies, by priority from high to low, then by the policies'
 * creation (created_at, id), then by ordinal and id. A tenant without rules has count 0 and still its version.
 */
void db_policy_load(struct db *, const struct uuid *tenant, struct policy_rules *);

/* Queue the same for the tenant of a caller, as a statement of its own. Without such a key there is nothing, and version 0. */
void db_policy_look(struct db *, const struct uuid *tenant, const uint8_t key_hash[KEY_HASH_LEN],
    struct policy_rules *);

/* The i-th of them. False: a column is not as it should be. */
MUST_CHECK bool policy_rules_at(const struct policy_rules *, size_t i, struct policy_rule *);

void policy_rules_clear(struct policy_rules *);

#endif
