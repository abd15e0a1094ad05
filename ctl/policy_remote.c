/* SPDX-License-Identifier: MIT */
/*
 * grantctl policy list, show, apply, over HTTP. There each step is a request of its own: what is added comes first and what is
 * removed last, so that nobody is locked out in between, and where one fails those before it are made.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/time_text.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/policy_input.h"
#include "ctl/policy_plan.h"
#include "ctl/policy_stored.h"
#include "ctl/remotes.h"

static const struct shown columns[] = {
	{ "POLICY", "id", SHOW_ID },
	{ "NAME", "name", SHOW_TEXT },
	{ "PRIORITY", "priority", SHOW_TEXT },
	{ "ENABLED", "enabled", SHOW_YES },
	{ "CHANGED", "updated_at", SHOW_TIME },
};

enum status
policy_list_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	enum status st;

	remote_path(&path, "/v1/policies");
	st = remote_list(c, columns, COUNT_OF(columns), &path);
	buf_clear(&path);
	return st;
}

/* ---- reading ---- */

static int64_t
number_of(struct json_object *object, const char *member)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(object, member, &value) ? json_object_get_int64(value) : 0;
}

static bool
truth_of(struct json_object *object, const char *member)
{
	struct json_object *value = NULL;

	return json_object_object_get_ex(object, member, &value) && json_object_get_boolean(value);
}

static bool
id_of(struct json_object *object, struct uuid *id)
{
	const char *text = remote_text(object, "id");

	return uuid_parse(id, text, strlen(text));
}

static bool
time_of(struct json_object *object, const char *member, int64_t *time)
{
	const char *text = remote_text(object, member);

	return time_parse(time, text, strlen(text));
}

static bool
take_policy(struct json_object *o, struct policy *p)
{
	*p = (struct policy){
		.found = true,
		.name = remote_text(o, "name"),
		.priority = number_of(o, "priority"),
		.enabled = truth_of(o, "enabled"),
		.version = number_of(o, "version"),
	};
	return id_of(o, &p->id) && time_of(o, "created_at", &p->created_at) &&
	    time_of(o, "updated_at", &p->updated_at);
}

static bool
take_rule(struct json_object *o, const struct uuid *policy, struct rule_record *r)
{
	const char *notice = remote_text(o, "notice");

	*r = (struct rule_record){
		.found = true,
		.policy_id = *policy,
		.is = {
			.text = remote_text(o, "policy_text"),
			.has_ordinal = true,
			.ordinal = number_of(o, "ordinal"),
			.notice = *notice != '\0' ? notice : NULL,
			.audit_session = truth_of(o, "audit_session"),
		},
		.version = number_of(o, "version"),
	};
	return id_of(o, &r->id) && time_of(o, "created_at", &r->created_at) &&
	    time_of(o, "updated_at", &r->updated_at);
}

static enum status
no_policy(struct ctl *c)
{
	return session_refuse(c, "what came is no policy");
}

/* The rows become part of the policy's JSON, from which all borrow. */
static enum status
read_rules(struct ctl *c, struct json_object *policy, struct stored_policy *p)
{
	struct json_object *rows = NULL;
	struct buf path = BUF_EMPTY;
	enum status st;
	size_t i, n;

	remote_path(&path, "/v1/policies/");
	remote_path_uuid(&path, &p->policy.id);
	remote_path(&path, "/rules");
	st = remote_rows(c, &path, &rows);
	buf_clear(&path);
	if (st != STATUS_DONE)
		return st;
	n = json_object_array_length(rows);
	p->rule = calloc(n > 0 ? n : 1, sizeof(*p->rule));
	if (p->rule == NULL || json_object_object_add(policy, "rules", rows) != 0) {
		json_object_put(rows);
		return session_refuse(c, "out of memory");
	}
	for (i = 0; i < n; i++)
		if (!take_rule(json_object_array_get_idx(rows, i), &p->policy.id, &p->rule[i]))
			return no_policy(c);
	p->rules = (int)n;
	return STATUS_DONE;
}

