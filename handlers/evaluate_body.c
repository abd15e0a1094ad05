/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "handlers/authorize.h"
#include "handlers/evaluate_body.h"
#include "handlers/evaluate_edits.h"

static bool
take_uuid(struct json_object *object, const char *name, struct uuid *to)
{
	struct json_object *v = NULL;

	return object != NULL && json_object_object_get_ex(object, name, &v) && v != NULL &&
	    uuid_parse(to, json_object_get_string(v), (size_t)json_object_get_string_len(v));
}

static struct json_object *
principal_of(const struct call *c)
{
	struct json_object *p = NULL;

	(void)json_object_object_get_ex(c->request.body, "principal", &p);
	return p;
}

void
evaluate_load(struct call *c)
{
	struct uuid id;

	if (take_uuid(c->request.body, "grant_id", &id))
		db_grant_get(c->db, &c->caller.tenant, &id, &c->of.question.grant);
	if (take_uuid(principal_of(c), "id", &id))
		db_key_get(c->db, &c->caller.tenant, &id, &c->of.question.key);
}

/*
 * Another key than the caller's is as the tenant has it. One that it has not, the body must describe; and with edits any, as rules
 * of the caller's own making would tell it what it may not read.
 */
static bool
choose_principal(struct call *c, struct policy_question *q)
{
	struct json_object *p = principal_of(c);
	bool described = json_object_object_get_ex(p, "roles", NULL);
	struct uuid id;

	q->key = &c->caller.key.id;
	q->key_name = c->caller.key.name;
	q->roles = c->caller.key.roles;
	if (!take_uuid(p, "id", &id))
		return true;
	if (!c->of.question.key.found || edits_given(c)) {
		q->key_name = q->roles = "";
		return described;
	}
	q->key_name = c->of.question.key.name;
	q->roles = c->of.question.key.roles;
	return true;
}

enum outcome
evaluate_read(struct call *c, struct asked *a, struct body_fault *f)
{
	bool by_id = json_object_object_get_ex(c->request.body, "grant_id", NULL);
	enum outcome rc = DONE;

	*a = (struct asked)ASKED_EMPTY;
	f->member[0] = '\0';
	a->question.tenant = &c->caller.tenant;
	authorize_context(c, &a->question);
	if (!choose_principal(c, &a->question))
		body_refuse(f, "principal.roles",
		    edits_given(c) ? "roles, as there are edits" :
				     "roles, as the tenant has no key with this id");
	else if (by_id && edits_given(c))
		body_refuse(f, "grant_id", "a described grant instead, as there are edits");
	else if (by_id && json_object_object_get_ex(c->request.body, "grant", NULL))
		body_refuse(f, "grant", "grant or grant_id, not both");
	else
		rc = asked_read(a, c->request.body, f);
	if (by_id)
		a->question.grant = &c->of.question.grant;
	return by_id && !c->of.question.grant.found && f->member[0] == '\0' ? NOT_FOUND : rc;
}
