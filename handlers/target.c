/* SPDX-License-Identifier: MIT */
/* What requests are about. Nothing is held by a look: a change compares what it was decided on, and holds the row itself. */
#include "config.h"

#include <string.h>

#include "handlers/api_key_answer.h"
#include "handlers/grant_answer.h"
#include "handlers/policy_answer.h"
#include "handlers/target.h"
#include "policy/about.h"

/* ---- grants ---- */

static void
queue_grant(struct call *c)
{
	db_grant_get(c->db, &c->caller.tenant, &c->request.path_id[0], &c->of.grant.was);
}

static bool
grant_found(const struct call *c)
{
	return c->of.grant.was.found;
}

static void
etag_of_grant(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	grant_etag(&c->of.grant.was, etag);
}

static int64_t
version_of_grant(const struct call *c)
{
	return c->of.grant.was.version;
}

static void
clear_grant(struct call *c)
{
	grant_clear(&c->of.grant.was);
	grant_clear(&c->of.grant.is);
	activity_summary_clear(&c->of.grant.summary);
}

/* ---- keys ---- */

static void
queue_api_key(struct call *c)
{
	db_key_get(c->db, &c->caller.tenant, &c->request.path_id[0], &c->of.api_key.was);
}

static bool
api_key_found(const struct call *c)
{
	return c->of.api_key.was.found;
}

static void
etag_of_api_key(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	api_key_etag(&c->of.api_key.was, etag);
}

static int64_t
version_of_api_key(const struct call *c)
{
	return c->of.api_key.was.version;
}

static void
about_api_key(const struct call *c, struct about *a)
{
	const struct key_record *k = &c->of.api_key.was;

	about_id(a, ABOUT_KEY, &k->id);
	about_text(a, ABOUT_NAME, k->name);
	about_text(a, ABOUT_ROLES, k->roles);
	if (k->has_expires_at)
		about_number(a, ABOUT_EXPIRES_AT, k->expires_at);
}

static void
clear_api_key(struct call *c)
{
	key_record_clear(&c->of.api_key.was);
	key_record_clear(&c->of.api_key.is.made);
	buf_clear(&c->of.api_key.roles);
	explicit_bzero(c->of.api_key.raw, sizeof(c->of.api_key.raw));
}

/* ---- the audit log ---- */

static void
queue_audit_entry(struct call *c)
{
	db_audit_get(c->db, &c->caller.tenant, &c->request.path_id[0], &c->list);
}

static bool
audit_entry_found(const struct call *c)
{
	return c->list.count == 1;
}

static void
clear_scan(struct call *c)
{
	audit_scan_clear(&c->of.scan);
}

/* ---- policies and rules ---- */

static void
queue_policy(struct call *c)
{
	db_policy_get(c->db, &c->caller.tenant, &c->request.path_id[0], &c->of.policy.was);
}

static bool
policy_found(const struct call *c)
{
	return c->of.policy.was.found;
}

static void
etag_of_policy(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	policy_etag(&c->of.policy.was, etag);
}

static void
about_policy(const struct call *c, struct about *a)
{
	const struct policy *p = &c->of.policy.was;

	about_id(a, ABOUT_POLICY, &p->id);
	about_text(a, ABOUT_NAME, p->name);
	about_number(a, ABOUT_PRIORITY, p->priority);
	about_flag(a, ABOUT_ENABLED, p->enabled);
}

/* Of a rule that is to be changed, its policy decides on how much is at stake. */
static void
queue_rule(struct call *c)
{
	if (c->op->access == ACCESS_WRITE)
		queue_policy(c);
	db_policy_rule_get(c->db, &c->caller.tenant, &c->request.path_id[0], &c->request.path_id[1],
	    &c->of.policy.rule_was);
}

static bool
rule_found(const struct call *c)
{
	return c->of.policy.rule_was.found &&
	    (c->op->access != ACCESS_WRITE || c->of.policy.was.found);
}

