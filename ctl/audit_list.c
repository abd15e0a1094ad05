/* SPDX-License-Identifier: MIT */
/* grantctl audit list, show, export. */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "base/field.h"
#include "ctl/audit_action.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/remotes.h"
#include "ctl/tenants.h"
#include "db/audit_list.h"
#include "db/audit_text.h"
#include "db/audit_verify.h"
#include "db/json.h"

static enum status audit_list(struct ctl *);
static enum status audit_show(struct ctl *);
static enum status audit_export(struct ctl *);

#define FILTER_OPTIONS \
	{ .name = "actor-id", \
		.value = "ID", \
		.type = VALUE_LINE, \
		.most = FIELD_IDENTIFIER_MOST, \
		.help = "only what this key or system component did" }, \
	    { .name = "action", \
		    .value = "NAME", \
		    .type = VALUE_WORD, \
		    .flags = OPTION_OPEN, \
		    .most = FIELD_IDENTIFIER_MOST, \
		    .words = audit_action_words, \
		    .help = "only this operation" }, \
	    { .name = "allow-unknown", \
		    .help = "take any --action, such as one that another version has" }, \
	    { .name = "outcome", \
		    .value = "OUTCOME", \
		    .type = VALUE_WORD, \
		    .words = audit_outcome_words, \
		    .help = "only entries with this outcome" }, \
	    { .name = "resource-type", \
		    .value = "TYPE", \
		    .type = VALUE_WORD, \
		    .words = chain_owner_words, \
		    .help = "only what was done to resources of this type" }, \
	    { .name = "resource-id", \
		    .value = "UUID", \
		    .type = VALUE_UUID, \
		    .help = "only what was done to this resource" }, \
	    { .name = "from", \
		    .value = "TIME", \
		    .type = VALUE_TIME, \
		    .help = "only entries at or after this time" }, \
	{ \
		.name = "to", .value = "TIME", .type = VALUE_TIME, \
		.help = "only entries before this time" \
	}

static const struct option list_options[] = { OPTION_TENANT, FILTER_OPTIONS, OPTION_LIMIT,
	OPTIONS_REMOTE, OPTION_JSON, OPTIONS_END };

const struct command cmd_audit_list = {
	.name = "audit list",
	.summary = "List a tenant's audit log, newest first",
	.options = list_options,
	.needs = NEEDS_OWNER,
	.run = audit_list,
	.remote = audit_list_remote,
};

static const struct option show_options[] = { OPTION_TENANT, OPTIONS_REMOTE, OPTION_JSON,
	OPTIONS_END };

const struct command cmd_audit_show = {
	.name = "audit show",
	.summary = "Show an entry of the audit log",
	.options = show_options,
	.operand = { .value = "ENTRY", .type = VALUE_UUID, .help = "the entry's id" },
	.needs = NEEDS_OWNER,
	.run = audit_show,
	.remote = audit_show_remote,
};

static const struct option export_options[] = {
	OPTION_ONE_TENANT,
	{ .name = "format",
	    .value = "FORMAT",
	    .type = VALUE_WORD,
	    .words = audit_format_names,
	    .help = "the format; default: ndjson" },
	FILTER_OPTIONS,
	OPTIONS_REMOTE,
	OPTIONS_END,
};

const struct command cmd_audit_export = {
	.name = "audit export",
	.summary = "Write the audit log to standard output, newest first",
	.help =
	    "The last line says that the export is complete, and how many entries there are.\n"
	    "In CSV, text that a spreadsheet would take for a formula is prefixed with an apostrophe.",
	.options = export_options,
	.needs = NEEDS_OWNER,
	.run = audit_export,
	.remote = audit_export_remote,
};

/* Which entries. */
struct which {
	const struct uuid *tenant; /* NULL: of every tenant */
	struct audit_filter filter;
};

static struct which
which_entries(const struct args *args)
{
	return (struct which){
		.tenant = args_uuid(args, "tenant"),
		.filter = {
			.actor_id = args_text(args, "actor-id"),
			.action = args_text(args, "action"),
			.outcome = args_text(args, "outcome"),
			.resource_type = args_text(args, "resource-type"),
			.resource_id = args_uuid(args, "resource-id"),
			.from = args_number(args, "from"),
			.to = args_number(args, "to"),
		},
	};
}

static void
queue_entries(struct db *db, const void *what, const struct page *page, struct db_list *list)
{
	const struct which *w = what;

	db_audit_list(db, w->tenant, &w->filter, page, list);
}

static void
entry_cells(struct table *t, const struct db_list *list, int i)
{
	struct audit_row e = audit_row_at(list, i);

	table_uuid(t, &e.id);
	table_time(t, &e.created_at);
	table_text(t, e.outcome);
	table_text(t, e.action);
	table_text(t, e.resource_type);
	table_uuid(t, &e.resource_id);
	table_int(t, e.sequence);
	table_text(t, e.actor_id);
	table_text(t, e.reasoning != NULL ? e.reasoning : "-");
}

