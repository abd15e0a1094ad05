/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/json_build.h"
#include "policy/rule.h"
#include "policy/rule_json.h"

static void
put_parts(struct json_build *b, const struct rule_parts *parts)
{
	json_put_text(b, "effect", parts->effect);
	json_put_text(b, "principal_scope_type", parts->principal.type);
	json_put_text(b, "principal_is_type", parts->principal.is_type);
	json_put_text(b, "principal_entity_type", parts->principal.entity_type);
	json_put_text(b, "principal_entity_id", parts->principal.entity_id);
	json_put_text(b, "action_scope_type", parts->action_type);
	json_put_raw(b, "action_ids", parts->action_ids);
	json_put_text(b, "resource_scope_type", parts->resource.type);
	json_put_text(b, "resource_is_type", parts->resource.is_type);
	json_put_text(b, "resource_entity_type", parts->resource.entity_type);
	json_put_text(b, "resource_entity_id", parts->resource.entity_id);
	json_put_text(b, "conditions", parts->conditions);
}

struct json_object *
rule_record_json(const struct rule_record *r)
{
	struct json_object *object;
	struct json_build b;
	struct rule_fault fault;
	struct rule rule;

	if (rule_read(&rule, r->is.text, strlen(r->is.text), &fault) != RULE_DONE)
		return NULL;
	json_build_begin(&b);
	json_put_uuid(&b, "id", &r->id);
	json_put_uuid(&b, "policy_id", &r->policy_id);
	json_put_int(&b, "ordinal", r->is.ordinal);
	put_parts(&b, &rule.parts);
	json_put_text(&b, "policy_text", r->is.text);
	json_put_text(&b, "notice", r->is.notice);
	json_put_bool(&b, "audit_session", r->is.audit_session);
	json_put_time(&b, "created_at", &r->created_at);
	json_put_time(&b, "updated_at", &r->updated_at);
	json_put_int(&b, "version", r->version);
	object = json_build_end(&b);
	rule_clear(&rule);
	return object;
}
