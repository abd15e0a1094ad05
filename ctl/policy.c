/* SPDX-License-Identifier: MIT */
/* grantctl policy list, show, check. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/policy_input.h"
#include "ctl/policy_stored.h"
#include "db/json.h"
#include "policy/rule_json.h"

static enum status policy_list(struct ctl *);
static enum status policy_show(struct ctl *);
static enum status policy_check(struct ctl *);

static const struct option list_options[] = { OPTION_TENANT, OPTION_LIMIT, OPTION_JSON,
	OPTIONS_END };

const struct command cmd_policy_list = {
	.name = "policy list",
	.summary = "List a tenant's policies, newest first",
	.options = list_options,
	.needs = NEEDS_OWNER,
	.run = policy_list,
};

static const struct option show_options[] = { OPTION_TENANT, OPTION_JSON, OPTIONS_END };

const struct command cmd_policy_show = {
	.name = "policy show",
	.summary = "Print a tenant's policies as a file that policy apply takes",
	.help =
	    "In the order of evaluation. A policy without rules becomes a comment: a file cannot express it.",
	.options = show_options,
	.needs = NEEDS_OWNER,
	.run = policy_show,
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

/* The policy's object with its rules. NULL: out of memory. */
static struct json_object *
stored_json(const struct stored_policy *p)
{
	struct json_object *object = policy_json(&p->policy), *rules = json_object_new_array();
	int i;

	for (i = 0; i < p->rules.count; i++) {
		struct rule_record r = rule_record_at(&p->rules, i);

		json_array_append(&rules, rule_record_json(&r));
	}
	if (object != NULL && rules != NULL && json_object_object_add(object, "rules", rules) == 0)
		return object;
	json_object_put(object);
	json_object_put(rules);
	return NULL;
}

static enum status
show_json(struct ctl *c, const struct stored *s)
{
	struct json_object *all = json_object_new_array();
	size_t i;

	for (i = 0; i < s->count; i++)
		json_array_append(&all, stored_json(&s->policy[i]));
	return output_json(c, all);
}

static enum status
show_text(struct ctl *c, const struct stored *s)
{
	size_t i;
	int j;

	for (i = 0; i < s->count; i++) {
		const struct stored_policy *p = &s->policy[i];
		struct policy_settings settings = stored_settings(p);

		if (p->rules.count == 0)
			(void)printf("%s// policy \"%s\" has no rules\n", i > 0 ? "\n" : "",
			    p->policy.name);
		for (j = 0; j < p->rules.count; j++) {
			struct rule_record r = rule_record_at(&p->rules, j);

			if (i > 0 || j > 0)
				(void)putchar('\n');
			if (!print_rule(&settings, &r.is, ""))
				return session_refuse(c,
				    "a rule of policy \"%s\" cannot be printed", p->policy.name);
		}
	}
	return STATUS_DONE;
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
		st = c->json ? show_json(c, &stored) : show_text(c, &stored);
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
