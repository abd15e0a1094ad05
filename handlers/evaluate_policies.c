/* SPDX-License-Identifier: MIT */
/*
 * EvaluatePolicies, POST /v1/policies/evaluate: what would the policies say? Reads and decides; changes nothing and logs
 * nothing. Answers 200 with the decision; raises 404 for a grant that is not there, 422 invalid_body, and 422 invalid_policy for a
 * rule among the edits that could not be stored.
 */
#include "config.h"

#include <json-c/json.h>

#include "base/json_build.h"
#include "handlers/answer.h"
#include "handlers/authorize.h"
#include "handlers/evaluate_body.h"
#include "handlers/evaluate_edits.h"
#include "handlers/service.h"

static void
evaluate_policies_load(struct call *c)
{
	evaluate_load(c);
	db_policy_load(c->db, &c->caller.tenant, &c->of.question.rules);
}

static struct json_object *
rule_json(const struct policy_info *rule, const char *message)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "policy_id", &rule->policy_id);
	json_put_uuid(&b, "rule_id", &rule->id);
	if (message != NULL) {
		json_put_text(&b, "message", message);
	} else {
		json_put_text(&b, "effect", rule->forbid ? "forbid" : "permit");
		json_put_text(&b, "notice", rule->notice);
	}
	return json_build_end(&b);
}

/* The rules that determined the decision; or, with a decider, those that failed, and why. */
static struct json_object *
rules_json(const struct policy_info *const *rule, size_t count, const struct decider *failed)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; list != NULL && i < count; i++) {
		struct json_object *item = rule_json(rule[i],
		    failed != NULL ? decision_failure(failed, i) : NULL);

		if (item == NULL || json_object_array_add(list, item) != 0) {
			json_object_put(item);
			json_object_put(list);
			return NULL;
		}
	}
	return list;
}

static struct json_object *
decision_json(const struct call *c, const struct decision *d)
{
	const struct decider *decider = c->service->decider;
	struct json_object *notices = decision_notices_json(d);
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "decision", d->verdict == VERDICT_ALLOWED ? "allow" : "deny");
	json_put_bool(&b, "forbidden", d->forbidden);
	if (decision_reason(d) != NULL)
		json_put_text(&b, "reason", decision_reason(d));
	json_put_value(&b, "rules", rules_json(d->rule, d->rules, NULL));
	json_put_value(&b, "errors", rules_json(d->failed, d->failures, decider));
	json_put_value(&b, "notices", notices != NULL ? notices : json_object_new_array());
	json_put_int(&b, "policy_version", c->of.question.rules.version);
	return json_build_end(&b);
}

/* The rules in force, edited. False: they were refused, which is answered. */
static bool
compile_edited(struct call *c, struct policy_set **set, enum outcome *rc)
{
	struct edited list;
	enum prepared prepared = edits_read(c, &list);

	*set = NULL;
	*rc = BROKEN;
	if (prepared == PREPARED)
		*rc = policy_set_compile_list(list.rule, list.count,
		    c->of.question.rules.failing_forbid_denies, NULL, set);
	edited_clear(&list);
	return prepared != PREPARED_REFUSED;
}

static void
evaluate_policies_evaluate(struct call *c, const struct policy_question *q)
{
	struct policy_set *set;
	enum outcome rc;
	struct decision d = { .fault = false };

	if (!edits_given(c))
		rc = policy_set_compile(&c->of.question.rules, NULL, &set);
	else if (!compile_edited(c, &set, &rc))
		return;
	if (rc == DONE)
		policy_decide(c->service->decider, set, q, &d);
	if (rc != DONE || d.fault)
		response_error(c->rs, rc == BROKEN ? ERROR_INTERNAL : ERROR_UNAVAILABLE, NULL,
		    NULL);
	else
		response_json(c->rs, 200, decision_json(c, &d));
	policy_set_free(set);
}

static void
evaluate_policies_answer(struct call *c)
{
	struct asked a;
	struct body_fault f;
	enum outcome rc = evaluate_read(c, &a, &f);

	if (rc != DONE) {
		response_error(c->rs, rc == NOT_FOUND ? ERROR_NOT_FOUND : ERROR_INTERNAL, NULL,
		    NULL);
	} else if (f.member[0] != '\0') {
		answer_invalid_member(c, f.member, f.expected);
	} else {
		evaluate_policies_evaluate(c, &a.question);
	}
	asked_clear(&a);
}

const struct operation op_evaluate_policies = {
	.id = "EvaluatePolicies",
	.method = HTTP_POST,
	.path = "/v1/policies/evaluate",
	.access = ACCESS_READ,
	.target = TARGET_QUESTION,
	.body = &question_body,
	.body_max = BODY_LARGE,
	.load = evaluate_policies_load,
	.answer = evaluate_policies_answer,
};
