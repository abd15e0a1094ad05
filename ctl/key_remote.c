/* SPDX-License-Identifier: MIT */
/* grantctl key, over HTTP. The rules' names of roles are not compared: the policies decide who may make which key. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/api_key.h"
#include "base/json_build.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/remotes.h"

static const struct shown columns[] = {
	{ "ID", "id", SHOW_ID },
	{ "KEY", "key_name", SHOW_TEXT },
	{ "STATUS", "status", SHOW_TEXT },
	{ "EXPIRES", "expires_at", SHOW_TIME },
	{ "LAST USED", "last_used_at", SHOW_TIME },
	{ "ROLES", "roles", SHOW_TEXT },
	{ "NAME", "name", SHOW_TEXT },
};

enum status
key_list_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	enum status st;

	remote_path(&path, "/v1/api-keys");
	remote_query(c, &path, "status", args_text(&c->args, "status"));
	st = remote_list(c, columns, COUNT_OF(columns), &path);
	buf_clear(&path);
	return st;
}

/* The key alone goes to standard output, as from the database. */
static enum status
print_new(struct ctl *c, struct json_object *key)
{
	const char *raw = remote_text(key, "raw_key");
	struct json_object *roles = NULL;
	char name[API_KEY_NAME_LEN + 1];
	size_t i;

	if (!api_key_check(raw, strlen(raw), name)) {
		json_object_put(key);
		return session_refuse(c, "the answer has no key in it");
	}
	if (c->json)
		return output_json(c, key);
	(void)puts(raw);
	session_say("Key %s (%s) with the roles:", remote_text(key, "id"), name);
	if (json_object_object_get_ex(key, "roles", &roles))
		for (i = 0; i < json_object_array_length(roles); i++)
			session_say(" %s",
			    json_object_get_string(json_object_array_get_idx(roles, i)));
	(void)fputs(". It is shown only this once.\n", stderr);
	json_object_put(key);
	return STATUS_DONE;
}

static enum status
make(struct ctl *c, const struct buf *path, struct json_object *body)
{
	struct json_object *key = NULL;
	enum status st;

	if (body == NULL)
		return session_refuse(c, "out of memory");
	st = remote_call(c, "POST", path, body, &key);
	return st == STATUS_DONE ? print_new(c, key) : st;
}

static struct json_object *
roles_of(const struct args *a)
{
	struct json_object *array = json_object_new_array();
	const char *role;
	int n;

	for (n = 0; (role = args_nth(a, "role", n)) != NULL; n++)
		json_array_append(&array, json_object_new_string(role));
	return array;
}

enum status
key_create_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	struct json_build b;
	enum status st;
	int64_t expires_at;
	bool has;

	if (!args_expiry(&c->args, &has, &expires_at))
		return STATUS_USAGE;
	json_build_begin(&b);
	json_put_text(&b, "name", args_text(&c->args, "name"));
	json_put_value(&b, "roles", roles_of(&c->args));
	json_put_time(&b, "expires_at", has ? &expires_at : NULL);
	remote_path(&path, "/v1/api-keys");
	st = make(c, &path, json_build_end(&b));
	buf_clear(&path);
	return st;
}

enum status
key_rotate_remote(struct ctl *c)
{
	const int64_t *overlap = args_number(&c->args, "overlap");
	struct buf path = BUF_EMPTY;
	struct json_build b;
	enum status st;
	int64_t expires_at;
	bool has;

	if (!args_expiry(&c->args, &has, &expires_at))
		return STATUS_USAGE;
	json_build_begin(&b);
	if (overlap != NULL)
		json_put_int(&b, "overlap", *overlap);
	if (has)
		json_put_time(&b, "expires_at", &expires_at);
	remote_path(&path, "/v1/api-keys/");
	remote_path_uuid(&path, &c->args.operand.uuid);
	remote_path(&path, "/rotate");
	st = make(c, &path, json_build_end(&b));
	buf_clear(&path);
	return st;
}

enum status
key_revoke_remote(struct ctl *c)
{
	struct buf path = BUF_EMPTY;
	struct json_object *answer = NULL;
	struct json_build b;
	enum status st;

	remote_path(&path, "/v1/api-keys/");
	remote_path_uuid(&path, &c->args.operand.uuid);
	st = remote_call(c, "DELETE", &path, NULL, &answer);
	buf_clear(&path);
	json_object_put(answer);
	if (st != STATUS_DONE)
		return st;
	if (!c->json)
		return puts("revoked") >= 0 ? STATUS_DONE : STATUS_REFUSED;
	json_build_begin(&b);
	json_put_uuid(&b, "id", &c->args.operand.uuid);
	json_put_text(&b, "status", "revoked");
	return output_json(c, json_build_end(&b));
}
