/* SPDX-License-Identifier: MIT */
/* grantctl policy list, show, check. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/policy_input.h"
#include "ctl/policy_stored.h"
#include "ctl/remotes.h"
#include "db/json.h"

static enum status policy_list(struct ctl *);
static enum status policy_show(struct ctl *);
static enum status policy_check(struct ctl *);

static const struct option list_options[] = { OPTION_TENANT, OPTION_LIMIT, OPTIONS_REMOTE,
	OPTION_JSON, OPTIONS_END };

const struct command cmd_policy_list = {
	.name = "policy list",
	.summary = "List a tenant's policies, newest first",
	.options = list_options,
	.needs = NEEDS_OWNER,
	.run = policy_list,
	.remote = policy_list_remote,
};

static const struct option show_options[] = { OPTION_TENANT, OPTIONS_REMOTE, OPTION_JSON,
	OPTIONS_END };

const struct command cmd_policy_show = {
	.name = "policy show",
	.summary = "Print a tenant's policies as a file that policy apply takes",
	.help =
	    "In the order of evaluation. A policy without rules becomes a comment: a file cannot express it.",
	.options = show_options,
	.needs = NEEDS_OWNER,
	.run = policy_show,
	.remote = policy_show_remote,
};

static const struct option check_options[] = { OPTION_ALLOW_UNKNOWN, OPTIONS_END };

const struct command cmd_policy_check = {
	.name = "policy check",
	.summary = "Check a file of policies, and point at its faults",
	.help =
	    "A fault is also a rule that can never apply or always fails, as it names an operation, a type or\n"
	    "an attribute that does not exist, or compares what cannot be compared.",
	.options = check_options,
	.operand = { .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "the policies; - for standard input" },
	.needs = NEEDS_NOTHING,
	.run = policy_check,
};

static void
queue_policies(struct db *db, const void *tenant, const struct page *page, struct db_list *list)
{
	db_policy_list(db, tenant, page, list);
}

static void
policy_cells(struct table *table, const struct db_list *list, int i)
{
	struct policy p = policy_at(list, i);

	table_uuid(table, &p.id);
	table_text(table, p.name);
	table_int(table, p.priority);
	table_text(table, p.enabled ? "yes" : "no");
	table_time(table, &p.updated_at);
}

static struct json_object *
policy_row_json(const struct db_list *list, int i)
{
	struct policy p = policy_at(list, i);

	return policy_json(&p);
}

static enum status
policy_list(struct ctl *c)
{
	static const char *const headings[] = { "POLICY", "NAME", "PRIORITY", "ENABLED",
		"CHANGED" };
	static const struct listing listing = {
		.headings = headings,
		.columns = COUNT_OF(headings),
		.queue = queue_policies,
		.cells = policy_cells,
		.json = policy_row_json,
	};
	const struct uuid *tenant = args_uuid(&c->args, "tenant");

	return output_list(c, &listing, tenant, tenant);
}

static enum status
policy_show(struct ctl *c)
{
	struct stored stored = STORED_EMPTY;
	struct tenant t = TENANT_EMPTY;
	const struct uuid *tenant = args_uuid(&c->args, "tenant");
	enum status st = STATUS_REFUSED;

	session_begin(c, DB_SNAPSHOT, tenant, &t);
	if (session_tenant(c, db_exchange(c->db), tenant, &t) && stored_read(c, tenant, &stored))
		st = stored_print(c, &stored);
	db_rollback(c->db);
	stored_clear(&stored);
	tenant_clear(&t);
	return st;
}

static enum status
policy_check(struct ctl *c)
{
	struct policy_file file;
	bool ok = input_known_policies(c, c->args.operand.text, &file);
	size_t i, rules = 0;

	for (i = 0; i < file.policies; i++)
		rules += file.policy[i].rules;
	if (ok)
		(void)printf("%s: %zu rules in %zu policies\n", c->args.operand.text, rules,
		    file.policies);
	policy_file_clear(&file);
	return ok ? STATUS_DONE : STATUS_REFUSED;
}
