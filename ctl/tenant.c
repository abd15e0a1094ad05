/* SPDX-License-Identifier: MIT */
/* grantctl tenant create, list, show. */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/policy_guarded.h"
#include "db/json.h"
#include "policy/baseline.h"

static enum status tenant_create(struct ctl *);
static enum status tenant_list(struct ctl *);
static enum status tenant_show(struct ctl *);

static const struct option create_options[] = {
	OPTION_NAME,
	OPTION_ID,
	OPTION_REASON,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_tenant_create = {
	.name = "tenant create",
	.summary = "Add a tenant, and print its id",
	.options = create_options,
	.needs = NEEDS_OWNER,
	.run = tenant_create,
};

static const struct option list_options[] = { OPTION_LIMIT, OPTION_JSON, OPTIONS_END };

const struct command cmd_tenant_list = {
	.name = "tenant list",
	.summary = "List the tenants, newest first",
	.options = list_options,
	.needs = NEEDS_OWNER,
	.run = tenant_list,
};

static const struct option show_options[] = { OPTION_JSON, OPTIONS_END };

const struct command cmd_tenant_show = {
	.name = "tenant show",
	.summary = "Show a tenant",
	.options = show_options,
	.operand = { .value = "TENANT", .type = VALUE_UUID, .help = "the tenant's id" },
	.needs = NEEDS_OWNER,
	.run = tenant_show,
};

static enum status
print_tenant(struct ctl *c, const struct tenant *t)
{
	struct table table;

	if (c->json)
		return output_json(c, tenant_json(t));
	table_begin(&table, NULL, 2);
	table_text(&table, "id");
	table_uuid(&table, &t->id);
	table_row(&table, "name", t->name);
	table_row(&table, "state", t->state);
	if (t->moved_to != NULL)
		table_row(&table, "moved to", t->moved_to);
	if (t->hold != NULL)
		table_row(&table, "under way", t->hold);
	table_text(&table, "created");
	table_time(&table, &t->created_at);
	table_text(&table, "policy version");
	table_int(&table, t->policy_version);
	table_row(&table, "failing forbid", failing_forbid_words[t->failing_forbid_denies]);
	return output_table(c, &table);
}

static enum status
report_created(struct ctl *c, enum outcome rc, const struct tenant *t)
{
	if (rc == CONFLICT)
		return session_refuse(c, "there is a tenant with this id already");
	if (rc != DONE)
		return session_failed(c, rc);
	return output_created(c, &t->id, c->json ? tenant_json(t) : NULL);
}

static enum status
tenant_create(struct ctl *c)
{
	struct tenant created = TENANT_EMPTY;
	struct baseline *baseline;
	struct change_by by;
	struct uuid id;
	enum status st;

	if (!session_new_id(c, &id) || !session_entry(c, "CreateTenant", &by))
		return STATUS_REFUSED;
	db_begin(c->db, DB_READ_WRITE);
	db_tenant_choose(c->db, &id);
	db_tenant_create(c->db, &id, args_text(&c->args, "name"), &by, &created);
	if ((baseline = baseline_queue(c->db, &id, &by)) == NULL) {
		db_rollback(c->db);
		return session_refuse(c, "the system gives no random numbers or no memory");
	}
	st = report_created(c, db_commit(c->db), &created);
	baseline_free(baseline);
	tenant_clear(&created);
	return st;
}

static void
queue_tenants(struct db *db, const void *what, const struct page *page, struct db_list *list)
{
	(void)what;
	db_tenant_list(db, page, list);
}

static void
tenant_cells(struct table *table, const struct db_list *list, int i)
{
	struct tenant t = tenant_at(list, i);

	table_uuid(table, &t.id);
	table_text(table, t.name);
	table_text(table, t.hold != NULL ? t.hold : t.state);
	table_time(table, &t.created_at);
}

static struct json_object *
tenant_row_json(const struct db_list *list, int i)
{
	struct tenant t = tenant_at(list, i);

	return tenant_json(&t);
}

static enum status
tenant_list(struct ctl *c)
{
	static const char *const headings[] = { "TENANT", "NAME", "STATE", "CREATED" };
	static const struct listing listing = {
		.headings = headings,
		.columns = COUNT_OF(headings),
		.queue = queue_tenants,
		.cells = tenant_cells,
		.json = tenant_row_json,
	};

	return output_list(c, &listing, NULL, NULL);
}

static enum status
tenant_show(struct ctl *c)
{
	struct tenant t = TENANT_EMPTY;
	enum status st = STATUS_REFUSED;
	const struct uuid *id = &c->args.operand.uuid;
	enum outcome rc;

	session_begin(c, DB_READ_ONLY, id, &t);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, id, &t))
		st = print_tenant(c, &t);
	tenant_clear(&t);
	return st;
}
