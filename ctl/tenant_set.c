/* SPDX-License-Identifier: MIT */
/* grantctl tenant set: what a tenant may choose. */
#include "config.h"

#include "ctl/commands.h"
#include "ctl/engine/session.h"
#include "ctl/policy_guarded.h"
#include "ctl/tenant_change.h"
#include "db/policy.h"

static enum status tenant_set(struct ctl *);

static const struct option options[] = {
	{ .name = "failing-forbid",
	    .value = "WORD",
	    .type = VALUE_WORD,
	    .flags = OPTION_REQUIRED,
	    .words = failing_forbid_words,
	    .help = "what a forbid does that fails while it is evaluated" },
	OPTION_FORCE,
	OPTION_REASON,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_tenant_set = {
	.name = "tenant set",
	.summary = "Choose how a tenant's policies decide",
	.help =
	    "A forbid that fails takes no part unless it is told to deny. Holds from the next request on.",
	.options = options,
	.operand = { .value = "TENANT", .type = VALUE_UUID, .help = "the tenant's id" },
	.needs = NEEDS_OWNER,
	.run = tenant_set,
};

/* The change is made, and not committed yet. */
static enum status
commit(struct ctl *c, const struct tenant *t)
{
	enum outcome rc;

	if (!change_has_row(t->change))
		return session_refuse(c, "there is no such tenant any more");
	if (t->change == CHANGE_DONE && !policy_guarded(c, &t->id))
		return STATUS_REFUSED;
	rc = db_commit(c->db);
	if (rc != DONE)
		return session_failed(c, rc);
	return tenant_changed(c, t, "failing forbid",
	    failing_forbid_words[t->failing_forbid_denies]);
}

static enum status
tenant_set(struct ctl *c)
{
	struct tenant before = TENANT_EMPTY, changed = TENANT_EMPTY;
	const struct uuid *id = &c->args.operand.uuid;
	const bool denies = *args_number(&c->args, "failing-forbid") != 0;
	const struct tenant_update wanted = { .failing_forbid_denies = &denies };
	struct change_by by;
	enum status st = STATUS_REFUSED;
	enum outcome rc;

	if (!session_entry(c, "UpdateTenant", &by))
		return STATUS_REFUSED;
	session_begin(c, DB_READ_WRITE, id, &before);
	db_tenant_update(c->db, id, &wanted, &by, &changed);
	rc = db_exchange(c->db);
	if (session_tenant(c, rc, id, &before))
		st = commit(c, &changed);
	db_rollback(c->db);
	tenant_clear(&before);
	tenant_clear(&changed);
	return st;
}
