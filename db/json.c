/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/hex.h"
#include "base/json_build.h"
#include "base/words.h"
#include "db/json.h"

static struct json_object *
resource_json(const struct grant *g)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "type", g->resource_type);
	json_put_text(&b, "id", g->resource_id);
	return json_build_end(&b);
}

struct json_object *
grant_json(const struct grant *g)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "id", &g->id);
	json_put_uuid(&b, "request_id", g->has_request_id ? &g->request_id : NULL);
	json_put_text(&b, "grantee_id", g->grantee_id);
	json_put_value(&b, "resource", resource_json(g));
	json_put_text(&b, "action", g->action);
	json_put_text(&b, "status", g->status);
	json_put_bool(&b, "audit_enabled", g->audit_enabled);
	json_put_time(&b, "expires_at", &g->expires_at);
	json_put_time(&b, "granted_at", &g->granted_at);
	json_put_time(&b, "revoked_at", g->has_revoked_at ? &g->revoked_at : NULL);
	json_put_raw(&b, "metadata", g->metadata);
	json_put_time(&b, "created_at", &g->created_at);
	json_put_time(&b, "updated_at", &g->updated_at);
	json_put_int(&b, "version", g->version);
	return json_build_end(&b);
}

/* Names separated by single spaces as an array. */
static struct json_object *
words_json(const char *words)
{
	struct json_object *array = json_object_new_array(), *word;
	size_t len;

	for (; array != NULL && *words != '\0'; words += len + (words[len] == ' ')) {
		len = strcspn(words, " ");
		word = json_object_new_string_len(words, (int)len);
		if (word == NULL || json_object_array_add(array, word) != 0) {
			json_object_put(word);
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

struct json_object *
key_record_json(const struct key_record *k)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "id", &k->id);
	json_put_text(&b, "key_name", k->key_name);
	json_put_text(&b, "name", k->name);
	json_put_value(&b, "roles", words_json(k->roles));
	json_put_text(&b, "status", k->status);
	json_put_time(&b, "expires_at", k->has_expires_at ? &k->expires_at : NULL);
	json_put_time(&b, "revoked_at", k->has_revoked_at ? &k->revoked_at : NULL);
	json_put_time(&b, "last_used_at", k->has_last_used_at ? &k->last_used_at : NULL);
	json_put_time(&b, "created_at", &k->created_at);
	json_put_time(&b, "updated_at", &k->updated_at);
	json_put_int(&b, "version", k->version);
	return json_build_end(&b);
}

struct json_object *
tenant_json(const struct tenant *t)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "id", &t->id);
	json_put_text(&b, "name", t->name);
	json_put_time(&b, "created_at", &t->created_at);
	json_put_time(&b, "updated_at", &t->updated_at);
	json_put_int(&b, "version", t->version);
	json_put_int(&b, "policy_version", t->policy_version);
	json_put_bool(&b, "failing_forbid_denies", t->failing_forbid_denies);
	json_put_text(&b, "state", t->state);
	json_put_text(&b, "moved_to", t->moved_to);
	json_put_text(&b, "hold", t->hold);
	return json_build_end(&b);
}

struct json_object *
policy_json(const struct policy *p)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "id", &p->id);
	json_put_text(&b, "name", p->name);
	json_put_int(&b, "priority", p->priority);
	json_put_bool(&b, "enabled", p->enabled);
	json_put_time(&b, "created_at", &p->created_at);
	json_put_time(&b, "updated_at", &p->updated_at);
	json_put_int(&b, "version", p->version);
	return json_build_end(&b);
}

struct json_object *
activity_event_json(const struct activity_event *e)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "id", &e->id);
	json_put_time(&b, "occurred_at", &e->occurred_at);
	json_put_text(&b, "service", e->service);
	json_put_text(&b, "name", e->name);
	json_put_text(&b, "kind", e->kind);
	json_put_text(&b, "outcome", e->outcome);
	json_put_text(&b, "source_ip", e->source_ip);
	if (e->details != NULL)
		json_put_raw(&b, "details", e->details);
	else
		json_put_text(&b, "details", NULL);
	return json_build_end(&b);
}

static void
put_hash(struct json_build *b, const char *member, const uint8_t hash[AUDIT_HASH_LEN])
{
	char text[AUDIT_HASH_LEN * 2 + 1];

	hex_print(hash, AUDIT_HASH_LEN, text);
	json_put_text(b, member, text);
}

struct json_object *
audit_row_json(const struct audit_row *e, bool with_tenant)
{
	struct json_build b;

	json_build_begin(&b);
	if (with_tenant)
		json_put_uuid(&b, "tenant_id", &e->tenant);
	json_put_uuid(&b, "id", &e->id);
	json_put_text(&b, "actor_id", e->actor_id);
	json_put_text(&b, "actor_type", e->actor_type);
	json_put_text(&b, "action", e->action);
	json_put_text(&b, "resource_type", e->resource_type);
	json_put_uuid(&b, "resource_id", &e->resource_id);
	json_put_text(&b, "outcome", e->outcome);
	json_put_raw(&b, "metadata", e->metadata);
	json_put_text(&b, "reasoning", e->reasoning);
	json_put_time(&b, "created_at", &e->created_at);
	json_put_int(&b, "sequence", e->sequence);
	put_hash(&b, "hash", e->hash);
	put_hash(&b, "previous_hash", e->previous_hash);
	return json_build_end(&b);
}

static struct json_object *
bucket_json(const struct activity_bucket *bucket)
{
	struct json_build b, events;
	int kind, outcome;

	json_build_begin(&b);
	json_put_time(&b, "from", &bucket->from);
	for (kind = 0; kind < ACTIVITY_KINDS; kind++) {
		json_build_begin(&events);
		for (outcome = 0; outcome < ACTIVITY_OUTCOMES; outcome++)
			json_put_int(&events, activity_outcome_words[outcome],
			    bucket->events[kind][outcome]);
		json_put_value(&b, activity_kind_words[kind], json_build_end(&events));
	}
	return json_build_end(&b);
}

static struct json_object *
series_json(const struct activity_summary *s)
{
	struct json_object *series = json_object_new_array();
	int i;

	for (i = 0; i < s->buckets; i++) {
		struct activity_bucket b = activity_bucket_at(s, i);

		json_array_append(&series, bucket_json(&b));
	}
	return series;
}

struct json_object *
activity_summary_json(const struct activity_summary *s)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_int(&b, "total_events", s->total);
	json_put_int(&b, "read_events", s->read);
	json_put_int(&b, "write_events", s->write);
	json_put_int(&b, "denied_events", s->denied);
	json_put_int(&b, "error_events", s->error);
	json_put_raw(&b, "services", s->services);
	if (s->in_buckets) {
		json_put_time(&b, "first_event_at", s->total > 0 ? &s->first : NULL);
		json_put_time(&b, "last_event_at", s->total > 0 ? &s->last : NULL);
		json_put_value(&b, "series", series_json(s));
	}
	return json_build_end(&b);
}
