/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "ctl/engine/output.h"
#include "ctl/key_output.h"
#include "db/json.h"

void
key_rows(struct table *t, const struct key_record *k)
{
	table_text(t, "id");
	table_uuid(t, &k->id);
	table_row(t, "key", k->key_name);
	table_row(t, "name", k->name);
	table_row(t, "roles", k->roles);
	table_row(t, "status", k->status);
	table_text(t, "created");
	table_time(t, &k->created_at);
	table_text(t, "expires");
	table_time(t, k->has_expires_at ? &k->expires_at : NULL);
	table_text(t, "revoked");
	table_time(t, k->has_revoked_at ? &k->revoked_at : NULL);
	table_text(t, "last used");
	table_time(t, k->has_last_used_at ? &k->last_used_at : NULL);
}

enum status
key_print(struct ctl *c, const struct key_record *k)
{
	struct table t;

	if (c->json)
		return output_json(c, key_record_json(k));
	table_begin(&t, NULL, 2);
	key_rows(&t, k);
	return output_table(c, &t);
}

static struct json_object *
new_key_json(const struct key_record *k, const struct key_text *key)
{
	struct json_object *o = key_record_json(k), *raw;

	if (o == NULL)
		return NULL;
	raw = json_object_new_string(key->text);
	if (raw != NULL && json_object_object_add(o, "raw_key", raw) == 0)
		return o;
	json_object_put(raw);
	json_object_put(o);
	return NULL;
}

enum status
key_print_new(struct ctl *c, const struct key_record *k, const struct key_text *key)
{
	char id[UUID_TEXT_LEN + 1];

	if (c->json)
		return output_json(c, new_key_json(k, key));
	uuid_print(&k->id, id);
	(void)puts(key->text);
	(void)fprintf(stderr, "Key %s (%s) with the roles: %s. It is shown only this once.\n", id,
	    k->key_name, k->roles);
	return STATUS_DONE;
}
