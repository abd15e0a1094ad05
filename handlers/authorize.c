/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/log.h"
#include "base/metrics.h"
#include "db/policy_load.h"
#include "handlers/authorize.h"
#include "handlers/service.h"
#include "handlers/target.h"
#include "policy/cache.h"

/*
 * Compile what was read, and keep it. Should it be of a later version than the key was seen with, then what the path
 * names may be, too: the change still carries the version that was seen, and is refused as stale.
 */
static enum outcome
compile_policies(struct call *c, const struct policy_set **set)
{
	struct caller *who = &c->caller;
	struct policy_set *made;
	enum outcome rc = BROKEN;

	if (who->policies.rows.result != NULL && who->policies.version != 0)
		rc = policy_set_compile(&who->policies, policy_cache_share(c->service->policies),
		    &made);
	if (rc != DONE)
		return rc;
	if (!policy_cache_put(c->service->policies, &who->key.tenant, who->policies.version,
		made)) {
		log_error("no memory to keep the tenant's policies; nothing is answered to it");
		policy_set_free(made);
		return UNAVAILABLE;
	}
	metrics_set(GAUGE_POLICY_MEMORY, policy_cache_memory(c->service->policies));
	*set = made;
	return DONE;
}

/*
 * The policies in force: kept, read together with the caller, or read now. None, and DONE: they cannot be asked, and
 * nothing is permitted.
 */
static enum outcome
find_policies(struct call *c, const struct policy_set **set)
{
	struct caller *who = &c->caller;
	enum outcome rc = DONE;

	*set = policy_cache_get(c->service->policies, &who->key.tenant, who->key.policy_version);
	metrics_add(METRIC_POLICY_LOOKUPS + (*set != NULL ? CACHE_HIT : CACHE_MISS), 1);
	if (*set != NULL)
		return DONE;
	if (who->policies.version != who->key.policy_version) {
		db_begin(c->db, DB_ONE_READ);
		db_policy_look(c->db, &who->key.tenant, who->key_hash, &who->policies);
		rc = db_commit(c->db);
	}
	if (rc != DONE)
		return rc;
	rc = compile_policies(c, set);
	return rc == BROKEN ? DONE : rc;
}

void
authorize_context(struct call *c, struct policy_question *q)
{
	q->request_id = c->rs->request_id;
	q->source_ip = c->request.rq->remote_addr;
	q->user_agent = c->request.rq->header[HEADER_USER_AGENT];
	q->reason = c->request.reason;
	if (!db_clock_now(c->db, &q->now))
		q->now = c->caller.key.now; /* read for this request; 0: nothing was */
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

static void
count_decision(const struct decision *d)
{
	int effect = d->verdict == VERDICT_ALLOWED ? EFFECT_PERMIT :
	    d->fault                               ? EFFECT_FAULT :
	    d->over_budget                         ? EFFECT_BUDGET :
	    d->failed_forbid                       ? EFFECT_FAILED_FORBID :
	    d->forbidden                           ? EFFECT_FORBID :
						     EFFECT_NO_PERMIT;

	metrics_add(METRIC_DECISIONS + effect, 1);
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
	if (set == NULL) {
		count_decision(&c->decision);
		return DONE; /* denied, and logged */
	}
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
	count_decision(&c->decision);
	return c->decision.fault ? UNAVAILABLE : DONE;
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
	if (q.now == 0)
		return false; /* nothing was read yet, and no answer told the time lately */
	policy_decide(c->service->decider, set, &q, &c->decision);
	if (c->decision.verdict != VERDICT_ALLOWED)
		return false; /* another look will tell */
	count_decision(&c->decision);
	return true;
}

/* NULL: no memory. */
static struct json_object *
rule_ids_json(const struct policy_info *rule)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "policy_id", &rule->policy_id);
	json_put_uuid(&b, "rule_id", &rule->id);
	return json_build_end(&b);
}

struct json_object *
decision_rules_json(const struct decision *d)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < d->rules; i++)
		json_array_append(&list, rule_ids_json(d->rule[i]));
	return list;
}

struct json_object *
decision_failed_json(const struct decision *d)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < d->failures; i++)
		if (d->failed[i]->forbid || (d->over_budget && i + 1 == d->failures))
			json_array_append(&list, rule_ids_json(d->failed[i]));
	return list;
}

const char *
decision_reason(const struct decision *d)
{
	return d->over_budget ? "budget" : d->failed_forbid ? "rule_failed" : NULL;
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

static bool
is_among(const struct policy_info *rule, const struct policy_info *const *of, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (of[i] == rule)
			return true;
	return false;
}

/* Of a decision over budget the rule where it was given up; else the forbids that failed and so decided. */
static struct json_object *
culprits_json(const struct decision *d)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < d->failures; i++)
		if (d->over_budget ? i + 1 == d->failures :
				     is_among(d->failed[i], d->rule, d->rules))
			json_array_append(&list, rule_ids_json(d->failed[i]));
	return list;
}

/* Why it is refused, where it is not because of what a rule says. NULL: no memory. */
static struct json_object *
denial_details(const struct decision *d)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "reason", decision_reason(d));
	if (d->over_budget)
		json_put_int(&b, "limit", POLICY_STEPS_MAX);
	json_put_value(&b, "rules", culprits_json(d));
	return json_build_end(&b);
}

void
answer_denied(struct call *c)
{
	const struct decision *d = &c->decision;

	if (d->over_budget)
		response_error_message(c->rs, ERROR_POLICY_DENIED,
		    "Asking the tenant's policies about this takes more steps than is allowed.",
		    denial_details(d), NULL);
	else if (d->failed_forbid)
		response_error_message(c->rs, ERROR_POLICY_DENIED,
		    "A rule that may forbid this failed, and so it is forbidden.",
		    denial_details(d), decision_notices_json(d));
	else if (d->forbidden)
		response_error(c->rs, ERROR_POLICY_DENIED, NULL, decision_notices_json(d));
	else
		response_error_message(c->rs, ERROR_POLICY_DENIED,
		    "None of the tenant's policies permits this.", NULL, NULL);
}
