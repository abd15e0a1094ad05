/* SPDX-License-Identifier: MIT */
/* grantctl key list, revoke, check. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/key_output.h"
#include "ctl/remotes.h"
#include "db/json.h"

static enum status key_list(struct ctl *);
static enum status key_revoke(struct ctl *);
static enum status key_check(struct ctl *);

static const struct option list_options[] = {
	OPTION_TENANT,
	OPTION_STATUS,
	OPTION_LIMIT,
	OPTIONS_REMOTE,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_key_list = {
	.name = "key list",
	.summary = "List a tenant's API keys, newest first",
	.options = list_options,
	.needs = NEEDS_OWNER,
	.run = key_list,
	.remote = key_list_remote,
};

static const struct option revoke_options[] = { OPTION_TENANT, OPTION_REASON, OPTIONS_REMOTE,
	OPTION_JSON, OPTIONS_END };

const struct command cmd_key_revoke = {
	.name = "key revoke",
	.summary = "Revoke an API key; it stops working with the next request",
	.help = "Revoking it again changes nothing.",
	.options = revoke_options,
	.operand = { .value = "KEY", .type = VALUE_UUID, .help = "the key's id" },
	.needs = NEEDS_OWNER,
	.run = key_revoke,
	.remote = key_revoke_remote,
};

static const struct option check_options[] = { OPTION_JSON, OPTIONS_END };

const struct command cmd_key_check = {
	.name = "key check",
	.summary = "Read a key from standard input; say whose it is and whether it works",
	.options = check_options,
	.needs = NEEDS_OWNER,
	.run = key_check,
};

struct which {
	const struct uuid *tenant;
	const char *status;
};

static void
queue_keys(struct db *db, const void *what, const struct page *page, struct db_list *list)
{
	const struct which *w = what;

	db_key_list(db, w->tenant, w->status, page, list);
}

static void
key_cells(struct table *t, const struct db_list *list, int i)
{
	struct key_record k = key_record_at(list, i);

	table_uuid(t, &k.id);
	table_text(t, k.key_name);
	table_text(t, k.status);
	table_time(t, k.has_expires_at ? &k.expires_at : NULL);
	table_time(t, k.has_last_used_at ? &k.last_used_at : NULL);
	table_text(t, k.roles);
	table_text(t, k.name);
}

static struct json_object *
key_json(const struct db_list *list, int i)
{
	struct key_record k = key_record_at(list, i);

	return key_record_json(&k);
}

static enum status
key_list(struct ctl *c)
{
	static const char *const headings[] = { "ID", "KEY", "STATUS", "EXPIRES", "LAST USED",
		"ROLES", "NAME" };
	static const struct listing listing = {
		.headings = headings,
		.columns = COUNT_OF(headings),
		.queue = queue_keys,
		.cells = key_cells,
		.json = key_json,
	};
	const struct which w = {
		.tenant = args_uuid(&c->args, "tenant"),
		.status = args_text(&c->args, "status"),
	};

	return output_list(c, &listing, w.tenant, &w);
}

static enum status
key_revoke(struct ctl *c)
{
	struct key_record now = KEY_RECORD_EMPTY, changed = KEY_RECORD_EMPTY;
	struct tenant tenant = TENANT_EMPTY;
	struct change_by by;
	const struct uuid *tenant_id = args_uuid(&c->args, "tenant"), *id = &c->args.operand.uuid;
	enum status st = STATUS_REFUSED;
	enum outcome rc;

	if (!session_entry(c, "RevokeApiKey", &by))
		return STATUS_REFUSED;
	session_begin(c, DB_READ_WRITE, tenant_id, &tenant);
	db_key_revoke(c->db, tenant_id, id, &by, &changed);
	db_key_get(c->db, tenant_id, id, &now);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, tenant_id, &tenant))
		st = now.found ? key_print(c, &now) : session_not_there(c, "key");
	tenant_clear(&tenant);
	key_record_clear(&changed);
	key_record_clear(&now);
	return st;
}

/* Find the key's row in any tenant: *place says where. Leaves k->found false if there is none. */
static enum outcome
find(struct ctl *c, const struct key_text *key, struct key_place *place, struct key_record *k)
{
	enum outcome rc;

	db_begin(c->db, DB_READ_ONLY);
	db_key_find(c->db, key->hash, place);
	rc = db_exchange(c->db);
	if (rc != DONE || !place->found)
		return rc;
	db_tenant_choose(c->db, &place->tenant);
	db_key_get(c->db, &place->tenant, &place->id, k);
	return db_commit(c->db);
}

static struct json_object *
check_json(const struct key_text *key, const struct key_place *place, const struct key_record *k)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "key_name", key->name);
	json_put_text(&b, "status", k->found ? k->status : "unknown");
	json_put_uuid(&b, "tenant_id", k->found ? &place->tenant : NULL);
	if (k->found)
		json_put_value(&b, "key", key_record_json(k));
	else
		json_put_text(&b, "key", NULL);
	return json_build_end(&b);
}

static enum status
print_check(struct ctl *c, const struct key_text *key, const struct key_place *place,
    const struct key_record *k)
{
	struct table t;

	if (c->json)
		return output_json(c, check_json(key, place, k));
	if (!k->found)
		return session_refuse(c, "the key %s is well formed, and not known here",
		    key->name);
	table_begin(&t, NULL, 2);
	table_text(&t, "tenant");
	table_uuid(&t, &place->tenant);
	key_rows(&t, k);
	return output_table(c, &t);
}

/* STATUS_DONE only if the key would work now. */
static enum status
key_check(struct ctl *c)
{
	struct key_record k = KEY_RECORD_EMPTY;
	struct key_place place;
	struct key_text key;
	enum status st;
	enum outcome rc;

	if (!key_text_read(c, &key))
		return STATUS_REFUSED;
	rc = find(c, &key, &place, &k);
	st = rc == DONE ? print_check(c, &key, &place, &k) : session_failed(c, rc);
	if (st == STATUS_DONE && (!k.found || strcmp(k.status, "active") != 0))
		st = STATUS_REFUSED;
	key_text_wipe(&key);
	key_record_clear(&k);
	return st;
}
