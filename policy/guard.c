/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "db/policy_load.h"
#include "policy/guard.h"

/* What a key must be able to do to mend everything else. */
static const char *const needed[] = { "CreatePolicyRule", "UpdatePolicyRule" };

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
may_mend_at(struct decider *d, const struct policy_set *set,
    const struct policy_question *circumstances, const struct key_record *key, int64_t priority)
{
	struct policy_question q = *circumstances;
	struct about about;
	struct decision decision;
	size_t i;

	q.about = &about;
	q.key = &key->id;
	q.key_name = key->name;
	q.roles = key->roles;
	q.write = true;
	if (q.reason == NULL)
		q.reason = "to mend the policies";
	for (i = 0; i < COUNT_OF(needed); i++) {
		q.action = needed[i];
		tell_about(&about, needed[i], priority);
		policy_decide(d, set, &q, &decision);
		if (decision.verdict != VERDICT_ALLOWED)
			return false;
	}
	return true;
}

static bool
may_mend(struct decider *d, const struct policy_set *set,
    const struct policy_question *circumstances, const struct key_record *key)
{
	size_t i;

	for (i = 0; i < COUNT_OF(priorities); i++)
		if (may_mend_at(d, set, circumstances, key, priorities[i]))
			return true;
	return false;
}

static bool
one_may_mend(struct decider *d, const struct policy_set *set,
    const struct policy_question *circumstances, const struct db_list *keys)
{
	int i;

	for (i = 0; i < keys->count; i++) {
		struct key_record key = key_record_at(keys, i);

		if (may_mend(d, set, circumstances, &key))
			return true;
	}
	return false;
}

enum outcome
policy_guard(struct db *db, struct decider *d, const struct policy_question *circumstances,
    const struct key_record *ended, bool *kept)
{
	struct page page = { .after = false, .limit = PAGE_LIMIT_MOST };
	struct policy_rules rules = POLICY_RULES_EMPTY;
	struct db_list keys = DB_LIST_EMPTY;
	struct policy_set *set = NULL;
	enum outcome rc;

	*kept = false;
	db_policy_load(db, circumstances->tenant, &rules);
	do {
		db_key_list(db, circumstances->tenant, "active", &page, &keys);
		rc = db_exchange(db);
		if (rc == DONE && set == NULL)
			set = policy_set_compile(&rules, NULL);
		if (rc != DONE || set == NULL)
			break;
		*kept = (ended != NULL &&
			    (ended->change != CHANGE_DONE ||
				!may_mend(d, set, circumstances, ended))) ||
		    one_may_mend(d, set, circumstances, &keys);
	} while (!*kept && page_go_on(&page, &keys));
	policy_set_free(set);
	policy_rules_clear(&rules);
	db_list_clear(&keys);
	return rc;
}
