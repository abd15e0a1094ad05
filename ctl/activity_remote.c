/* SPDX-License-Identifier: MIT */
/* grantctl activity list, summary, over HTTP. */
#include "config.h"

#include <stdio.h>

#include <json-c/json.h>

#include "ctl/engine/remote.h"
#include "ctl/remotes.h"

static const struct shown columns[] = {
	{ "OCCURRED", "occurred_at", SHOW_TIME },
	{ "SERVICE", "service", SHOW_TEXT },
	{ "NAME", "name", SHOW_TEXT },
	{ "KIND", "kind", SHOW_TEXT },
	{ "OUTCOME", "outcome", SHOW_TEXT },
	{ "FROM", "source_ip", SHOW_TEXT },
	{ "ID", "id", SHOW_ID },
};

static const struct shown lines[] = {
	{ "events", "total_events", SHOW_TEXT },
	{ "reading", "read_events", SHOW_TEXT },
	{ "writing", "write_events", SHOW_TEXT },
	{ "denied", "denied_events", SHOW_TEXT },
	{ "failed", "error_events", SHOW_TEXT },
	{ "services", "services", SHOW_TEXT },
};

static const struct shown counts[] = {
	{ "FROM", "from", SHOW_TIME },
	{ "READ", "read.success", SHOW_TEXT },
	{ "DENIED", "read.denied", SHOW_TEXT },
	{ "FAILED", "read.error", SHOW_TEXT },
	{ "WRITTEN", "write.success", SHOW_TEXT },
	{ "DENIED", "write.denied", SHOW_TEXT },
	{ "FAILED", "write.error", SHOW_TEXT },
};

static void
of_grant(struct ctl *c, struct buf *path, const char *what)
{
	remote_path(path, "/v1/grants/");
	remote_path_uuid(path, &c->args.operand.uuid);
	remote_path(path, what);
}

static void
of_span(struct ctl *c, struct buf *path)
{
	remote_query_time(c, path, "since", args_number(&c->args, "since"));
	remote_query_time(c, path, "until", args_number(&c->args, "until"));
}

enum status
activity_list_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	enum status st;

	of_grant(c, &path, "/activity");
	of_span(c, &path);
	remote_query(c, &path, "outcome", args_text(&c->args, "outcome"));
	remote_query(c, &path, "service", args_text(&c->args, "service"));
	st = remote_list(c, columns, COUNT_OF(columns), &path);
	buf_clear(&path);
	return st;
}

enum status
activity_summary_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	struct json_object *summary = NULL, *series;
	const int64_t *interval = args_number(&c->args, "interval");
	char number[24];
	enum status st;

	of_grant(c, &path, "/activity/summary");
	of_span(c, &path);
	if (interval != NULL) {
		(void)snprintf(number, sizeof(number), "%d", (int)*interval);
		remote_query(c, &path, "interval", number);
	}
	st = remote_call(c, "GET", &path, NULL, &summary);
	buf_clear(&path);
	if (st != STATUS_DONE)
		return st;
	series = c->json ? NULL : json_object_get(json_object_object_get(summary, "series"));
	st = remote_show(c, lines, COUNT_OF(lines), summary);
	if (st == STATUS_DONE && json_object_is_type(series, json_type_array) &&
	    json_object_array_length(series) > 0) {
		(void)putchar('\n');
		st = remote_table(c, counts, COUNT_OF(counts), series);
	}
	json_object_put(series);
	return st;
}
