/* SPDX-License-Identifier: MIT */
/* grantctl grant audit on, audit off, revoke. */
#include "config.h"

#include "ctl/commands.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/grant_output.h"
#include "ctl/remotes.h"
#include "db/grant.h"

static enum status audit_on(struct ctl *);
static enum status audit_off(struct ctl *);
static enum status grant_revoke(struct ctl *);

static const struct option change_options[] = { OPTION_TENANT, OPTION_REASON, OPTIONS_REMOTE,
	OPTION_JSON, OPTIONS_END };

#define OPERAND_GRANT \
	{ \
		.value = "GRANT", .type = VALUE_UUID, .help = "the grant's id" \
	}

const struct command cmd_grant_audit_on = {
	.name = "grant audit on",
	.summary = "Switch the auditing of a grant's activity on",
	.help = "One that is on already stays so, without an entry in the audit log.",
	.options = change_options,
	.operand = OPERAND_GRANT,
	.needs = NEEDS_OWNER,
	.run = audit_on,
	.remote = grant_audit_on_remote,
};

const struct command cmd_grant_audit_off = {
	.name = "grant audit off",
	.summary = "Switch the auditing of a grant's activity off",
	.help = "One that is off already stays so, without an entry in the audit log.",
	.options = change_options,
	.operand = OPERAND_GRANT,
	.needs = NEEDS_OWNER,
	.run = audit_off,
	.remote = grant_audit_off_remote,
};

const struct command cmd_grant_revoke = {
	.name = "grant revoke",
	.summary = "Revoke a grant",
	.help = "One that is revoked already stays so, without an entry in the audit log.",
	.options = change_options,
	.operand = OPERAND_GRANT,
	.needs = NEEDS_OWNER,
	.run = grant_revoke,
	.remote = grant_revoke_remote,
};

/* Queues a change of the grant with this id. */
typedef void queue_change(struct db *, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *, struct grant *);

/* Change it, and show what it is then: where nothing was to be changed, too. */
static enum status
change(struct ctl *c, const char *action, queue_change *queue)
{
	struct grant now = GRANT_EMPTY, changed = GRANT_EMPTY;
	struct tenant tenant = TENANT_EMPTY;
	struct change_by by;
	const struct uuid *tenant_id = args_uuid(&c->args, "tenant"), *id = &c->args.operand.uuid;
	enum status st = STATUS_REFUSED;
	enum outcome rc;

	if (!session_entry(c, action, &by))
		return STATUS_REFUSED;
	session_begin(c, DB_READ_WRITE, tenant_id, &tenant);
	queue(c->db, tenant_id, id, &by, &changed);
	db_grant_get(c->db, tenant_id, id, &now);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, tenant_id, &tenant))
		st = now.found ? grant_print(c, &now) : session_not_there(c, "grant");
	tenant_clear(&tenant);
	grant_clear(&changed);
	grant_clear(&now);
	return st;
}

static void
queue_on(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *by, struct grant *changed)
{
	db_grant_set_audit(db, tenant, id, true, by, changed);
}

static void
queue_off(struct db *db, const struct uuid *tenant, const struct uuid *id,
    const struct change_by *by, struct grant *changed)
{
	db_grant_set_audit(db, tenant, id, false, by, changed);
}

static enum status
audit_on(struct ctl *c)
{
	return change(c, "UpdateGrant", queue_on);
}

static enum status
audit_off(struct ctl *c)
{
	return change(c, "UpdateGrant", queue_off);
}

static enum status
grant_revoke(struct ctl *c)
{
	return change(c, "RevokeGrant", db_grant_revoke);
}
