/* SPDX-License-Identifier: MIT */
/* grantctl audit list, show, export, over HTTP. */
#include "config.h"

#include <json-c/json.h>

#include "ctl/engine/remote.h"
#include "ctl/remotes.h"

static const struct shown columns[] = {
	{ "ID", "id", SHOW_ID },
	{ "TIME", "created_at", SHOW_TIME },
	{ "OUTCOME", "outcome", SHOW_TEXT },
	{ "ACTION", "action", SHOW_TEXT },
	{ "TYPE", "resource_type", SHOW_TEXT },
	{ "RESOURCE", "resource_id", SHOW_ID },
	{ "SEQUENCE", "sequence", SHOW_TEXT },
	{ "ACTOR", "actor_id", SHOW_TEXT },
	{ "REASON", "reasoning", SHOW_TEXT },
};

static const struct shown lines[] = {
	{ "id", "id", SHOW_ID },
	{ "time", "created_at", SHOW_TIME },
	{ "outcome", "outcome", SHOW_TEXT },
	{ "action", "action", SHOW_TEXT },
	{ "resource type", "resource_type", SHOW_TEXT },
	{ "resource", "resource_id", SHOW_ID },
	{ "sequence", "sequence", SHOW_TEXT },
	{ "actor type", "actor_type", SHOW_TEXT },
	{ "actor", "actor_id", SHOW_TEXT },
	{ "reason", "reasoning", SHOW_TEXT },
	{ "metadata", "metadata", SHOW_TEXT },
};

static void
filter(struct ctl *c, struct buf *path)
{
	const struct args *a = &c->args;

	remote_path(path, "/v1/audit-log");
	remote_query(c, path, "actor_id", args_text(a, "actor-id"));
	remote_query(c, path, "action", args_text(a, "action"));
	remote_query(c, path, "outcome", args_text(a, "outcome"));
	remote_query(c, path, "resource_type", args_text(a, "resource-type"));
	remote_query_uuid(c, path, "resource_id", args_uuid(a, "resource-id"));
	remote_query_time(c, path, "from", args_number(a, "from"));
	remote_query_time(c, path, "to", args_number(a, "to"));
}

enum status
audit_list_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	enum status st;

	filter(c, &path);
	st = remote_list(c, columns, COUNT_OF(columns), &path);
	buf_clear(&path);
	return st;
}

enum status
audit_show_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	struct json_object *entry = NULL;
	enum status st;

	remote_path(&path, "/v1/audit-log/");
	remote_path_uuid(&path, &c->args.operand.uuid);
	st = remote_call(c, "GET", &path, NULL, &entry);
	buf_clear(&path);
	return st == STATUS_DONE ? remote_show(c, lines, COUNT_OF(lines), entry) : st;
}

enum status
audit_export_remote(struct ctl *c)
{
	const char *format = args_text(&c->args, "format");
	struct buf path = BUF_EMPTY;
	enum status st;

	filter(c, &path);
	remote_query(c, &path, "format", format != NULL ? format : "ndjson");
	st = remote_export(c, &path);
	buf_clear(&path);
	return st;
}
