/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "db/key_record.h"
#include "db/policy_load.h"
#include "policy/guard.h"

/* What a key must be able to do to mend everything else. */
static const char *const needed[] = { "CreatePolicyRule", "UpdatePolicyRule" };

static bool
may_mend(struct decider *d, const struct policy_set *set,
    const struct policy_question *circumstances, const struct key_record *key)
{
	struct policy_question q = *circumstances;
	struct decision decision;
	size_t i;

	q.key = &key->id;
	q.key_name = key->name;
	q.roles = key->roles;
	q.write = true;
	if (q.reason == NULL)
		q.reason = "to mend the policies";
	for (i = 0; i < COUNT_OF(needed); i++) {
		q.action = needed[i];
		policy_decide(d, set, &q, &decision);
		if (decision.verdict != VERDICT_ALLOWED)
			return false;
	}
	return true;
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
    bool *kept)
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
		*kept = one_may_mend(d, set, circumstances, &keys);
	} while (!*kept && page_go_on(&page, &keys));
	policy_set_free(set);
	policy_rules_clear(&rules);
	db_list_clear(&keys);
	return rc;
}