static enum status
read_policies(struct ctl *c, struct stored *s)
{
	size_t i, n = json_object_array_length(s->json);
	enum status st = STATUS_DONE;

	s->policy = calloc(n > 0 ? n : 1, sizeof(*s->policy));
	if (s->policy == NULL)
		return session_refuse(c, "out of memory");
	s->count = n;
	for (i = 0; st == STATUS_DONE && i < n; i++) {
		struct json_object *o = json_object_array_get_idx(s->json, i);

		st = take_policy(o, &s->policy[i].policy) ? read_rules(c, o, &s->policy[i]) :
							    no_policy(c);
	}
	stored_sort(s);
	return st;
}

enum status
stored_read_remote(struct ctl *c, struct stored *s)
{
	struct buf path = BUF_EMPTY;
	enum status st;

	*s = (struct stored)STORED_EMPTY;
	remote_path(&path, "/v1/policies");
	st = remote_rows(c, &path, &s->json);
	buf_clear(&path);
	return st == STATUS_DONE ? read_policies(c, s) : st;
}

enum status
policy_show_remote(struct ctl *c)
{
	struct stored stored;
	enum status st = stored_read_remote(c, &stored);

	if (st == STATUS_DONE)
		st = stored_print(c, &stored);
	stored_clear(&stored);
	return st;
}

/* ---- changing ---- */

/* A new policy's id is grantd's to make: the plan's own stands for it. */
struct made {
	struct uuid planned, id;
};

struct apply {
	struct ctl *c;
	const struct plan *plan;
	struct made *made; /* as many as the plan has steps */
	size_t count, done;
};

static const struct uuid *
policy_of(const struct apply *a, const struct step *s)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		if (memcmp(&a->made[i].planned, &s->policy_id, sizeof(s->policy_id)) == 0)
			return &a->made[i].id;
	return &s->policy_id;
}

static struct json_object *
policy_body(const struct step *s)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "name", s->policy.name);
	json_put_int(&b, "priority", s->policy.priority);
	json_put_bool(&b, "enabled", s->policy.enabled);
	return json_build_end(&b);
}

static struct json_object *
rule_body(const struct step *s)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "policy_text", s->rule.text);
	json_put_int(&b, "ordinal", s->rule.ordinal);
	json_put_text(&b, "notice", s->rule.notice);
	json_put_bool(&b, "audit_session", s->rule.audit_session);
	return json_build_end(&b);
}

static void
step_path(const struct apply *a, const struct step *s, struct buf *path)
{
	remote_path(path, "/v1/policies");
	if (s->kind == STEP_CREATE_POLICY)
		return;
	remote_path(path, "/");
	remote_path_uuid(path, policy_of(a, s));
	if (s->kind == STEP_UPDATE_POLICY || s->kind == STEP_DELETE_POLICY)
		return;
	remote_path(path, "/rules");
	if (s->kind != STEP_CREATE_RULE) {
		remote_path(path, "/");
		remote_path_uuid(path, &s->rule_id);
	}
	if (s->kind != STEP_DELETE_RULE && args_has(&a->c->args, "allow-unknown"))
		remote_query(a->c, path, "allow_unknown", "true");
}

