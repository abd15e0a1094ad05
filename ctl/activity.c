/* SPDX-License-Identifier: MIT */
/* grantctl activity list, summary. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/remotes.h"
#include "db/json.h"

static enum status activity_list(struct ctl *);
static enum status activity_summary(struct ctl *);

#define OPTIONS_SPAN \
	{ .name = "since", \
		.value = "TIME", \
		.type = VALUE_TIME, \
		.help = "only events at or after this time" }, \
	{ \
		.name = "until", .value = "TIME", .type = VALUE_TIME, \
		.help = "only events before this time" \
	}

static const struct option list_options[] = {
	OPTION_TENANT,
	OPTIONS_SPAN,
	{ .name = "outcome",
	    .value = "OUTCOME",
	    .type = VALUE_WORD,
	    .words = activity_outcome_words,
	    .help = "only events with this outcome" },
	{ .name = "service",
	    .value = "NAME",
	    .type = VALUE_LINE,
	    .most = FIELD_SERVICE_MOST,
	    .help = "only events of this service" },
	OPTION_LIMIT,
	OPTIONS_REMOTE,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_activity_list = {
	.name = "activity list",
	.summary = "List the session activity of a grant, newest first",
	.options = list_options,
	.operand = { .value = "GRANT", .type = VALUE_UUID, .help = "the grant's id" },
	.needs = NEEDS_OWNER,
	.run = activity_list,
	.remote = activity_list_remote,
};

static const struct option summary_options[] = {
	OPTION_TENANT,
	OPTIONS_SPAN,
	{ .name = "interval",
	    .value = "SECONDS",
	    .type = VALUE_NUMBER,
	    .least = 1,
	    .most = ACTIVITY_INTERVAL_MOST,
	    .help = "also a line for each stretch of this length with events" },
	OPTIONS_REMOTE,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_activity_summary = {
	.name = "activity summary",
	.summary = "Summarize the session activity of a grant",
	.options = summary_options,
	.operand = { .value = "GRANT", .type = VALUE_UUID, .help = "the grant's id" },
	.needs = NEEDS_OWNER,
	.run = activity_summary,
	.remote = activity_summary_remote,
};

struct which {
	const struct uuid *tenant, *grant;
	struct activity_filter filter;
};

static void
queue_events(struct db *db, const void *what, const struct page *page, struct db_list *list)
{
	const struct which *w = what;

	db_activity_list(db, w->tenant, w->grant, &w->filter, page, list);
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

/*
 * Read the summary, and check that the grant exists, which the summary does not say. Events of a time are counted one by one, and may be
 * millions.
 */
static enum status
read_summary(struct ctl *c, const struct uuid *tenant_id, const struct uuid *id,
    const struct activity_span *span, struct activity_summary *s)
{
	struct tenant tenant = TENANT_EMPTY;
	struct grant g = GRANT_EMPTY;
	enum status st = STATUS_REFUSED;
	enum outcome rc;

	c->settings.statement_timeout = DB_PATIENCE_MS; /* not connected yet */
	session_begin(c, DB_READ_ONLY, tenant_id, &tenant);
	db_grant_get(c->db, tenant_id, id, &g);
	if (span->since == NULL && span->until == NULL && span->interval == NULL)
		db_activity_summary(c->db, tenant_id, id, s);
	else
		db_activity_counted(c->db, tenant_id, id, span, s);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, tenant_id, &tenant))
		st = g.found ? STATUS_DONE : session_not_there(c, "grant");
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
	};
	struct activity_summary s = ACTIVITY_SUMMARY_EMPTY;
	const struct activity_span all = { NULL, NULL, NULL };
	const struct which w = {
		.tenant = args_uuid(&c->args, "tenant"),
		.grant = &c->args.operand.uuid,
		.filter = {
			.since = args_number(&c->args, "since"),
			.until = args_number(&c->args, "until"),
			.outcome = args_text(&c->args, "outcome"),
			.service = args_text(&c->args, "service"),
		},
	};
	enum status st;

	st = read_summary(c, w.tenant, w.grant, &all, &s);
	activity_summary_clear(&s);
	return st == STATUS_DONE ? output_list(c, &listing, w.tenant, &w) : st;
}

/* The names, separated by commas. */
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
series_print(struct ctl *c, const struct activity_summary *s)
{
	static const char *const headings[] = { "FROM", "READ", "DENIED", "FAILED", "WRITTEN",
		"DENIED", "FAILED" };
	struct table t;
	int i, kind, outcome;

	table_begin(&t, headings, COUNT_OF(headings));
	for (i = 0; i < s->buckets; i++) {
		struct activity_bucket b = activity_bucket_at(s, i);

		table_time(&t, &b.from);
		for (kind = 0; kind < ACTIVITY_KINDS; kind++)
			for (outcome = 0; outcome < ACTIVITY_OUTCOMES; outcome++)
				table_int(&t, b.events[kind][outcome]);
	}
	(void)putchar('\n');
	return output_table(c, &t);
}

static enum status
summary_print(struct ctl *c, const struct activity_summary *s)
{
	struct table t;
	enum status st;

	if (s->too_many)
		return session_refuse(c,
		    "--interval must be longer: more than %d stretches have events",
		    ACTIVITY_BUCKETS_MOST);
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
	st = output_table(c, &t);
	return st == STATUS_DONE && s->buckets > 0 ? series_print(c, s) : st;
}

static enum status
activity_summary(struct ctl *c)
{
	struct activity_summary s = ACTIVITY_SUMMARY_EMPTY;
	const struct activity_span span = {
		.since = args_number(&c->args, "since"),
		.until = args_number(&c->args, "until"),
		.interval = args_number(&c->args, "interval"),
	};
	enum status st = read_summary(c, args_uuid(&c->args, "tenant"), &c->args.operand.uuid,
	    &span, &s);

	if (st == STATUS_DONE)
		st = summary_print(c, &s);
	activity_summary_clear(&s);
	return st;
}
