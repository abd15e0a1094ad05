/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "db/policy.h"
#include "db/policy_rule.h"
#include "policy/baseline.h"

#define BASELINE_RULES 4

struct baseline {
	struct policy policy;
	struct rule_record rule[BASELINE_RULES];
};

/* One rule for each role: its texts, and the same in parts. */
#define BASELINE_LIST(X) \
	X("admin", "any", "[]", "action") \
	X("auditor", "in", "[\"read\"]", "action in Action::\"read\"") \
	X("operator", "in", "[\"read\",\"UpdateGrant\"]", \
	    "action in [Action::\"read\", Action::\"UpdateGrant\"]") \
	X("collector", "eq", "[\"RecordActivity\"]", "action == Action::\"RecordActivity\"")

#define RULE_TEXT(role, action) "permit (principal in Role::\"" role "\", " action ", resource);"

static const struct rule_settings rules[BASELINE_RULES] = {
#define X(name, kind, ids, action) \
	{ .text = RULE_TEXT(name, action), \
		.audit_session = true, \
		.parts = { .effect = "permit", \
		    .principal = { .type = "in", .entity_type = "Role", .entity_id = name }, \
		    .action_type = kind, \
		    .action_ids = ids, \
		    .resource = { .type = "any" }, \
		    .conditions = "" } },
	BASELINE_LIST(X)
#undef X
};

static bool
queue_all(struct baseline *b, struct db *db, const struct uuid *tenant, struct audit_entry entry)
{
	const struct policy_settings settings = {
		.name = "baseline",
		.priority = 0,
		.enabled = true,
	};
	struct uuid policy, rule;
	size_t i;

	if (!uuid_make_v7(&policy) || !uuid_make_v7(&entry.id))
		return false;
	entry.action = "CreatePolicy";
	db_policy_create(db, tenant, &policy, &settings, &entry, &b->policy);
	entry.action = "CreatePolicyRule";
	for (i = 0; i < BASELINE_RULES; i++) {
		if (!uuid_make_v7(&rule) || !uuid_make_v7(&entry.id))
			return false;
		db_policy_rule_create(db, tenant, &policy, &rule, &rules[i], &entry, &b->rule[i]);
	}
	return true;
}

struct baseline *
baseline_queue(struct db *db, const struct uuid *tenant, const struct audit_entry *by)
{
	struct baseline *b = calloc(1, sizeof(*b));

	if (b != NULL && !queue_all(b, db, tenant, *by)) {
		baseline_free(b);
		return NULL;
	}
	return b;
}

void
baseline_free(struct baseline *b)
{
	size_t i;

	if (b == NULL)
		return;
	policy_clear(&b->policy);
	for (i = 0; i < BASELINE_RULES; i++)
		rule_record_clear(&b->rule[i]);
	free(b);
}
