/* SPDX-License-Identifier: MIT */
/* grantctl grant, over HTTP. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/resource.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/remotes.h"

static const struct shown columns[] = {
	{ "ID", "id", SHOW_ID },
	{ "STATUS", "status", SHOW_TEXT },
	{ "AUDITING", "audit_enabled", SHOW_SWITCH },
	{ "EXPIRES", "expires_at", SHOW_TIME },
	{ "GRANTEE", "grantee_id", SHOW_TEXT },
	{ "ACTION", "action", SHOW_TEXT },
	{ "TYPE", "resource.type", SHOW_TEXT },
	{ "RESOURCE", "resource.id", SHOW_TEXT },
};

static const struct shown lines[] = {
	{ "id", "id", SHOW_ID },
	{ "request", "request_id", SHOW_ID },
	{ "grantee", "grantee_id", SHOW_TEXT },
	{ "resource type", "resource.type", SHOW_TEXT },
	{ "resource", "resource.id", SHOW_TEXT },
	{ "action", "action", SHOW_TEXT },
	{ "status", "status", SHOW_TEXT },
	{ "auditing", "audit_enabled", SHOW_SWITCH },
	{ "granted", "granted_at", SHOW_TIME },
	{ "expires", "expires_at", SHOW_TIME },
	{ "revoked", "revoked_at", SHOW_TIME },
	{ "metadata", "metadata", SHOW_TEXT },
	{ "updated", "updated_at", SHOW_TIME },
	{ "version", "version", SHOW_TEXT },
};

/* Ask for the grant that is the operand, and show what comes. */
static enum status
ask(struct ctl *c, const char *method, struct json_object *body)
{
	struct buf path = BUF_EMPTY;
	struct json_object *grant = NULL;
	enum status st;

	remote_path(&path, "/v1/grants/");
	remote_path_uuid(&path, &c->args.operand.uuid);
	st = remote_call(c, method, &path, body, &grant);
	if (st == STATUS_DONE && grant != NULL)
		st = remote_show(c, lines, COUNT_OF(lines), grant);
	buf_clear(&path);
	return st;
}

enum status
grant_show_remote(struct ctl *c)
{
	return ask(c, "GET", NULL);
}

static enum status
set_audit(struct ctl *c, bool on)
{
	struct json_build b;
	struct json_object *body;

	json_build_begin(&b);
	json_put_bool(&b, "audit_enabled", on);
	body = json_build_end(&b);
	return body != NULL ? ask(c, "PATCH", body) : session_refuse(c, "out of memory");
}

enum status
grant_audit_on_remote(struct ctl *c)
{
	return set_audit(c, true);
}

enum status
grant_audit_off_remote(struct ctl *c)
{
	return set_audit(c, false);
}

/* What it is then is asked for; a key that may not read it has revoked it all the same. */
enum status
grant_revoke_remote(struct ctl *c)
{
	enum status st = ask(c, "DELETE", NULL);

	if (st == STATUS_DONE && ask(c, "GET", NULL) != STATUS_DONE)
		(void)session_refuse(c, "it is revoked, and cannot be shown");
	return st;
}

enum status
grant_list_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	enum status st;

	remote_path(&path, "/v1/grants");
	remote_query(c, &path, "status", args_text(&c->args, "status"));
	remote_query(c, &path, "grantee_id", args_text(&c->args, "grantee-id"));
	st = remote_list(c, columns, COUNT_OF(columns), &path);
	buf_clear(&path);
	return st;
}

static struct json_object *
resource(const struct args *a)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "type", args_text(a, "resource-type"));
	json_put_text(&b, "id", args_text(a, "resource-id"));
	return json_build_end(&b);
}

static struct json_object *
new_grant(const struct args *a, const int64_t *expires_at)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "grantee_id", args_text(a, "grantee-id"));
	json_put_value(&b, "resource", resource(a));
	json_put_text(&b, "action", args_text(a, "action"));
	json_put_time(&b, "expires_at", expires_at);
	json_put_uuid(&b, "request_id", args_uuid(a, "request-id"));
	if (args_has(a, "metadata"))
		json_put_raw(&b, "metadata", args_text(a, "metadata"));
	return json_build_end(&b);
}

static enum status
create(struct ctl *c, struct json_object *body)
{
	struct buf path = BUF_EMPTY;
	struct json_object *grant = NULL;
	const char *id;
	struct uuid created;
	enum status st;

	remote_path(&path, "/v1/grants");
	st = remote_call(c, "POST", &path, body, &grant);
	buf_clear(&path);
	if (st != STATUS_DONE)
		return st;
	id = remote_text(grant, "id");
	if (!uuid_parse(&created, id, strlen(id))) {
		json_object_put(grant);
		return session_refuse(c, "what came is no grant");
	}
	if (c->json)
		return output_created(c, &created, grant);
	json_object_put(grant);
	return output_created(c, &created, NULL);
}

/* Its id, and whether it is audited from the start, are grantd's to say there. */
enum status
grant_create_remote(struct ctl *c)
{
	const struct args *a = &c->args;
	const char *type = args_text(a, "resource-type");
	struct json_object *body;
	int64_t expires_at;
	bool has;

	if (args_has(a, "id") || args_has(a, "audit")) {
		(void)args_fault(a,
		    "--id and --audit are for the database alone, and not for --url");
		return STATUS_USAGE;
	}
	if (!resource_id_valid(type, args_text(a, "resource-id"))) {
		(void)args_fault(a, "--resource-id must be %s, for %s", resource_id_form(type),
		    type);
		return STATUS_USAGE;
	}
	if (!args_expiry(a, &has, &expires_at))
		return STATUS_USAGE;
	if (!has) {
		(void)args_fault(a, "--expires-in or --expires-at is missing");
		return STATUS_USAGE;
	}
	body = new_grant(a, &expires_at);
	return body != NULL ? create(c, body) : session_refuse(c, "out of memory");
}
