/* SPDX-License-Identifier: MIT */
/*
 * grantctl doctor: stored rules that can never apply or always fail. New ones are refused; these were stored before, or
 * with leave, or an operation has changed its name.
 */
#include "config.h"

#include "ctl/doctor.h"
#include "ctl/engine/session.h"
#include "ctl/policy_stored.h"
#include "ctl/tenants.h"
#include "policy/vocabulary.h"

#define MEND "grantctl policy show --tenant ID | grantctl policy check - points at them"

struct round {
	struct cedar_schema *schema;
	size_t rules, unknown;
	/* The first of these. */
	char tenant[UUID_TEXT_LEN + 1], rule[UUID_TEXT_LEN + 1];
	char message[RULE_FAULT_TEXT_MAX];
};

static bool
look_at_rule(struct round *r, const struct tenant *t, const struct rule_record *rule)
{
	struct rule_fault f;
	enum rule_result rc = rule_text_known(r->schema, rule->is.text, &f);

	r->rules++;
	if (rc != RULE_REFUSED)
		return rc == RULE_DONE;
	if (r->unknown++ > 0)
		return true;
	uuid_print(&t->id, r->tenant);
	uuid_print(&rule->id, r->rule);
	(void)snprintf(r->message, sizeof(r->message), "%s", f.message);
	return true;
}

static enum status
look_at_tenant(struct ctl *c, const struct tenant *t, void *round)
{
	struct stored stored = STORED_EMPTY;
	struct tenant read = TENANT_EMPTY;
	enum status st = STATUS_REFUSED;
	size_t i;
	int j;

	session_begin(c, DB_SNAPSHOT, &t->id, &read);
	if (session_tenant(c, db_exchange(c->db), &t->id, &read) && stored_read(c, &t->id, &stored))
		st = STATUS_DONE;
	db_rollback(c->db);
	for (i = 0; st == STATUS_DONE && i < stored.count; i++)
		for (j = 0; st == STATUS_DONE && j < stored.policy[i].rules; j++) {
			struct rule_record rule = stored.policy[i].rule[j];

			if (!look_at_rule(round, t, &rule))
				st = session_refuse(c, "out of memory");
		}
	stored_clear(&stored);
	tenant_clear(&read);
	return st;
}

static void
report(struct examination *x, const struct round *r)
{
	if (r->unknown == 0)
		found_well(x, "policy rules", "%zu, none of which speaks of what is not there",
		    r->rules);
	else
		found_problem(x, "policy rules", MEND,
		    "%zu of %zu can never apply or always fail, such as rule %s of tenant %s: %s",
		    r->unknown, r->rules, r->rule, r->tenant, r->message);
}

/* Whether this role may read tenants at all, which the checks before have told. */
static bool
may_look(struct db *db)
{
	static const struct page one = { .limit = 1 };
	struct db_list list = DB_LIST_EMPTY;
	bool may;

	db_begin(db, DB_READ_ONLY);
	db_tenant_list(db, &one, &list);
	may = db_commit(db) == DONE;
	db_list_clear(&list);
	return may;
}

void
examine_rules(struct examination *x, struct ctl *c)
{
	struct round r = { .schema = vocabulary_new() };

	c->db = db_open(&c->settings, DB_OWNER);
	if (c->db == NULL || r.schema == NULL)
		x->failed = true;
	else if (may_look(c->db) && tenants_each(c, NULL, look_at_tenant, &r) == STATUS_DONE)
		report(x, &r);
	db_close(c->db);
	c->db = NULL;
	vocabulary_free(r.schema);
}