static void
about_rule(const struct call *c, struct about *a)
{
	const char *text = c->of.policy.rule_was.is.text;

	about_policy(c, a);
	about_text(a, ABOUT_EFFECT, rule_effect(text));
	about_text(a, ABOUT_POLICY_TEXT, text);
}

static void
etag_of_rule(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	rule_etag(&c->of.policy.rule_was, etag);
}

static void
clear_policy(struct call *c)
{
	policy_clear(&c->of.policy.was);
	policy_clear(&c->of.policy.is);
	rule_record_clear(&c->of.policy.rule_was);
	rule_record_clear(&c->of.policy.rule_is);
	rule_clear(&c->of.policy.rule);
}

/* ---- questions ---- */

static void
clear_question(struct call *c)
{
	policy_rules_clear(&c->of.question.rules);
	grant_clear(&c->of.question.grant);
	key_record_clear(&c->of.question.key);
}

/* NULL: nothing to be read, always there, without a tag or a version, nothing to tell, nothing to be cleared. */
static const struct {
	void (*queue)(struct call *);
	bool (*found)(const struct call *);
	void (*etag)(const struct call *, char etag[ETAG_TEXT_MAX]);
	int64_t (*version)(const struct call *);
	void (*about)(const struct call *, struct about *); /* what policies see of it */
	void (*clear)(struct call *);
} targets[] = {
	[TARGET_NONE] = { .queue = NULL },
	[TARGET_GRANT] = {
	    .queue = queue_grant,
	    .found = grant_found,
	    .etag = etag_of_grant,
	    .version = version_of_grant,
	    .clear = clear_grant,
	},
	[TARGET_GRANTS] = { .clear = clear_grant },
	[TARGET_API_KEY] = {
	    .queue = queue_api_key,
	    .found = api_key_found,
	    .etag = etag_of_api_key,
	    .version = version_of_api_key,
	    .about = about_api_key,
	    .clear = clear_api_key,
	},
	[TARGET_API_KEYS] = { .clear = clear_api_key },
	[TARGET_AUDIT_ENTRY] = { .queue = queue_audit_entry, .found = audit_entry_found },
	[TARGET_AUDIT_LOG] = { .clear = clear_scan },
	[TARGET_POLICY] = {
	    .queue = queue_policy,
	    .found = policy_found,
	    .etag = etag_of_policy,
	    .about = about_policy,
	    .clear = clear_policy,
	},
	[TARGET_POLICIES] = { .clear = clear_policy },
	[TARGET_RULE] = {
	    .queue = queue_rule,
	    .found = rule_found,
	    .etag = etag_of_rule,
	    .about = about_rule,
	    .clear = clear_policy,
	},
	[TARGET_RULES] = {
	    .queue = queue_policy,
	    .found = policy_found,
	    .about = about_policy,
	    .clear = clear_policy,
	},
	[TARGET_QUESTION] = { .clear = clear_question },
};

void
target_look_grant(struct call *c)
{
	c->of.grant.look = (struct grant_look){ &c->caller.key, &c->of.grant.was };
	db_grant_look(c->db, &c->caller.tenant, c->caller.key_hash, &c->request.path_id[0],
	    &c->of.grant.look);
}

void
target_queue(struct call *c)
{
	if (targets[c->op->target].queue != NULL)
		targets[c->op->target].queue(c);
}

bool
target_found(const struct call *c)
{
	return targets[c->op->target].found == NULL || targets[c->op->target].found(c);
}

bool
target_etag(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	if (targets[c->op->target].etag == NULL)
		return false;
	targets[c->op->target].etag(c, etag);
	return true;
}

int64_t
target_version(const struct call *c)
{
	return targets[c->op->target].version != NULL ? targets[c->op->target].version(c) : 0;
}

void
target_about(const struct call *c, struct about *a)
{
	if (targets[c->op->target].about != NULL)
		targets[c->op->target].about(c, a);
}

void
target_clear(struct call *c)
{
	if (c->op != NULL && targets[c->op->target].clear != NULL)
		targets[c->op->target].clear(c);
}
