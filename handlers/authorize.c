/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "db/policy_load.h"
#include "handlers/authorize.h"
#include "handlers/service.h"
#include "handlers/target.h"
#include "policy/cache.h"

/*
 * Compile what was read, and keep it. NULL, logged, where it cannot be. Should it be of a later version than the key was
 * seen with, then what the path names may be, too: the change still carries the version that was seen, and is
 * refused as stale.
 */
static const struct policy_set *
compile_policies(struct call *c)
{
	struct caller *who = &c->caller;
	struct policy_set *set;

	if (who->policies.rows.result == NULL || who->policies.version == 0)
		return NULL;
	set = policy_set_compile(&who->policies, policy_cache_share(c->service->policies));
	if (set != NULL &&
	    !policy_cache_put(c->service->policies, &who->key.tenant, who->policies.version, set)) {
		policy_set_free(set);
		return NULL;
	}
	return set;
}

/* The policies in force: kept, read together with the caller, or read now. */
static enum outcome
find_policies(struct call *c, const struct policy_set **set)
{
	struct caller *who = &c->caller;
	enum outcome rc = DONE;

	*set = policy_cache_get(c->service->policies, &who->key.tenant, who->key.policy_version);
	if (*set != NULL)
		return DONE;
	if (who->policies.version != who->key.policy_version) {
		db_begin(c->db, DB_ONE_READ);
		db_policy_look(c->db, &who->key.tenant, who->key_hash, &who->policies);
		rc = db_commit(c->db);
	}
	if (rc == DONE)
		*set = compile_policies(c);
	return rc;
}

static const char *
printable(const char *text)
{
	return text != NULL && utf8_printable(text, strlen(text)) ? text : NULL;
}

void
authorize_context(struct call *c, struct policy_question *q)
{
	q->request_id = c->rs->request_id;
	q->source_ip = c->request.rq->remote_addr;
	q->user_agent = printable(c->request.rq->header[HEADER_USER_AGENT]);
	q->reason = c->request.reason;
	q->now = clock_wall_us();
}

static void
ask(struct call *c, const struct key *key, struct policy_question *q)
{
	struct json_object *wanted;

	authorize_context(c, q);
	q->tenant = &key->tenant;
	q->key = &key->id;
	q->key_name = key->name;
	q->roles = key->roles;
	q->action = c->op->id;
	q->write = c->op->access == ACCESS_WRITE;
	q->has_audit_enabled = c->request.body != NULL &&
	    json_object_object_get_ex(c->request.body, "audit_enabled", &wanted);
	q->audit_enabled = q->has_audit_enabled && json_object_get_boolean(wanted);
}

/* What a change is about, where that is no grant. False: out of memory. */
static bool
tell_about(struct call *c, struct about *about)
{
	*about = (struct about){ .member = { { .there = false } } };
	target_about(c, about);
	return c->op->about == NULL || c->op->about(c, about);
}

enum outcome
authorize(struct call *c)
{
	struct about about;
	struct policy_question q = { .grant = NULL };
	const struct policy_set *set;
	enum outcome rc;

	c->decision = (struct decision){ .verdict = VERDICT_DENIED };
	c->change.rests_on_target = false;
	if ((rc = find_policies(c, &set)) != DONE)
		return rc;
	if (set == NULL)
		return DONE; /* denied, and logged */
	if (c->op->target == TARGET_GRANT && authorize_unseen(c, &c->caller.key))
		return DONE;
	if (c->op->target == TARGET_GRANT)
		q.grant = &c->of.grant.was;
	else if (c->op->access == ACCESS_WRITE)
		q.about = &about;
	if (q.about != NULL && !tell_about(c, &about))
		return BROKEN;
	c->change.rests_on_target = q.grant != NULL;
	ask(c, &c->caller.key, &q);
	policy_decide(c->service->decider, set, &q, &c->decision);
	return DONE;
}

bool
authorize_unseen(struct call *c, const struct key *known)
{
	struct policy_question q = { .grant_id = &c->request.path_id[0] };
	const struct policy_set *set = policy_cache_get(c->service->policies, &known->tenant,
	    known->policy_version);

	if (set == NULL)
		return false;
	ask(c, known, &q);
	policy_decide(c->service->decider, set, &q, &c->decision);
	return c->decision.verdict == VERDICT_ALLOWED;
}

struct json_object *
decision_rules_json(const struct decision *d)
{
	struct json_object *list = json_object_new_array();
	char id[UUID_TEXT_LEN + 1];
	size_t i;

	for (i = 0; list != NULL && i < d->rules; i++) {
		struct json_object *rule = json_object_new_object();

		uuid_print(&d->rule[i]->policy_id, id);
		if (rule != NULL)
			json_object_object_add(rule, "policy_id", json_object_new_string(id));
		uuid_print(&d->rule[i]->id, id);
		if (rule != NULL)
			json_object_object_add(rule, "rule_id", json_object_new_string(id));
		json_object_array_add(list, rule);
	}
	return list;
}

static bool
is_listed(struct json_object *list, const char *text)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(list, i)), text) == 0)
			return true;
	return false;
}

struct json_object *
decision_notices_json(const struct decision *d)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; list != NULL && i < d->rules; i++)
		if (d->rule[i]->notice != NULL && !is_listed(list, d->rule[i]->notice))
			json_object_array_add(list, json_object_new_string(d->rule[i]->notice));
	if (list != NULL && json_object_array_length(list) > 0)
		return list;
	json_object_put(list);
	return NULL;
}

void
answer_denied(struct call *c)
{
	if (c->decision.forbidden)
		response_error(c->rs, ERROR_POLICY_DENIED, NULL,
		    decision_notices_json(&c->decision));
	else
		response_error_message(c->rs, ERROR_POLICY_DENIED,
		    "None of the tenant's policies permits this.", NULL, NULL);
}
