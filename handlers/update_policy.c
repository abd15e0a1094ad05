/* SPDX-License-Identifier: MIT */
/*
 * UpdatePolicy, PATCH /v1/policies/{policyId}: its name, priority, and whether its rules are asked. Answers 200 or
 * 204; raises 409 conflict where another policy has the name, and 409 policy_lockout. Safe to repeat.
 */
#include "config.h"

#include <json-c/json.h>

#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/policy_answer.h"
#include "handlers/policy_change.h"
#include "policy/about.h"

static bool
update_policy_about(struct call *c, struct about *a)
{
	struct json_object *value;

	if (json_object_object_get_ex(c->request.body, "name", &value))
		about_text(a, ABOUT_ASKED_NAME, json_object_get_string(value));
	if (json_object_object_get_ex(c->request.body, "priority", &value))
		about_number(a, ABOUT_ASKED_PRIORITY, json_object_get_int64(value));
	if (json_object_object_get_ex(c->request.body, "enabled", &value))
		about_flag(a, ABOUT_ASKED_ENABLED, json_object_get_boolean(value));
	return true;
}

static const enum change *
update_policy_change(struct call *c)
{
	const struct policy_settings s = policy_settings_of(c->request.body, &c->of.policy.was);

	db_policy_update(c->db, &c->caller.tenant, &c->request.path_id[0], &s, &c->change.by,
	    &c->of.policy.is);
	return &c->of.policy.is.change;
}

static void
update_policy_answer(struct call *c)
{
	const struct policy *p = c->of.policy.is.found ? &c->of.policy.is : &c->of.policy.was;
	char etag[ETAG_TEXT_MAX];

	policy_etag(p, etag);
	answer_changed(c, etag, policy_json(p));
}

const struct operation op_update_policy = {
	.id = "UpdatePolicy",
	.method = HTTP_PATCH,
	.path = "/v1/policies/{policyId}",
	.access = ACCESS_WRITE,
	.target = TARGET_POLICY,
	.body = &policy_update_body,
	.body_max = BODY_SMALL,
	.merge_patch = true,
	.about = update_policy_about,
	.change = update_policy_change,
	.guarded = true,
	.answer = update_policy_answer,
};