static enum status
make_step(struct apply *a, const struct step *s)
{
	static const char *const methods[] = {
		[STEP_DELETE_POLICY] = "DELETE",
		[STEP_CREATE_POLICY] = "POST",
		[STEP_UPDATE_POLICY] = "PATCH",
		[STEP_DELETE_RULE] = "DELETE",
		[STEP_CREATE_RULE] = "POST",
		[STEP_UPDATE_RULE] = "PATCH",
	};
	struct json_object *body = NULL, *answer = NULL;
	struct buf path = BUF_EMPTY;
	enum status st;

	if (s->kind == STEP_CREATE_POLICY || s->kind == STEP_UPDATE_POLICY)
		body = policy_body(s);
	else if (s->kind == STEP_CREATE_RULE || s->kind == STEP_UPDATE_RULE)
		body = rule_body(s);
	step_path(a, s, &path);
	st = remote_call(a->c, methods[s->kind], &path, body, &answer);
	if (st == STATUS_DONE && s->kind == STEP_CREATE_POLICY) {
		a->made[a->count].planned = s->policy_id;
		if (!id_of(answer, &a->made[a->count++].id))
			st = no_policy(a->c);
	}
	json_object_put(answer);
	buf_clear(&path);
	return st;
}

/* Those of the plan that are of one of these kinds, in its order. */
static enum status
make_steps(struct apply *a, enum step_kind one, enum step_kind other)
{
	enum status st = STATUS_DONE;
	size_t i;

	for (i = 0; st == STATUS_DONE && i < a->plan->count; i++)
		if (a->plan->step[i].kind == one || a->plan->step[i].kind == other) {
			st = make_step(a, &a->plan->step[i]);
			a->done += st == STATUS_DONE;
		}
	return st;
}

static enum status
carry_out(struct apply *a)
{
	enum status st;

	a->made = calloc(a->plan->count > 0 ? a->plan->count : 1, sizeof(*a->made));
	if (a->made == NULL)
		return session_refuse(a->c, "out of memory");
	st = make_steps(a, STEP_CREATE_POLICY, STEP_CREATE_RULE);
	if (st == STATUS_DONE)
		st = make_steps(a, STEP_UPDATE_POLICY, STEP_UPDATE_RULE);
	if (st == STATUS_DONE)
		st = make_steps(a, STEP_DELETE_RULE, STEP_DELETE_POLICY);
	free(a->made);
	if (st != STATUS_DONE)
		(void)session_refuse(a->c,
		    "%zu of %zu changes were made; apply the file again to go on", a->done,
		    a->plan->count);
	return st;
}

static enum status
report(struct apply *a, bool applied)
{
	struct json_build b;

	if (a->c->json) {
		json_build_begin(&b);
		json_put_int(&b, "changes", (int64_t)a->plan->count);
		json_put_bool(&b, "applied", applied);
		return output_json(a->c, json_build_end(&b));
	}
	if (a->plan->count == 0)
		(void)puts("nothing to change");
	else
		(void)printf("%zu change%s%s\n", a->plan->count, a->plan->count == 1 ? "" : "s",
		    applied ? "" : ", none of them made");
	return STATUS_DONE;
}

static enum status
apply_plan(struct ctl *c, const struct plan *plan)
{
	struct apply a = { .c = c, .plan = plan };
	bool change = plan->count > 0 && !args_has(&c->args, "dry-run");
	enum status st = STATUS_DONE;

	if (!c->json)
		plan_print(plan);
	if (change)
		st = carry_out(&a);
	return st == STATUS_DONE ? report(&a, change) : st;
}

static enum status
apply_file(struct ctl *c, const struct policy_file *file)
{
	struct stored stored;
	struct plan plan = PLAN_EMPTY;
	enum status st = stored_read_remote(c, &stored);

	if (st == STATUS_DONE)
		st = plan_make(&plan, file, &stored) ? apply_plan(c, &plan) :
						       session_refuse(c, "%s", plan.problem);
	plan_clear(&plan);
	stored_clear(&stored);
	return st;
}

enum status
policy_apply_remote(struct ctl *c)
{
	struct policy_file file;
	enum status st = STATUS_REFUSED;

	if (args_has(&c->args, "force")) {
		(void)args_fault(&c->args, "--force is for the database alone, and not for --url");
		return STATUS_USAGE;
	}
	if (input_known_policies(c, c->args.operand.text, &file))
		st = apply_file(c, &file);
	policy_file_clear(&file);
	return st;
}
