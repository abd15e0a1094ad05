/* SPDX-License-Identifier: MIT */
/* grantctl tenant rename, disable, enable. */
#include "config.h"

#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/tenant_change.h"
#include "db/json.h"

static enum status tenant_rename(struct ctl *);
static enum status tenant_disable(struct ctl *);
static enum status tenant_enable(struct ctl *);

#define OPERAND_TENANT \
	{ \
		.value = "TENANT", .type = VALUE_UUID, .help = "the tenant's id" \
	}

static const struct option rename_options[] = { OPTION_NAME, OPTION_REASON, OPTION_JSON,
	OPTIONS_END };
static const struct option change_options[] = { OPTION_REASON, OPTION_JSON, OPTIONS_END };

const struct command cmd_tenant_rename = {
	.name = "tenant rename",
	.summary = "Give a tenant another name",
	.options = rename_options,
	.operand = OPERAND_TENANT,
	.needs = NEEDS_OWNER,
	.run = tenant_rename,
};

const struct command cmd_tenant_disable = {
	.name = "tenant disable",
	.summary = "Let a tenant's keys open nothing",
	.help =
	    "From the next request on they are answered as keys that are unknown. All else stays, is\n"
	    "shown by these commands, and is served again after `tenant enable`.",
	.options = change_options,
	.operand = OPERAND_TENANT,
	.needs = NEEDS_OWNER,
	.run = tenant_disable,
};

const struct command cmd_tenant_enable = {
	.name = "tenant enable",
	.summary = "Serve a tenant again that was disabled",
	.options = change_options,
	.operand = OPERAND_TENANT,
	.needs = NEEDS_OWNER,
	.run = tenant_enable,
};

enum status
tenant_changed(struct ctl *c, const struct tenant *t, const char *what, const char *value)
{
	char id[UUID_TEXT_LEN + 1];

	if (c->json)
		return output_json(c, tenant_json(t));
	uuid_print(&t->id, id);
	if (t->change == CHANGE_SAME)
		(void)puts("nothing to change");
	else
		(void)printf("tenant %s: %s %s\n", id, what, value);
	return STATUS_DONE;
}

static enum status
report(struct ctl *c, const struct tenant_update *wanted, const struct tenant *t)
{
	if (!change_has_row(t->change))
		return session_refuse(c, "there is no such tenant any more");
	return wanted->name != NULL ? tenant_changed(c, t, "renamed to", wanted->name) :
				      tenant_changed(c, t, "now", t->state);
}

static enum status
change(struct ctl *c, const struct tenant_update *wanted)
{
	struct tenant before = TENANT_EMPTY, changed = TENANT_EMPTY;
	const struct uuid *id = &c->args.operand.uuid;
	struct change_by by;
	enum status st = STATUS_REFUSED;

	if (!session_entry(c, "UpdateTenant", &by))
		return STATUS_REFUSED;
	session_begin(c, DB_READ_WRITE, id, &before);
	db_tenant_update(c->db, id, wanted, &by, &changed);
	if (session_tenant(c, db_commit(c->db), id, &before))
		st = report(c, wanted, &changed);
	tenant_clear(&before);
	tenant_clear(&changed);
	return st;
}

static enum status
tenant_rename(struct ctl *c)
{
	return change(c, &(struct tenant_update){ .name = args_text(&c->args, "name") });
}

static enum status
tenant_disable(struct ctl *c)
{
	return change(c, &(struct tenant_update){ .serves = &(const bool){ false } });
}

static enum status
tenant_enable(struct ctl *c)
{
	return change(c, &(struct tenant_update){ .serves = &(const bool){ true } });
}
