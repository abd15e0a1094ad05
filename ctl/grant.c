/* SPDX-License-Identifier: MIT */
/* grantctl grant list, show. */
#include "config.h"

#include <json-c/json.h>

#include "base/field.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/grant_output.h"
#include "ctl/remotes.h"
#include "db/json.h"

static enum status grant_list(struct ctl *);
static enum status grant_show(struct ctl *);

static const struct option list_options[] = {
	OPTION_TENANT,
	OPTION_STATUS,
	{ .name = "grantee-id",
	    .value = "ID",
	    .type = VALUE_LINE,
	    .most = FIELD_IDENTIFIER_MOST,
	    .help = "only grants of this holder" },
	OPTION_LIMIT,
	OPTIONS_REMOTE,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_grant_list = {
	.name = "grant list",
	.summary = "List a tenant's grants, newest first",
	.options = list_options,
	.needs = NEEDS_OWNER,
	.run = grant_list,
	.remote = grant_list_remote,
};

static const struct option show_options[] = { OPTION_TENANT, OPTIONS_REMOTE, OPTION_JSON,
	OPTIONS_END };

const struct command cmd_grant_show = {
	.name = "grant show",
	.summary = "Show a grant",
	.options = show_options,
	.operand = { .value = "GRANT", .type = VALUE_UUID, .help = "the grant's id" },
	.needs = NEEDS_OWNER,
	.run = grant_show,
	.remote = grant_show_remote,
};

enum status
grant_print(struct ctl *c, const struct grant *g)
{
	struct table t;

	if (c->json)
		return output_json(c, grant_json(g));
	table_begin(&t, NULL, 2);
	table_text(&t, "id");
	table_uuid(&t, &g->id);
	table_text(&t, "request");
	if (g->has_request_id)
		table_uuid(&t, &g->request_id);
	else
		table_text(&t, "");
	table_row(&t, "grantee", g->grantee_id);
	table_row(&t, "resource type", g->resource_type);
	table_row(&t, "resource", g->resource_id);
	table_row(&t, "action", g->action);
	table_row(&t, "status", g->status);
	table_row(&t, "auditing", g->audit_enabled ? "on" : "off");
	table_text(&t, "granted");
	table_time(&t, &g->granted_at);
	table_text(&t, "expires");
	table_time(&t, &g->expires_at);
	table_text(&t, "revoked");
	table_time(&t, g->has_revoked_at ? &g->revoked_at : NULL);
	table_row(&t, "metadata", g->metadata);
	table_text(&t, "updated");
	table_time(&t, &g->updated_at);
	table_text(&t, "version");
	table_int(&t, g->version);
	return output_table(c, &t);
}

struct which {
	const struct uuid *tenant;
	struct grant_filter filter;
};

static void
queue_grants(struct db *db, const void *what, const struct page *page, struct db_list *list)
{
	const struct which *w = what;

	db_grant_list(db, w->tenant, &w->filter, page, list);
}

static void
grant_cells(struct table *t, const struct db_list *list, int i)
{
	struct grant g = grant_at(list, i);

	table_uuid(t, &g.id);
	table_text(t, g.status);
	table_text(t, g.audit_enabled ? "on" : "off");
	table_time(t, &g.expires_at);
	table_text(t, g.grantee_id);
	table_text(t, g.action);
	table_text(t, g.resource_type);
	table_text(t, g.resource_id);
}

static struct json_object *
grant_row_json(const struct db_list *list, int i)
{
	struct grant g = grant_at(list, i);

	return grant_json(&g);
}

static enum status
grant_list(struct ctl *c)
{
	static const char *const headings[] = { "ID", "STATUS", "AUDITING", "EXPIRES", "GRANTEE",
		"ACTION", "TYPE", "RESOURCE" };
	static const struct listing listing = {
		.headings = headings,
		.columns = COUNT_OF(headings),
		.queue = queue_grants,
		.cells = grant_cells,
		.json = grant_row_json,
	};
	const struct which w = {
		.tenant = args_uuid(&c->args, "tenant"),
		.filter = {
			.status = args_text(&c->args, "status"),
			.grantee_id = args_text(&c->args, "grantee-id"),
		},
	};

	return output_list(c, &listing, w.tenant, &w);
}

static enum status
grant_show(struct ctl *c)
{
	struct tenant tenant = TENANT_EMPTY;
	struct grant g = GRANT_EMPTY;
	const struct uuid *tenant_id = args_uuid(&c->args, "tenant");
	enum status st = STATUS_REFUSED;
	enum outcome rc;

	session_begin(c, DB_READ_ONLY, tenant_id, &tenant);
	db_grant_get(c->db, tenant_id, &c->args.operand.uuid, &g);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, tenant_id, &tenant))
		st = g.found ? grant_print(c, &g) : session_not_there(c, "grant");
	tenant_clear(&tenant);
	grant_clear(&g);
	return st;
}
