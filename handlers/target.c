/* SPDX-License-Identifier: MIT */
/*
 * What paths name. Policies and rules are not locked row by row: whoever writes any of them holds the tenant's row, so
 * that one lock orders all changes of a tenant's policies.
 */
#include "config.h"

#include "db/tenant.h"
#include "handlers/api_key_answer.h"
#include "handlers/grant_answer.h"
#include "handlers/policy_answer.h"
#include "handlers/target.h"

static void
queue_grant(struct call *c)
{
	if (c->op->access == ACCESS_WRITE)
		db_grant_lock(c->db, &c->tenant, &c->path_id[0], &c->grant);
	else
		db_grant_get(c->db, &c->tenant, &c->path_id[0], &c->grant);
}

static bool
grant_found(const struct call *c)
{
	return c->grant.found;
}

/* The row is the lock. */
static bool
grant_settled(struct call *c)
{
	grant_clear(&c->changed);
	return c->grant.found;
}

static void
etag_of_grant(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	grant_etag(&c->grant, etag);
}

static void
grant_denied(struct call *c, const char *requested)
{
	db_grant_log_denied(c->db, &c->tenant, &c->grant.id, &c->entry, requested);
}

static void
queue_api_key(struct call *c)
{
	if (c->op->access == ACCESS_WRITE)
		db_key_lock(c->db, &c->tenant, &c->path_id[0], &c->api_key);
	else
		db_key_get(c->db, &c->tenant, &c->path_id[0], &c->api_key);
}

static bool
api_key_found(const struct call *c)
{
	return c->api_key.found;
}

static void
etag_of_api_key(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	api_key_etag(&c->api_key, etag);
}

static void
queue_audit_entry(struct call *c)
{
	db_audit_get(c->db, &c->tenant, &c->path_id[0], &c->list);
}

static bool
audit_entry_found(const struct call *c)
{
	return c->list.count == 1;
}

static void
queue_policies(struct call *c)
{
	if (c->op->access == ACCESS_WRITE)
		db_policy_hold(c->db, &c->tenant);
}

static void
queue_policy(struct call *c)
{
	queue_policies(c);
	db_policy_get(c->db, &c->tenant, &c->path_id[0], &c->policy);
}

static bool
policy_found(const struct call *c)
{
	return c->policy.found;
}

static void
etag_of_policy(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	policy_etag(&c->policy, etag);
}

static void
queue_rule(struct call *c)
{
	queue_policies(c);
	db_policy_rule_get(c->db, &c->tenant, &c->path_id[0], &c->path_id[1], &c->rule);
}

static bool
rule_found(const struct call *c)
{
	return c->rule.found;
}

static void
etag_of_rule(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	rule_etag(&c->rule, etag);
}

static void
tenant_denied(struct call *c, const char *requested)
{
	db_tenant_log_denied(c->db, &c->tenant, &c->entry, requested);
}

/* NULL: nothing to be read, always there, settled by what it holds, without a tag. */
static const struct {
	void (*queue)(struct call *);
	bool (*found)(const struct call *);
	bool (*settled)(struct call *);
	void (*etag)(const struct call *, char etag[ETAG_TEXT_MAX]);
	void (*log_denied)(struct call *, const char *requested);
} targets[] = {
	[TARGET_NONE] = { NULL, NULL, NULL, NULL, tenant_denied },
	[TARGET_GRANT] = { queue_grant, grant_found, grant_settled, etag_of_grant, grant_denied },
	[TARGET_API_KEY] = { queue_api_key, api_key_found, NULL, etag_of_api_key, tenant_denied },
	[TARGET_AUDIT_ENTRY] = { queue_audit_entry, audit_entry_found, NULL, NULL, tenant_denied },
	[TARGET_POLICIES] = { queue_policies, NULL, NULL, NULL, tenant_denied },
	[TARGET_POLICY] = { queue_policy, policy_found, NULL, etag_of_policy, tenant_denied },
	[TARGET_RULES] = { queue_policy, policy_found, NULL, NULL, tenant_denied },
	[TARGET_RULE] = { queue_rule, rule_found, NULL, etag_of_rule, tenant_denied },
};

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
target_settled(struct call *c)
{
	return targets[c->op->target].settled == NULL || targets[c->op->target].settled(c);
}

bool
target_etag(const struct call *c, char etag[ETAG_TEXT_MAX])
{
	if (targets[c->op->target].etag == NULL)
		return false;
	targets[c->op->target].etag(c, etag);
	return true;
}

void
target_log_denied(struct call *c, const char *requested)
{
	targets[c->op->target].log_denied(c, requested);
}
