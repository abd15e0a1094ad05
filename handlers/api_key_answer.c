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
#include "handlers/limit.h"

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
api_key_new(struct call *c)
{
	struct of_api_key *of = &c->of.api_key;

	if (of->raw[0] == '\0' &&
	    (!api_key_make(of->raw) || !api_key_check(of->raw, strlen(of->raw), of->raw_name) ||
		!api_key_hash(of->raw, strlen(of->raw), of->raw_hash)))
		return false;
	of->new.id = c->change.id;
	of->new.key_name = of->raw_name;
	of->new.hash = of->raw_hash;
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

	if (c->of.api_key.is.made.change == CHANGE_PAST) {
		answer_invalid_member(c, "expires_at", "a time to come");
		return;
	}
	limit_good(c, c->of.api_key.raw_hash);
	value = key_record_json(&c->of.api_key.is.made);
	if (value != NULL &&
	    json_object_object_add(value, "raw_key", json_object_new_string(c->of.api_key.raw)) !=
		0) {
		json_object_put(value);
		value = NULL;
	}
	uuid_print(&c->of.api_key.is.made.id, path + strlen(path));
	api_key_etag(&c->of.api_key.is.made, etag);
	answer_created(c, path, etag, value);
}
