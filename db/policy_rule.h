/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_POLICY_RULE_H
#define GRANTD_DB_POLICY_RULE_H

#include "db/change.h"
#include "db/page.h"

/* A rule as people set it. Borrowed; whoever calls has checked it. */
struct rule_settings {
	const char *text; /* one Cedar statement */
	bool has_ordinal; /* false, for a new rule: after the policy's last one */
	int64_t ordinal;
	const char *notice; /* NULL: none */
	bool audit_session;
};

/* Longest text of a rule and longest notice in bytes, as the schema has it. */
#define RULE_TEXT_MAX 49152
#define RULE_NOTICE_MAX 1024
#define RULE_ORDINAL_MOST 1000000

/* A rule as it is stored. Texts borrow from `rows`, or from the list it was read from; clear it. */
struct rule_record {
	bool found;
	enum change change; /* of the answer of a change: what became of it */
	struct uuid policy_id;
	struct uuid id;
	struct rule_settings is; /* with its ordinal */
	int64_t created_at;      /* microseconds since 1970 in UTC, as all times */
	int64_t updated_at;
	int64_t version;
	struct db_rows rows;
};

#define RULE_RECORD_EMPTY \
	{ \
		.found = false, .rows = DB_ROWS_EMPTY \
	}

/* Queue: read one rule of a policy that is there. Leaves r->found false where there is none. */
void db_policy_rule_get(struct db *, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, struct rule_record *r);

/* Queue: read a page of a policy's rules in their order: page->key.ordinal and page->key.id are those of the last one seen. */
void db_policy_rule_list(struct db *, const struct uuid *tenant, const struct uuid *policy,
    const struct page *, struct db_list *);

/*
 * Queue a change, see db/change.h and db/policy.h: by->action says which, CreatePolicyRule, UpdatePolicyRule or DeletePolicyRule, and
 * for the last one `is` may be NULL. *changed is the rule after it, or as it was last.
 */
void db_policy_rule_change(struct db *, const struct uuid *tenant, const struct uuid *policy,
    const struct uuid *id, const struct rule_settings *is, const struct change_by *,
    struct rule_record *changed);

/* The row at `i`, from 0 to list->count - 1, as a rule that borrows from the list. */
struct rule_record rule_record_at(const struct db_list *, int i);

void rule_record_clear(struct rule_record *);

#endif
