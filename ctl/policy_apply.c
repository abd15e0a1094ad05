/* SPDX-License-Identifier: MIT */
/*
 * grantctl policy apply: makes a tenant's policies those of a file. One transaction: each difference is shown and made, then
 * the guard looks at what would be in force, then all of it is committed, or nothing.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/policy_input.h"
#include "ctl/policy_match.h"
#include "policy/guard.h"

static enum status policy_apply(struct ctl *);

static const struct option apply_options[] = {
	OPTION_TENANT,
	{ .name = "dry-run", .help = "show what would change, and change nothing" },
	{ .name = "force", .help = "also where no key could change policies any more" },
	OPTION_REASON,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_policy_apply = {
	.name = "policy apply",
	.summary = "Make a tenant's policies those of a file",
	.help =
	    "Shows the difference, and makes all of it or nothing. What the file does not have is removed.\n"
	    "Applied again, it changes nothing.",
	.options = apply_options,
	.operand = { .value = "FILE", .type = VALUE_FILE, .help = "policies; - is standard input" },
	.needs = NEEDS_OWNER,
	.run = policy_apply,
};

/* One run. */
struct apply {
	struct ctl *c;
	struct uuid tenant;
	struct audit_entry entry;
	int64_t changes;
	enum outcome rc;     /* of the last change; no more are made after one that failed */
	const char *problem; /* that is none of the database's */
};

/* Ready for another change by this operation? */
static bool
next(struct apply *a, const char *action)
{
	a->changes++;
	a->entry.action = action;
	if (a->rc == DONE && a->problem == NULL && !uuid_make_v7(&a->entry.id))
		a->problem = "the system gives no random numbers";
	return a->rc == DONE && a->problem == NULL;
}

static void
show_policy(const struct apply *a, char sign, const struct policy_settings *s)
{
	if (!a->c->json)
		(void)printf("%c policy \"%s\", priority %lld, %s\n", sign, s->name,
		    (long long)s->priority, s->enabled ? "enabled" : "disabled");
}

static void
show_rule(struct apply *a, const char *prefix, const struct policy_settings *s,
    const struct rule_settings *is)
{
	if (!a->c->json && !print_rule(s, is, prefix) && a->problem == NULL)
		(void)printf("%s%s\n", prefix, is->text);
}

static void
remove_rule(struct apply *a, const struct stored_policy *p, int i)
{
	struct policy_settings s = stored_settings(p);
	struct rule_record r = rule_record_at(&p->rules, i), gone = RULE_RECORD_EMPTY;

	show_rule(a, "-   ", &s, &r.is);
	if (!next(a, "DeletePolicyRule"))
		return;
	db_policy_rule_delete(a->c->db, &a->tenant, &p->policy.id, &r.id, &a->entry, &gone);
	a->rc = db_exchange(a->c->db);
	rule_record_clear(&gone);
}

static void
remove_policy(struct apply *a, const struct stored_policy *p)
{
	struct policy_settings s = stored_settings(p);
	struct policy gone = POLICY_EMPTY;
	int i;

	show_policy(a, '-', &s);
	for (i = 0; i < p->rules.count; i++) {
		struct rule_record r = rule_record_at(&p->rules, i);

		show_rule(a, "-   ", &s, &r.is);
	}
	if (!next(a, "DeletePolicy"))
		return;
	db_policy_delete(a->c->db, &a->tenant, &p->policy.id, &a->entry, &gone);
	a->rc = db_exchange(a->c->db);
	policy_clear(&gone);
}

static void
create_policy(struct apply *a, const struct policy_settings *s, struct uuid *id)
{
	struct policy created = POLICY_EMPTY;

	show_policy(a, '+', s);
	if (!next(a, "CreatePolicy"))
		return;
	if (!uuid_make_v7(id)) {
		a->problem = "the system gives no random numbers";
		return;
	}
	db_policy_create(a->c->db, &a->tenant, id, s, &a->entry, &created);
	a->rc = db_exchange(a->c->db);
	policy_clear(&created);
}

static void
update_policy(struct apply *a, const struct stored_policy *p, const struct policy_settings *s)
{
	struct policy_settings was = stored_settings(p);
	struct policy changed = POLICY_EMPTY;

	if (was.priority == s->priority && was.enabled == s->enabled)
		return;
	show_policy(a, '-', &was);
	show_policy(a, '+', s);
	if (!next(a, "UpdatePolicy"))
		return;
	db_policy_update(a->c->db, &a->tenant, &p->policy.id, s, &a->entry, &changed);
	a->rc = db_exchange(a->c->db);
	policy_clear(&changed);
}

static void
create_rule(struct apply *a, const struct policy_settings *s, const struct uuid *policy,
    const struct rule_settings *is)
{
	struct rule_record created = RULE_RECORD_EMPTY;
	struct uuid id;

	show_rule(a, "+   ", s, is);
	if (!next(a, "CreatePolicyRule"))
		return;
	if (!uuid_make_v7(&id)) {
		a->problem = "the system gives no random numbers";
		return;
	}
	db_policy_rule_create(a->c->db, &a->tenant, policy, &id, is, &a->entry, &created);
	a->rc = db_exchange(a->c->db);
	rule_record_clear(&created);
}