static struct json_object *
entry_row_json(const struct db_list *list, int i)
{
	struct audit_row e = audit_row_at(list, i);

	return audit_row_json(&e, false);
}

static enum status
audit_list(struct ctl *c)
{
	static const char *const headings[] = { "ID", "TIME", "OUTCOME", "ACTION", "TYPE",
		"RESOURCE", "SEQUENCE", "ACTOR", "REASON" };
	static const struct listing listing = {
		.headings = headings,
		.columns = COUNT_OF(headings),
		.queue = queue_entries,
		.cells = entry_cells,
		.json = entry_row_json,
	};
	const struct which w = which_entries(&c->args);

	return output_list(c, &listing, w.tenant, &w);
}

static enum status
entry_print(struct ctl *c, const struct audit_row *e)
{
	struct table t;

	if (c->json)
		return output_json(c, audit_row_json(e, false));
	table_begin(&t, NULL, 2);
	table_text(&t, "id");
	table_uuid(&t, &e->id);
	table_text(&t, "time");
	table_time(&t, &e->created_at);
	table_row(&t, "outcome", e->outcome);
	table_row(&t, "action", e->action);
	table_row(&t, "resource type", e->resource_type);
	table_text(&t, "resource");
	table_uuid(&t, &e->resource_id);
	table_text(&t, "sequence");
	table_int(&t, e->sequence);
	table_row(&t, "actor type", e->actor_type);
	table_row(&t, "actor", e->actor_id);
	table_row(&t, "reason", e->reasoning != NULL ? e->reasoning : "-");
	table_row(&t, "metadata", e->metadata);
	return output_table(c, &t);
}

static enum status
audit_show(struct ctl *c)
{
	struct tenant tenant = TENANT_EMPTY;
	struct db_list list = DB_LIST_EMPTY;
	struct audit_row e;
	const struct uuid *tenant_id = args_uuid(&c->args, "tenant");
	enum status st = STATUS_REFUSED;
	enum outcome rc;

	session_begin(c, DB_READ_ONLY, tenant_id, &tenant);
	db_audit_get(c->db, tenant_id, &c->args.operand.uuid, &list);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, tenant_id, &tenant) && list.count == 1) {
		e = audit_row_at(&list, 0);
		st = entry_print(c, &e);
	} else if (tenant.found && rc == DONE) {
		st = session_not_there(c, "entry");
	}
	tenant_clear(&tenant);
	db_list_clear(&list);
	return st;
}

/* Write out what there is. Failures are reported here: by the time main() looks, errno is lost. */
static enum status
write_text(struct ctl *c, struct audit_text *t)
{
	bool written = fwrite(t->out.data, 1, t->out.len, stdout) == t->out.len &&
	    fflush(stdout) == 0;

	buf_reset(&t->out);
	if (written)
		return STATUS_DONE;
	(void)session_refuse(c, "standard output: %s", strerror(errno));
	clearerr(stdout);
	return STATUS_REFUSED;
}

struct export
{
	struct which which;
	struct audit_text text;
};

static enum status
export_batch(struct ctl *c, struct export *x, const struct audit_scan *scan)
{
	int i;

	for (i = 0; i < scan->list.count; i++) {
		struct audit_row e = audit_row_at(&scan->list, i);

		audit_text_entry(&x->text, &e);
	}
	if (x->text.out.failed)
		return session_refuse(c, "out of memory");
	return write_text(c, &x->text);
}

static enum status
export_tenant(struct ctl *c, const struct tenant *t, void *export)
{
	struct export *x = export;
	struct audit_scan scan = AUDIT_SCAN_EMPTY;
	enum status st = STATUS_DONE;
	enum outcome rc;

	do {
		db_begin(c->db, DB_READ_ONLY);
		db_tenant_choose(c->db, &t->id);
		db_audit_scan(c->db, &t->id, &x->which.filter, &scan);
		rc = db_commit(c->db);
		st = rc == DONE ? export_batch(c, x, &scan) : session_failed(c, rc);
	} while (st == STATUS_DONE && audit_scan_next(&scan));
	audit_scan_clear(&scan);
	return st;
}

static enum status
audit_export(struct ctl *c)
{
	struct export x = { .which = which_entries(&c->args), .text = AUDIT_TEXT_EMPTY };
	const int64_t *format = args_number(&c->args, "format");
	enum status st;

	x.text.format = format != NULL ? (enum audit_format) * format : AUDIT_NDJSON;
	x.text.with_tenant = true;
	audit_text_begin(&x.text);
	st = tenants_each(c, NULL, export_tenant, &x);
	if (st == STATUS_DONE) {
		audit_text_end(&x.text);
		st = write_text(c, &x.text);
	}
	buf_clear(&x.text.out);
	return st;
}
