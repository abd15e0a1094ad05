/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/policy_match.h"
#include "ctl/policy_plan.h"

static void
add(struct plan *p, const struct step *s)
{
	size_t size = p->size > 0 ? p->size * 2 : 16;
	struct step *more;

	if (p->count == p->size) {
		more = realloc(p->step, size * sizeof(*more));
		if (more == NULL) {
			p->problem = "out of memory";
			return;
		}
		p->step = more;
		p->size = size;
	}
	p->step[p->count++] = *s;
}

static void
make_id(struct plan *p, struct uuid *id)
{
	if (!uuid_make_v7(id))
		p->problem = "the system gives no random numbers";
}

static bool
same_notice(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
plan_deleted_rule(struct plan *p, const struct stored_policy *stored, int i)
{
	const struct rule_record r = stored->rule[i];
	const struct step s = {
		.kind = STEP_DELETE_RULE,
		.stored = stored,
		.policy_id = stored->policy.id,
		.rule_id = r.id,
		.policy = stored_settings(stored),
		.old_rule = r.is,
	};

	add(p, &s);
}

/* One rule of the file; `s` describes its policy. */
static void
plan_rule(struct plan *p, struct step s, const struct file_rule *rule, const struct matched_rule *m)
{
	struct rule_record was;

	s.rule = (struct rule_settings){
		.text = rule->text,
		.has_ordinal = true,
		.ordinal = m->ordinal,
		.notice = rule->notice,
		.audit_session = rule->audit_session,
	};
	if (m->stored < 0) {
		s.kind = STEP_CREATE_RULE;
		make_id(p, &s.rule_id);
		add(p, &s);
		return;
	}
	was = s.stored->rule[m->stored];
	if (m->same_text)
		s.rule.text = was.is.text; /* as it was written */
	s.kind = STEP_UPDATE_RULE;
	s.rule_id = was.id;
	s.old_rule = was.is;
	s.moves = m->same_text && same_notice(was.is.notice, s.rule.notice) &&
	    was.is.audit_session == s.rule.audit_session;
	if (!s.moves || was.is.ordinal != s.rule.ordinal)
		add(p, &s);
}

static void
plan_rules(struct plan *p, const struct step *policy, const struct file_policy *file)
{
	struct match m;
	size_t i;
	int j;

	if (match_rules(&m, file, policy->stored)) {
		for (j = 0; policy->stored != NULL && j < policy->stored->rules; j++)
			if (!m.kept[j])
				plan_deleted_rule(p, policy->stored, j);
		for (i = 0; i < file->rules; i++)
			plan_rule(p, *policy, &file->rule[i], &m.rule[i]);
	} else {
		p->problem = "out of memory";
	}
	match_clear(&m);
}

/* One policy of the file; `stored` is NULL where the tenant has none of its name. */
static void
plan_policy(struct plan *p, const struct file_policy *file, const struct stored_policy *stored)
{
	struct step s = {
		.stored = stored,
		.policy = { file->name, file->priority, file->enabled },
	};

	if (stored == NULL) {
		s.kind = STEP_CREATE_POLICY;
		make_id(p, &s.policy_id);
		add(p, &s);
	} else {
		s.kind = STEP_UPDATE_POLICY;
		s.policy_id = stored->policy.id;
		if (stored->policy.priority != file->priority ||
		    stored->policy.enabled != file->enabled)
			add(p, &s);
	}
	plan_rules(p, &s, file);
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

bool
plan_make(struct plan *p, const struct policy_file *file, const struct stored *stored)
{
	size_t i;

	*p = (struct plan)PLAN_EMPTY;
	for (i = 0; i < stored->count; i++) {
		const struct step s = {
			.kind = STEP_DELETE_POLICY,
			.stored = &stored->policy[i],
			.policy_id = stored->policy[i].policy.id,
			.policy = stored_settings(&stored->policy[i]),
		};

		if (!is_in_file(file, s.policy.name))
			add(p, &s);
	}
	for (i = 0; i < file->policies; i++)
		plan_policy(p, &file->policy[i], find_stored(stored, file->policy[i].name));
	return p->problem == NULL;
}

static void
print_policy(char sign, const struct policy_settings *s)
{
	(void)printf("%c policy \"", sign);
	print_lines(s->name, "");
	(void)printf("\", priority %lld, %s\n", (long long)s->priority,
	    s->enabled ? "enabled" : "disabled");
}

/* A rule that no longer parses is shown as it is stored. */
static void
print_change(const char *prefix, const struct policy_settings *policy,
    const struct rule_settings *rule)
{
	if (print_rule(policy, rule, prefix))
		return;
	print_lines(rule->text, prefix);
	(void)putchar('\n');
}

static void
print_deleted_policy(const struct step *s)
{
	int i;

	print_policy('-', &s->policy);
	for (i = 0; i < s->stored->rules; i++)
		print_change("-   ", &s->policy, &s->stored->rule[i].is);
}

/* A rule that only moves is shown once, with its new place. */
static void
print_updated_rule(const struct step *s)
{
	print_change(s->moves ? "    " : "-   ", &s->policy, &s->old_rule);
	if (s->moves)
		(void)printf("~   moves from place %lld to %lld\n", (long long)s->old_rule.ordinal,
		    (long long)s->rule.ordinal);
	else
		print_change("+   ", &s->policy, &s->rule);
}

static void
print_step(const struct step *s)
{
	struct policy_settings was;

	switch (s->kind) {
	case STEP_DELETE_POLICY:
		print_deleted_policy(s);
		break;
	case STEP_UPDATE_POLICY:
		was = stored_settings(s->stored);
		print_policy('-', &was);
		print_policy('+', &s->policy);
		break;
	case STEP_CREATE_POLICY:
		print_policy('+', &s->policy);
		break;
	case STEP_DELETE_RULE:
		print_change("-   ", &s->policy, &s->old_rule);
		break;
	case STEP_CREATE_RULE:
		print_change("+   ", &s->policy, &s->rule);
		break;
	case STEP_UPDATE_RULE:
		print_updated_rule(s);
		break;
	}
}

void
plan_print(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		print_step(&p->step[i]);
}

void
plan_clear(struct plan *p)
{
	free(p->step);
	*p = (struct plan)PLAN_EMPTY;
}
