/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "base/field.h"
#include "base/json_build.h"
#include "base/time_text.h"
#include "handlers/authorize.h"
#include "handlers/policy_change.h"
#include "handlers/service.h"

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
	struct guarded guarded;
	enum outcome rc;

	authorize_context(c, &circumstances);
	db_begin(c->db, DB_READ_WRITE);
	db_key_authenticate(c->db, c->caller.key_hash, &reader);
	c->change.said = c->op->change(c);
	rc = policy_guard(c->db, c->service->decider, &circumstances,
	    c->op->target == TARGET_API_KEY ? &c->of.api_key.is.made : NULL, &guarded);
	key_clear(&reader);
	/* What takes away is never too much. */
	c->change.too_large = rc == DONE && *c->change.said == CHANGE_DONE && guarded.too_large &&
	    c->op->method != HTTP_DELETE && c->op->target != TARGET_API_KEY;
	c->change.in_force = guarded;
	c->change.locked_out = rc == DONE && *c->change.said == CHANGE_DONE && !guarded.kept;
	if (rc == DONE && change_has_row(*c->change.said) && !c->change.too_large &&
	    !c->change.locked_out)
		return db_commit(c->db);
	db_rollback(c->db);
	return rc;
}

/* There is a bound to what a tenant may have in force. */
static void
refuse_too_large(struct call *c)
{
	const struct guarded *g = &c->change.in_force;
	bool rules = g->rules > POLICY_RULES_MAX;
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "bound", rules ? "rules" : "bytes");
	json_put_int(&b, "limit", rules ? POLICY_RULES_MAX : (int64_t)POLICY_TEXT_MAX);
	json_put_int(&b, "found", (int64_t)(rules ? g->rules : g->text));
	response_error_message(c->rs, ERROR_INVALID_POLICY,
	    "The rules in force would be more than a tenant may have: see the bound.",
	    json_build_end(&b), NULL);
}

/* Nobody could change the policies any more, at once or later. */
static void
refuse_lockout(struct call *c)
{
	char at[TIME_TEXT_LEN + 1];

	if (c->change.in_force.later && time_print(c->change.in_force.locked_out, at))
		response_error_message(c->rs, ERROR_POLICY_LOCKOUT,
		    "After this change there is a time when no key of the tenant could change policies any more.",
		    error_detail("at", at), NULL);
	else
		response_error(c->rs, ERROR_POLICY_LOCKOUT, NULL, NULL);
}

void
answer_undone(struct call *c)
{
	if (c->change.too_large)
		refuse_too_large(c);
	else
		refuse_lockout(c);
}