static bool
same_notice(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* A rule that only moves is shown as it is, with its new place. */
static void
update_rule(struct apply *a, const struct policy_settings *s, const struct rule_record *was,
    const struct rule_settings *is, bool same_text)
{
	struct rule_record changed = RULE_RECORD_EMPTY;
	bool same = same_text && same_notice(was->is.notice, is->notice) &&
	    was->is.audit_session == is->audit_session;

	if (same && was->is.ordinal == is->ordinal)
		return;
	show_rule(a, same ? "    " : "-   ", s, &was->is);
	if (same && !a->c->json)
		(void)printf("~   moves from place %lld to %lld\n", (long long)was->is.ordinal,
		    (long long)is->ordinal);
	if (!same)
		show_rule(a, "+   ", s, is);
	if (!next(a, "UpdatePolicyRule"))
		return;
	db_policy_rule_update(a->c->db, &a->tenant, &was->policy_id, &was->id, is, &a->entry,
	    &changed);
	a->rc = db_exchange(a->c->db);
	rule_record_clear(&changed);
}

static void
set_rule(struct apply *a, const struct policy_settings *s, const struct uuid *policy,
    const struct file_rule *rule, const struct matched_rule *m, const struct stored_policy *stored)
{
	struct rule_settings is = {
		.text = rule->rule.text,
		.parts = rule->rule.parts,
		.has_ordinal = true,
		.ordinal = m->ordinal,
		.notice = rule->notice,
		.audit_session = rule->audit_session,
	};
	struct rule_record was;

	if (m->stored < 0) {
		create_rule(a, s, policy, &is);
		return;
	}
	was = rule_record_at(&stored->rules, m->stored);
	if (m->same_text) { /* keep it as it was written */
		is.text = was.is.text;
		is.parts = was.is.parts;
	}
	update_rule(a, s, &was, &is, m->same_text);
}

/* One policy of the file; `stored` is NULL where the tenant has none of its name. */
static void
set_policy(struct apply *a, const struct file_policy *p, const struct stored_policy *stored)
{
	struct policy_settings s = { p->name, p->priority, p->enabled };
	struct uuid id = { .octet = { 0 } };
	struct match m;
	size_t i;
	int j;

	if (stored != NULL) {
		id = stored->policy.id;
		update_policy(a, stored, &s);
	} else {
		create_policy(a, &s, &id);
	}
	if (match_rules(&m, p, stored)) {
		for (j = 0; stored != NULL && j < stored->rules.count; j++)
			if (!m.kept[j])
				remove_rule(a, stored, j);
		for (i = 0; i < p->rules; i++)
			set_rule(a, &s, &id, &p->rule[i], &m.rule[i], stored);
	} else {
		a->problem = "out of memory";
	}
	match_clear(&m);
}

static const struct stored_policy *
find_stored(const struct stored *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->policy[i].policy.name, name) == 0)
			return &s->policy[i];
	return NULL;
}

static bool
is_in_file(const struct policy_file *file, const char *name)
{
	size_t i;

	for (i = 0; i < file->policies; i++)
		if (strcmp(file->policy[i].name, name) == 0)
			return true;
	return false;
}

static void
set_all(struct apply *a, const struct policy_file *file, const struct stored *stored)
{
	size_t i;

	for (i = 0; i < stored->count; i++)
		if (!is_in_file(file, stored->policy[i].policy.name))
			remove_policy(a, &stored->policy[i]);
	for (i = 0; i < file->policies; i++)
		set_policy(a, &file->policy[i], find_stored(stored, file->policy[i].name));
}

/* Is there somebody left who can change policies? */
static bool
guarded(struct apply *a)
{
	struct policy_question circumstances = {
		.tenant = &a->tenant,
		.request_id = "grantctl",
		.now = clock_wall_us(),
	};
	struct decider *d;
	bool kept = false;

	if (args_has(&a->c->args, "force"))
		return true;
	d = decider_new();
	if (d == NULL)
		a->problem = "out of memory";
	else
		a->rc = policy_guard(a->c->db, d, &circumstances, &kept);
	decider_free(d);
	if (a->rc == DONE && !kept && a->problem == NULL)
		a->problem =
		    "after this no key of the tenant could change policies any more, so nothing was "
		    "changed; --force does it nevertheless";
	return kept;
}

static enum status
report(struct apply *a, bool committed)
{
	struct json_build b;

	if (a->c->json) {
		json_build_begin(&b);
		json_put_int(&b, "changes", a->changes);
		json_put_bool(&b, "applied", committed);
		return output_json(a->c, json_build_end(&b));
	}
	if (a->changes == 0)
		(void)puts("nothing to change");
	else
		(void)printf("%lld changes%s\n", (long long)a->changes,
		    committed ? "" : ", none of them made");
	return STATUS_DONE;
}

static enum status
conclude(struct apply *a)
{
	bool commit = a->rc == DONE && a->problem == NULL && a->changes > 0 && guarded(a) &&
	    !args_has(&a->c->args, "dry-run");

	if (a->problem == NULL && a->rc == DONE && commit)
		a->rc = db_commit(a->c->db);
	if (a->problem != NULL)
		return session_refuse(a->c, "%s", a->problem);
	return a->rc == DONE ? report(a, commit) : session_failed(a->c, a->rc);
}

static enum status
apply_file(struct ctl *c, const struct uuid *tenant, const struct policy_file *file)
{
	struct apply a = { .c = c, .tenant = *tenant, .rc = DONE };
	struct stored stored = STORED_EMPTY;
	struct tenant t = TENANT_EMPTY;
	enum status st = STATUS_REFUSED;

	if (!session_entry(c, "CreatePolicy", &a.entry))
		return STATUS_REFUSED;
	session_begin(c, DB_READ_WRITE, tenant, &t);
	db_policy_hold(c->db, tenant);
	if (session_tenant(c, db_exchange(c->db), tenant, &t) && stored_read(c, tenant, &stored)) {
		set_all(&a, file, &stored);
		st = conclude(&a);
	}
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

	if (input_policies(c, c->args.operand.text, &file))
		st = apply_file(c, args_uuid(&c->args, "tenant"), &file);
	policy_file_clear(&file);
	return st;
}
