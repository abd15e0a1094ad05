/* SPDX-License-Identifier: MIT */
/* grantctl activity maintain, which a timer runs every day. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "db/activity.h"

#define AHEAD_DEFAULT 3

static enum status activity_maintain(struct ctl *);

static const struct option options[] = {
	{ .name = "keep",
	    .value = "TIME",
	    .type = VALUE_SPAN,
	    .help = "drop months that ended longer ago than this; default: none" },
	{ .name = "ahead",
	    .value = "N",
	    .type = VALUE_NUMBER,
	    .most = ACTIVITY_AHEAD_MOST,
	    .help = "months to prepare after the current one; default: " TEXT_OF(AHEAD_DEFAULT) },
	{ .name = "dry-run", .help = "only print what would be done" },
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_activity_maintain = {
	.name = "activity maintain",
	.summary = "Add partitions for the coming months of session activity, and drop old ones",
	.help =
	    "Run it every day. What is dropped is lost, for all tenants. It does nothing where there\n"
	    "is nothing to do, and two runs at once do no harm.",
	.options = options,
	.needs = NEEDS_OWNER,
	.run = activity_maintain,
};

static struct json_object *
month_json(const struct activity_month *m)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "action", m->action);
	json_put_text(&b, "month", m->month);
	return json_build_end(&b);
}

static enum status
report_json(struct ctl *c, const struct db_list *list)
{
	struct json_object *array = json_object_new_array();
	struct activity_month m;
	int i;

	for (i = 0; i < list->count; i++) {
		m = activity_month_at(list, i);
		json_array_append(&array, month_json(&m));
	}
	return output_json(c, array);
}

static enum status
report(struct ctl *c, const struct db_list *list, bool dry_run)
{
	struct activity_month m;
	int i;

	if (c->json)
		return report_json(c, list);
	for (i = 0; i < list->count; i++) {
		m = activity_month_at(list, i);
		if (strcmp(m.action, "add") == 0)
			(void)printf("%s %s\n", dry_run ? "would add" : "added", m.month);
		else
			(void)printf("%s %s\n", dry_run ? "would drop" : "dropped", m.month);
	}
	return STATUS_DONE;
}

static enum status
activity_maintain(struct ctl *c)
{
	struct db_list list = DB_LIST_EMPTY;
	const int64_t *ahead = args_number(&c->args, "ahead");
	bool dry_run = args_has(&c->args, "dry-run");
	enum status st;
	enum outcome rc;

	db_begin(c->db, DB_READ_WRITE);
	db_activity_maintain(c->db, ahead != NULL ? (int)*ahead : AHEAD_DEFAULT,
	    args_number(&c->args, "keep"), dry_run, &list);
	rc = db_commit(c->db);
	st = rc == DONE ? report(c, &list, dry_run) : session_failed(c, rc);
	db_list_clear(&list);
	return st;
}
