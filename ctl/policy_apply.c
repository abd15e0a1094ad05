/* SPDX-License-Identifier: MIT */
/*
 * grantctl policy apply: makes a tenant's policies those of a file. One transaction: what differs becomes a plan, which is
 * shown and carried out; then the guard looks at what would be in force, and all of it is committed, or nothing.
 */
#include "config.h"

#include <stdio.h>

#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/policy_guarded.h"
#include "ctl/policy_input.h"
#include "ctl/policy_plan.h"
#include "ctl/remotes.h"

static enum status policy_apply(struct ctl *);

static const struct option apply_options[] = {
	OPTION_TENANT,
	{ .name = "dry-run", .help = "show what would change, and change nothing" },
	OPTION_FORCE,
	OPTION_ALLOW_UNKNOWN,
	OPTION_REASON,
	OPTIONS_REMOTE,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_policy_apply = {
	.name = "policy apply",
	.summary = "Make a tenant's policies those of a file",
	.help =
	    "Shows the changes, and makes all of them or none. What is not in the file is removed.\n"
	    "Applied again, it changes nothing.",
	.options = apply_options,
	.operand = { .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "the policies; - for standard input" },
	.needs = NEEDS_OWNER,
	.run = policy_apply,
	.remote = policy_apply_remote,
};

/* One run. */
struct apply {
	struct ctl *c;
	const struct uuid *tenant;
	struct change_by by;
	const struct plan *plan;
	enum outcome rc;     /* of the last exchange */
	const char *problem; /* one that did not come from the database */
};

/* The operations that entries in the audit log name. */
static const char *const actions[] = {
	[STEP_DELETE_POLICY] = "DeletePolicy",
	[STEP_CREATE_POLICY] = "CreatePolicy",
	[STEP_UPDATE_POLICY] = "UpdatePolicy",
	[STEP_DELETE_RULE] = "DeletePolicyRule",
	[STEP_CREATE_RULE] = "CreatePolicyRule",
	[STEP_UPDATE_RULE] = "UpdatePolicyRule",
};

/* Queue a step; its result goes to `policy` or `rule`. */
static void
queue_step(struct apply *a, const struct step *s, struct policy *policy, struct rule_record *rule)
{
	struct db *db = a->c->db;

	switch (s->kind) {
	case STEP_DELETE_POLICY:
		db_policy_delete(db, a->tenant, &s->policy_id, &a->by, policy);
		break;
	case STEP_CREATE_POLICY:
		db_policy_create(db, a->tenant, &s->policy_id, &s->policy, &a->by, policy);
		break;
	case STEP_UPDATE_POLICY:
		db_policy_update(db, a->tenant, &s->policy_id, &s->policy, &a->by, policy);
		break;
	case STEP_DELETE_RULE:
	case STEP_CREATE_RULE:
	case STEP_UPDATE_RULE:
		db_policy_rule_change(db, a->tenant, &s->policy_id, &s->rule_id, &s->rule, &a->by,
		    rule);
		break;
	}
}

/* False: it failed, and so does all of the transaction. */
static bool
make_step(struct apply *a, const struct step *s)
{
	struct policy policy = POLICY_EMPTY;
	struct rule_record rule = RULE_RECORD_EMPTY;

	a->by.action = actions[s->kind];
	if (!uuid_make_v7(&a->by.entry)) {
		a->problem = "the system gives no random numbers";
		return false;
	}
	queue_step(a, s, &policy, &rule);
	a->rc = db_exchange(a->c->db);
	policy_clear(&policy);
	rule_record_clear(&rule);
	return a->rc == DONE;
}

static bool
make_steps(struct apply *a)
{
	size_t i;

	for (i = 0; i < a->plan->count; i++)
		if (!make_step(a, &a->plan->step[i]))
			return false;
	return true;
}

static enum status
report(struct apply *a, bool committed)
{
	struct json_build b;

	if (a->c->json) {
		json_build_begin(&b);
		json_put_int(&b, "changes", (int64_t)a->plan->count);
		json_put_bool(&b, "applied", committed);
		return output_json(a->c, json_build_end(&b));
	}
	if (a->plan->count == 0)
		(void)puts("nothing to change");
	else
		(void)printf("%zu change%s%s\n", a->plan->count, a->plan->count == 1 ? "" : "s",
		    committed ? "" : ", none of them made");
	return STATUS_DONE;
}

/* A dry run makes the steps, too, so that it fails where the run itself would. */
static enum status
carry_out(struct apply *a)
{
	bool commit = a->plan->count > 0 && !args_has(&a->c->args, "dry-run");

	if (!make_steps(a))
		return a->problem != NULL ? session_refuse(a->c, "%s", a->problem) :
					    session_failed(a->c, a->rc);
	if (a->plan->count > 0 && !policy_guarded(a->c, a->tenant))
		return STATUS_REFUSED;
	if (commit)
		a->rc = db_commit(a->c->db);
	return a->rc == DONE ? report(a, commit) : session_failed(a->c, a->rc);
}

static enum status
apply_over(struct apply *a, const struct policy_file *file, const struct stored *stored)
{
	struct plan plan;
	enum status st = STATUS_REFUSED;

	if (plan_make(&plan, file, stored)) {
		if (!a->c->json)
			plan_print(&plan);
		a->plan = &plan;
		st = carry_out(a);
	} else {
		(void)session_refuse(a->c, "%s", plan.problem);
	}
	plan_clear(&plan);
	return st;
}

static enum status
apply_file(struct ctl *c, const struct uuid *tenant, const struct policy_file *file)
{
	struct apply a = { .c = c, .tenant = tenant, .rc = DONE };
	struct stored stored = STORED_EMPTY;
	struct tenant t = TENANT_EMPTY;
	enum status st = STATUS_REFUSED;

	if (!session_entry(c, "CreatePolicy", &a.by))
		return STATUS_REFUSED;
	session_begin(c, DB_READ_WRITE, tenant, &t);
	db_policy_hold(c->db, tenant);
	if (session_tenant(c, db_exchange(c->db), tenant, &t) && stored_read(c, tenant, &stored))
		st = apply_over(&a, file, &stored);
	db_rollback(c->db);
	stored_clear(&stored);
	tenant_clear(&t);
	return st;
}

static enum status
policy_apply(struct ctl *c)
{
	struct policy_file file;
	enum status st = STATUS_REFUSED;

	if (input_known_policies(c, c->args.operand.text, &file))
		st = apply_file(c, args_uuid(&c->args, "tenant"), &file);
	policy_file_clear(&file);
	return st;
}
