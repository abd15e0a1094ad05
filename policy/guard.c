/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "base/log.h"
#include "db/policy_load.h"
#include "policy/guard.h"
#include "policy/instants.h"

/* What a key must be able to do to mend everything else. */
static const char *const needed[] = { "CreatePolicyRule", "UpdatePolicyRule" };

/* The id of no key: of one that is yet to be made in the place of another. */
static const struct uuid successor = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

/*
 * What all its questions may cost, in steps of the engine; what is beside them in one counts as QUESTION_STEPS. Hundreds of
 * keys at as many times come nowhere near; rules that each cost as much as may be, asked for each key, do.
 */
#define GUARD_STEPS_MAX INT64_C(10000000)
#define QUESTION_STEPS 50

/* What is asked, and how far it is answered. */
struct guard {
	struct decider *decider;
	const struct policy_question *circumstances;
	const struct policy_set *set;
	struct instants when;
	bool kept[INSTANTS_MAX]; /* at each of them */
	bool fault;              /* it could not be asked */
	int64_t left;            /* of the steps */
};

/* With such a rule everything else can be mended; in a policy of any priority. */
#define MENDING "permit (principal, action, resource);"
static const int64_t priorities[] = { 0, FIELD_PRIORITY_MOST };

static void
tell_about(struct about *a, const char *action, int64_t priority)
{
	static const struct uuid id = { .octet = { 0 } };

	*a = (struct about){ .member = { { .there = false } } };
	about_id(a, ABOUT_POLICY, &id);
	about_text(a, ABOUT_NAME, "baseline");
	about_number(a, ABOUT_PRIORITY, priority);
	about_flag(a, ABOUT_ENABLED, true);
	about_text(a, ABOUT_EFFECT, "permit");
	about_text(a, ABOUT_POLICY_TEXT, MENDING);
	if (strcmp(action, "UpdatePolicyRule") == 0) {
		about_text(a, ABOUT_ASKED_EFFECT, "permit");
		about_text(a, ABOUT_ASKED_POLICY_TEXT, MENDING);
	}
}

static bool
may_mend_with(struct guard *g, const struct key_record *key, int64_t at, int64_t priority)
{
	struct policy_question q = *g->circumstances;
	struct about about;
	struct decision decision;
	size_t i;

	q.about = &about;
	q.key = key->has_expires_at && key->expires_at <= at ? &successor : &key->id;
	q.key_name = key->name;
	q.roles = key->roles;
	q.write = true;
	q.now = at;
	if (q.reason == NULL)
		q.reason = "to mend the policies";
	for (i = 0; i < COUNT_OF(needed); i++) {
		q.action = needed[i];
		tell_about(&about, needed[i], priority);
		policy_decide(g->decider, g->set, &q, &decision);
		g->left -= QUESTION_STEPS + (int64_t)decider_steps(g->decider);
		g->fault = g->fault || decision.fault;
		if (decision.verdict != VERDICT_ALLOWED)
			return false;
	}
	return true;
}

static bool
may_mend(struct guard *g, const struct key_record *key, int64_t at)
{
	size_t i;

	for (i = 0; i < COUNT_OF(priorities); i++)
		if (may_mend_with(g, key, at, priorities[i]))
			return true;
	return false;
}

/* The key that is to end could not have changed the policies, or it does not end. */
static bool
nothing_is_lost(struct guard *g, const struct key_record *ended)
{
	return ended->change != CHANGE_DONE || !may_mend(g, ended, g->when.at[0]);
}

/* Is there one among these keys for each time? Otherwise it is for the next ones to say. */
static bool
try_keys(struct guard *g, const struct db_list *keys)
{
	bool all = true;
	size_t t;
	int i;

	for (t = 0; t < g->when.count; t++) {
		for (i = 0; !g->kept[t] && i < keys->count && g->left > 0; i++) {
			struct key_record key = key_record_at(keys, i);

			g->kept[t] = may_mend(g, &key, g->when.at[t]);
		}
		all = all && g->kept[t];
	}
	return all;
}

static void
conclude(const struct guard *g, struct guarded *found)
{
	size_t t = 0;

	while (t < g->when.count && g->kept[t])
		t++;
	found->kept = t == g->when.count;
	found->later = !found->kept && t > 0;
	found->locked_out = found->kept ? 0 : g->when.at[t];
}

/* With the rules there, and the first page of keys. */
static enum outcome
try_all(struct guard *g, struct db *db, struct page *page, struct db_list *keys)
{
	enum outcome rc;

	while (!try_keys(g, keys) && g->left > 0 && page_go_on(page, keys)) {
		db_key_list(db, g->circumstances->tenant, "active", page, keys);
		if ((rc = db_exchange(db)) != DONE)
			return rc;
	}
	if (g->left <= 0)
		log_warning(
		    "asking which key may change policies costs too much, so the change is refused");
	return g->fault ? UNAVAILABLE : DONE;
}

/* How much is in force. False: a row is not as it should be. */
static bool
measure(const struct policy_rules *rules, struct guarded *found)
{
	struct policy_rule rule;
	size_t i;

	found->rules = rules->count;
	for (i = 0; i < rules->count; i++) {
		if (!policy_rules_at(rules, i, &rule))
			return false;
		found->text += strlen(rule.text);
	}
	found->too_large = found->rules > POLICY_RULES_MAX || found->text > POLICY_TEXT_MAX;
	return true;
}

enum outcome
policy_guard(struct db *db, struct decider *d, const struct policy_question *circumstances,
    const struct key_record *ended, struct guarded *found)
{
	struct guard g = {
		.decider = d,
		.circumstances = circumstances,
		.left = GUARD_STEPS_MAX,
	};
	struct page page = { .after = false, .limit = PAGE_LIMIT_MOST };
	struct policy_rules rules = POLICY_RULES_EMPTY;
	struct db_list keys = DB_LIST_EMPTY;
	struct policy_set *set = NULL;
	enum outcome rc;

	*found = (struct guarded){ .kept = false };
	db_policy_load(db, circumstances->tenant, &rules);
	db_key_list(db, circumstances->tenant, "active", &page, &keys);
	rc = db_exchange(db);
	if (rc == DONE && !measure(&rules, found))
		rc = BROKEN;
	if (rc == DONE)
		rc = policy_set_compile(&rules, NULL, &set);
	if (set != NULL) {
		g.set = set;
		instants_of(&g.when, set, rules.now);
		if (ended != NULL)
			g.when.count = 1; /* what the rules do later was not made by this */
		if (ended != NULL && nothing_is_lost(&g, ended))
			found->kept = true;
		else if ((rc = try_all(&g, db, &page, &keys)) == DONE)
			conclude(&g, found);
	} else if ((rc == BROKEN && rules.version != 0) || found->too_large) {
		rc =
		    DONE; /* a rule does not parse, or there are too many: nobody can do anything */
	}
	policy_set_free(set);
	policy_rules_clear(&rules);
	db_list_clear(&keys);
	return rc;
}
