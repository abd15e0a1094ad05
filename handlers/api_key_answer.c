/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/time_text.h"
#include "db/json.h"
#include "handlers/answer.h"
#include "handlers/api_key_answer.h"

void
api_key_etag(const struct key_record *k, char etag[ETAG_TEXT_MAX])
{
	(void)snprintf(etag, ETAG_TEXT_MAX, "\"%" PRId64 ".%s\"", k->version, k->status);
}

struct json_object *
api_key_item(const struct db_list *list, int i)
{
	struct key_record k = key_record_at(list, i);

	return key_record_json(&k);
}

bool
api_key_new(struct call *c, struct key_new *n, uint8_t hash[API_KEY_HASH_LEN])
{
	if (!uuid_make_v7(&n->id) || !api_key_make(c->raw_key) ||
	    !api_key_check(c->raw_key, strlen(c->raw_key), c->raw_key_name) ||
	    !api_key_hash(c->raw_key, strlen(c->raw_key), hash))
		return false;
	n->key_name = c->raw_key_name;
	n->hash = hash;
	return true;
}

bool
api_key_expiry(struct json_object *body, struct key_new *n)
{
	const char *text = json_object_get_string(json_object_object_get(body, "expires_at"));

	n->has_expires_at = text != NULL;
	return text == NULL || time_parse(&n->expires_at, text, strlen(text));
}

void
answer_api_key_created(struct call *c)
{
	char path[sizeof("/v1/api-keys/") + UUID_TEXT_LEN] = "/v1/api-keys/", etag[ETAG_TEXT_MAX];
	struct json_object *value;

	if (!c->api_key_changed.found) {
		answer_invalid_member(c, "expires_at", "a time to come");
		return;
	}
	value = key_record_json(&c->api_key_changed);
	if (value != NULL &&
	    json_object_object_add(value, "raw_key", json_object_new_string(c->raw_key)) != 0) {
		json_object_put(value);
		value = NULL;
	}
	uuid_print(&c->api_key_changed.id, path + strlen(path));
	api_key_etag(&c->api_key_changed, etag);
	answer_created(c, path, etag, value);
}
