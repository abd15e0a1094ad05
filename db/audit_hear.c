/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/number.h"
#include "db/audit_hear.h"

void
policies_told_add(struct policies_told *sum, const struct policies_told *more)
{
	sum->untold = sum->untold || more->untold;
	if (sum->version < more->version)
		sum->version = more->version;
}

/* An entry of a policy says how far its change has moved the version of the tenant's policies. */
static void
hear_version(struct policies_told *sum, const struct told_entry *e)
{
	struct policies_told told = { .version = 0 };
	const struct json_raw text = e->policy_version;

	if (!e->done || (e->before.text == NULL && e->after.text == NULL))
		return;
	if (text.text == NULL || !number_parse(&told.version, text.text, text.len, 1, INT64_MAX))
		told = (struct policies_told){ .untold = true };
	policies_told_add(sum, &told);
}

bool
audit_hear(enum chain_owner kind, const struct audit_row *e, struct told *row,
    struct told_rules *rules, struct policies_told *policies, const struct told_sink *sink)
{
	struct told_entry told;
	struct uuid rule;

	if (!told_entry_read(&told, e))
		return false;
	/* Of a tenant's entries one does: that of a choice which is read with the policies. */
	if (kind == OWNER_POLICY || (kind == OWNER_TENANT && told.policy_version.text != NULL))
		hear_version(policies, &told);
	if (kind == OWNER_POLICY && told_rule_id(&told, &rule)) {
		told_rules_take(rules, &rule, &told, sink);
	} else {
		if (kind == OWNER_POLICY)
			told_rules_end(rules, &e->resource_id, &told, sink);
		told_take(row, &told, sink);
	}
	return !row->failed && !rules->failed;
}
