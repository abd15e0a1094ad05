/* SPDX-License-Identifier: MIT */
/* grantctl activity list, summary. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "db/json.h"

#define SERVICE_MOST 100

static enum status activity_list(struct ctl *);
static enum status activity_summary(struct ctl *);

static const struct option list_options[] = {
	OPTION_TENANT,
	{ "since", "TIME", 0, "only what happened then or later, as 2030-01-31T12:00:00Z" },
	{ "until", "TIME", 0, "only what happened earlier" },
	{ "outcome", "OUTCOME", 0, "only what ended in success, denied or error" },
	{ "service", "NAME", 0, "only what was done with this service" },
	OPTION_LIMIT,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_activity_list = {
	.name = "activity list",
	.summary = "List what was done in sessions under a grant, the latest first",
	.options = list_options,
	.operand = "GRANT",
	.needs = NEEDS_OWNER,
	.run = activity_list,
};

static const struct option summary_options[] = { OPTION_TENANT, OPTION_JSON, OPTIONS_END };

const struct command cmd_activity_summary = {
	.name = "activity summary",
	.summary = "Show how much was done in sessions under a grant",
	.options = summary_options,
	.operand = "GRANT",
	.needs = NEEDS_OWNER,
	.run = activity_summary,
};

struct which {
	struct uuid tenant, grant;
	struct activity_filter filter;
	int64_t since, until; /* what filter points to */
};

static void
queue_events(struct db *db, const void *what, const struct page *page, struct db_list *list)
{
	const struct which *w = what;

	db_activity_list(db, &w->tenant, &w->grant, &w->filter, page, list);
}

static void
event_cells(struct table *t, const struct db_list *list, int i)
{
	struct activity_event e = activity_event_at(list, i);

	table_time(t, &e.occurred_at);
	table_text(t, e.service);
	table_text(t, e.name);
	table_text(t, e.kind);
	table_text(t, e.outcome);
	table_text(t, e.source_ip != NULL ? e.source_ip : "-");
	table_uuid(t, &e.id);
}

static struct json_object *
event_row_json(const struct db_list *list, int i)
{
	struct activity_event e = activity_event_at(list, i);

	return activity_event_json(&e);
}

static void
event_key(const struct db_list *list, int i, struct page *page)
{
	struct activity_event e = activity_event_at(list, i);

	page->created_at = e.occurred_at;
	page->id = e.id;
}

static bool
take_filter(const struct args *a, struct which *w)
{
	const char *outcome = args_get(a, "outcome");

	if (!args_time(a, "since", &w->since) || !args_time(a, "until", &w->until) ||
	    !args_line(a, "service", SERVICE_MOST, &w->filter.service))
		return false;
	if (outcome != NULL && strcmp(outcome, "success") != 0 && strcmp(outcome, "denied") != 0 &&
	    strcmp(outcome, "error") != 0)
		return args_fault(a, "--outcome must be success, denied or error");
	w->filter.outcome = outcome;
	w->filter.since = args_has(a, "since") ? &w->since : NULL;
	w->filter.until = args_has(a, "until") ? &w->until : NULL;
	return true;
}

/* Read the summary, and look whether the grant is there, which no summary tells. */
static enum status
read_summary(struct ctl *c, const struct uuid *tenant_id, const struct uuid *id,
    struct activity_summary *s)
{
	struct tenant tenant = TENANT_EMPTY;
	struct grant g = GRANT_EMPTY;
	enum status st = STATUS_REFUSED;
	enum outcome rc;

	session_begin(c, DB_READ_ONLY, tenant_id, &tenant);
	db_grant_get(c->db, tenant_id, id, &g);
	db_activity_summary(c->db, tenant_id, id, s);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, tenant_id, &tenant))
		st = g.found ? STATUS_DONE :
			       session_refuse(c, "the tenant has no grant with this id");
	tenant_clear(&tenant);
	grant_clear(&g);
	return st;
}

static enum status
activity_list(struct ctl *c)
{
	static const char *const headings[] = { "OCCURRED", "SERVICE", "NAME", "KIND", "OUTCOME",
		"FROM", "ID" };
	static const struct listing listing = {
		.headings = headings,
		.columns = COUNT_OF(headings),
		.queue = queue_events,
		.cells = event_cells,
		.json = event_row_json,
		.key = event_key,
	};
	struct activity_summary s = ACTIVITY_SUMMARY_EMPTY;
	struct which w = { .since = 0 };
	enum status st;

	if (!args_uuid(&c->args, "tenant", &w.tenant) || !args_operand_uuid(&c->args, &w.grant) ||
	    !take_filter(&c->args, &w))
		return STATUS_USAGE;
	st = read_summary(c, &w.tenant, &w.grant, &s);
	activity_summary_clear(&s);
	return st == STATUS_DONE ? output_list(c, &listing, &w.tenant, &w) : st;
}

/* The names with commas between them. */
static void
services_row(struct table *t, const char *services)
{
	struct json_object *array = json_tokener_parse(services);
	struct buf names = BUF_EMPTY;
	size_t i;

	for (i = 0; array != NULL && i < json_object_array_length(array); i++) {
		buf_adds(&names, i > 0 ? ", " : "");
		buf_adds(&names, json_object_get_string(json_object_array_get_idx(array, i)));
	}
	table_row(t, "services", names.len > 0 ? buf_text(&names) : "-");
	json_object_put(array);
	buf_clear(&names);
}

static enum status
summary_print(struct ctl *c, const struct activity_summary *s)
{
	struct table t;

	if (c->json)
		return output_json(c, activity_summary_json(s));
	table_begin(&t, NULL, 2);
	table_text(&t, "events");
	table_int(&t, s->total);
	table_text(&t, "reading");
	table_int(&t, s->read);
	table_text(&t, "writing");
	table_int(&t, s->write);
	table_text(&t, "denied");
	table_int(&t, s->denied);
	table_text(&t, "failed");
	table_int(&t, s->error);
	services_row(&t, s->services);
	return output_table(c, &t);
}

static enum status
activity_summary(struct ctl *c)
{
	struct activity_summary s = ACTIVITY_SUMMARY_EMPTY;
	struct uuid tenant, grant;
	enum status st;

	if (!args_uuid(&c->args, "tenant", &tenant) || !args_operand_uuid(&c->args, &grant))
		return STATUS_USAGE;
	st = read_summary(c, &tenant, &grant, &s);
	if (st == STATUS_DONE)
		st = summary_print(c, &s);
	activity_summary_clear(&s);
	return st;
}
