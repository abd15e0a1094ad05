/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "db/policy.h"
#include "db/policy_rule.h"
#include "policy/baseline.h"

#define KEYS_NOTICE \
	"A key makes keys with no role that it has not, and rotates no others; admins may."

/*
 * One rule for each role; and one against a key that may make or rotate keys and no more: it could make itself the key of
 * an admin.
 */
#define RULE(role, action) \
	{ \
		.text = "permit (principal in Role::\"" role "\", " action ", resource);", \
		.audit_session = true \
	}

static const struct rule_settings rules[] = {
	RULE("admin", "action"),
	RULE("auditor", "action in Action::\"read\""),
	RULE("operator", "action in [Action::\"read\", Action::\"UpdateGrant\"]"),
	RULE("collector", "action == Action::\"RecordActivity\""),
	{
	    .text =
		"forbid (principal, action in [Action::\"CreateApiKey\", Action::\"RotateApiKey\"], resource)\n"
		"unless { principal in Role::\"admin\" || principal.roles.containsAll(context.target_roles) };",
	    .notice = KEYS_NOTICE,
	    .audit_session = true,
	},
};

struct baseline {
	struct policy policy;
	struct rule_record rule[COUNT_OF(rules)];
};

static bool
queue_all(struct baseline *b, struct db *db, const struct uuid *tenant, struct change_by by)
{
	const struct policy_settings settings = {
		.name = "baseline",
		.priority = 0,
		.enabled = true,
	};
	struct uuid policy, rule;
	size_t i;

	if (!uuid_make_v7(&policy) || !uuid_make_v7(&by.entry))
		return false;
	by.action = "CreatePolicy";
	db_policy_create(db, tenant, &policy, &settings, &by, &b->policy);
	by.action = "CreatePolicyRule";
	for (i = 0; i < COUNT_OF(rules); i++) {
		if (!uuid_make_v7(&rule) || !uuid_make_v7(&by.entry))
			return false;
		db_policy_rule_change(db, tenant, &policy, &rule, &rules[i], &by, &b->rule[i]);
	}
	return true;
}

struct baseline *
baseline_queue(struct db *db, const struct uuid *tenant, const struct change_by *by)
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
	for (i = 0; i < COUNT_OF(rules); i++)
		rule_record_clear(&b->rule[i]);
	free(b);
}
