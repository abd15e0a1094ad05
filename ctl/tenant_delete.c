/* SPDX-License-Identifier: MIT */
/* grantctl tenant delete. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/tenant_delete.h"
#include "db/tenant_remove.h"

static enum status tenant_delete(struct ctl *);

static const struct option options[] = {
	{ .name = "yes",
	    .value = "TENANT",
	    .type = VALUE_UUID,
	    .help = "do it; the tenant's id once more" },
	OPTIONS_END,
};

const struct command cmd_tenant_delete = {
	.name = "tenant delete",
	.summary = "Remove a tenant and all that it has, for good",
	.help =
	    "Only of a tenant that is disabled or has moved. Without --yes it says what would go, and\n"
	    "the exit status is 1. What goes is no evidence any more: take a checkpoint and an export\n"
	    "before. If it is interrupted, run it again.",
	.options = options,
	.operand = { .value = "TENANT", .type = VALUE_UUID, .help = "the tenant's id" },
	.needs = NEEDS_OWNER,
	.run = tenant_delete,
};

enum status
tenant_remove(struct ctl *c, struct db *db, const struct uuid *tenant)
{
	int64_t removed;
	enum outcome rc;

	do {
		removed = 0;
		db_begin(db, DB_READ_WRITE);
		db_tenant_choose(db, tenant);
		db_tenant_remove_rows(db, tenant, &removed);
		rc = db_commit(db);
	} while (rc == DONE && removed > 0);
	if (rc == DONE)
		return STATUS_DONE;
	return session_refuse(c, "%s: %s; run it again", outcome_name(rc), db_message(db));
}

static void
print_counts(const struct tenant *t, const struct tenant_counts *n)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_print(&t->id, id);
	(void)printf("tenant %s: keys %" PRId64 ", grants %" PRId64 ", policies %" PRId64
		     ", rules %" PRId64 ", audit entries %" PRId64 ", events %" PRId64 "\n",
	    id, n->keys, n->grants, n->policies, n->rules, n->entries, n->events);
}

static bool
may_be_deleted(struct ctl *c, const struct tenant *t)
{
	if (t->hold != NULL && strcmp(t->hold, "removing") != 0) {
		(void)session_refuse(c, "the tenant is %s: a move is under way", t->hold);
		return false;
	}
	if (strcmp(t->state, "serving") == 0) {
		(void)session_refuse(c, "the tenant is served: first grantctl tenant disable");
		return false;
	}
	return true;
}

/* The id once more: whoever takes a command from the shell's history must not delete what he did not mean. */
static bool
is_confirmed(struct ctl *c, const struct uuid *id)
{
	const struct uuid *yes = args_uuid(&c->args, "yes");

	if (yes != NULL && uuid_equal(yes, id))
		return true;
	if (yes != NULL)
		(void)session_refuse(c, "--yes names another tenant");
	else
		(void)session_refuse(c,
		    "all of this would go, and could not be had back. Keep an audit checkpoint "
		    "and an audit export of it; then add --yes with the tenant's id");
	return false;
}

static enum status
begin_removal(struct ctl *c, const struct uuid *id)
{
	enum outcome rc;
	bool may;

	db_begin(c->db, DB_READ_WRITE);
	db_tenant_choose(c->db, id);
	db_tenant_remove_begin(c->db, id, &may);
	rc = db_commit(c->db);
	if (rc != DONE)
		return session_failed(c, rc);
	return may ? STATUS_DONE :
		     session_refuse(c, "its move has not ended: run grantctl tenant move again");
}

static enum status
tenant_delete(struct ctl *c)
{
	struct tenant t = TENANT_EMPTY;
	struct tenant_counts counts;
	const struct uuid *id = &c->args.operand.uuid;
	enum status st = STATUS_REFUSED;

	/* All of a tenant is counted by one statement. Not connected yet. */
	c->settings.statement_timeout = DB_PATIENCE_MS;
	session_begin(c, DB_READ_ONLY, id, &t);
	db_tenant_count(c->db, id, &counts);
	if (session_tenant(c, db_commit(c->db), id, &t) && may_be_deleted(c, &t)) {
		print_counts(&t, &counts);
		if (is_confirmed(c, id))
			st = begin_removal(c, id);
		if (st == STATUS_DONE)
			st = tenant_remove(c, c->db, id);
		if (st == STATUS_DONE)
			(void)puts("deleted");
	}
	tenant_clear(&t);
	return st;
}
