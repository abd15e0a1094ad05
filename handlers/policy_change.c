/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "base/field.h"
#include "handlers/authorize.h"
#include "handlers/policy_change.h"
#include "handlers/service.h"
#include "policy/guard.h"

#define POLICY_MEMBERS(required_) \
	{ \
		{ .name = "name", \
			.type = MEMBER_LINE, \
			.required = required_, \
			.min = 1, \
			.max = FIELD_NAME_MOST }, \
		    { .name = "priority", \
			    .type = MEMBER_INTEGER, \
			    .min = -FIELD_PRIORITY_MOST, \
			    .max = FIELD_PRIORITY_MOST }, \
		    { .name = "enabled", .type = MEMBER_BOOLEAN }, \
	}

static const struct body_member create_members[] = POLICY_MEMBERS(true);
static const struct body_member update_members[] = POLICY_MEMBERS(false);
const struct body_schema policy_create_body = { create_members, COUNT_OF(create_members) };
const struct body_schema policy_update_body = { update_members, COUNT_OF(update_members) };

struct policy_settings
policy_settings_of(struct json_object *body, const struct policy *was)
{
	struct policy_settings s = { .name = "", .priority = 0, .enabled = true };
	struct json_object *value;

	if (was != NULL)
		s = (struct policy_settings){ was->name, was->priority, was->enabled };
	if (json_object_object_get_ex(body, "name", &value))
		s.name = json_object_get_string(value);
	if (json_object_object_get_ex(body, "priority", &value))
		s.priority = json_object_get_int64(value);
	if (json_object_object_get_ex(body, "enabled", &value))
		s.enabled = json_object_get_boolean(value);
	return s;
}

enum outcome
guarded_change(struct call *c)
{
	struct policy_question circumstances = { .tenant = &c->caller.tenant };
	struct key reader =
	    KEY_EMPTY; /* the caller's key again, looked up to open the tenant's rows */
	bool kept;
	enum outcome rc;

	authorize_context(c, &circumstances);
	db_begin(c->db, DB_READ_WRITE);
	db_key_authenticate(c->db, c->caller.key_hash, &reader);
	c->change.said = c->op->change(c);
	rc = policy_guard(c->db, c->service->decider, &circumstances,
	    c->op->target == TARGET_API_KEY ? &c->of.api_key.is.made : NULL, &kept);
	key_clear(&reader);
	c->change.locked_out = rc == DONE && *c->change.said == CHANGE_DONE && !kept;
	if (rc == DONE && change_has_row(*c->change.said) && !c->change.locked_out)
		return db_commit(c->db);
	db_rollback(c->db);
	return rc;
}
