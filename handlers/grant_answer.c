/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/time_text.h"
#include "handlers/grant_answer.h"

void
grant_etag(const struct grant *g, char etag[GRANT_ETAG_MAX])
{
	(void)snprintf(etag, GRANT_ETAG_MAX, "\"%" PRId64 ".%s\"", g->version, g->status);
}

static struct json_object *
uuid_json(const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_print(u, text);
	return json_object_new_string(text);
}

static struct json_object *
time_json(int64_t t)
{
	char text[TIME_TEXT_LEN + 1];

	return time_print(t, text) ? json_object_new_string(text) : NULL;
}

/* Text that is JSON already is written as it is. */
static struct json_object *
raw_json(const char *text)
{
	struct json_object *value = json_object_new_object();
	char *copy = strdup(text);

	if (value == NULL || copy == NULL) {
		free(copy);
		json_object_put(value);
		return NULL;
	}
	json_object_set_serializer(value, json_object_userdata_to_json_string, copy,
	    json_object_free_userdata);
	return value;
}

/* Add a member, which NULL stands for out of memory; sticky in *ok. */
static void
add(struct json_object *o, const char *name, struct json_object *value, bool *ok)
{
	if (value == NULL || json_object_object_add(o, name, value) != 0) {
		json_object_put(value);
		*ok = false;
	}
}

static void
add_null(struct json_object *o, const char *name, bool *ok)
{
	if (json_object_object_add(o, name, NULL) != 0)
		*ok = false;
}

static void
add_resource(struct json_object *o, const struct grant *g, bool *ok)
{
	struct json_object *resource = json_object_new_object();

	if (resource != NULL) {
		add(resource, "type", json_object_new_string(g->resource_type), ok);
		add(resource, "id", json_object_new_string(g->resource_id), ok);
	}
	add(o, "resource", resource, ok);
}

struct json_object *
grant_json(const struct grant *g)
{
	struct json_object *o = json_object_new_object();
	bool ok = true;

	if (o == NULL)
		return NULL;
	add(o, "id", uuid_json(&g->id), &ok);
	if (g->has_request_id)
		add(o, "request_id", uuid_json(&g->request_id), &ok);
	else
		add_null(o, "request_id", &ok);
	add(o, "grantee_id", json_object_new_string(g->grantee_id), &ok);
	add_resource(o, g, &ok);
	add(o, "action", json_object_new_string(g->action), &ok);
	add(o, "status", json_object_new_string(g->status), &ok);
	add(o, "audit_enabled", json_object_new_boolean(g->audit_enabled), &ok);
	add(o, "expires_at", time_json(g->expires_at), &ok);
	add(o, "granted_at", time_json(g->granted_at), &ok);
	if (g->has_revoked_at)
		add(o, "revoked_at", time_json(g->revoked_at), &ok);
	else
		add_null(o, "revoked_at", &ok);
	add(o, "metadata", raw_json(g->metadata), &ok);
	add(o, "created_at", time_json(g->created_at), &ok);
	add(o, "updated_at", time_json(g->updated_at), &ok);
	add(o, "version", json_object_new_int64(g->version), &ok);
	if (ok)
		return o;
	json_object_put(o);
	return NULL;
}

void
grant_answer(struct response *rs, const struct grant *g, bool minimal)
{
	char etag[GRANT_ETAG_MAX];

	grant_etag(g, etag);
	response_header(rs, "ETag", etag);
	if (minimal) {
		response_header(rs, "Preference-Applied", "return=minimal");
		response_empty(rs, 204);
	} else {
		response_json(rs, 200, grant_json(g));
	}
}
