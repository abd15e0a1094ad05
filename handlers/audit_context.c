/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/utf8.h"
#include "handlers/audit_context.h"
#include "handlers/authorize.h"

#define USER_AGENT_MAX 512

/* Bytes of a refused body that the audit log keeps: whole members, as far as there is room; the others are named. */
#define REQUESTED_MAX 1024

/* What a client says of itself may be any bytes; what the log stores is text. Cut, and '?' for what is none. */
static struct json_object *
client_text(const char *text)
{
	char clean[USER_AGENT_MAX];
	size_t left = text != NULL ? strlen(text) : 0;
	size_t used = 0;

	if (left == 0)
		return NULL;
	while (left > 0) {
		size_t n = utf8_sequence(text, left);
		bool good = n > 0 && utf8_printable(text, n);

		if (used + (good ? n : 1) > sizeof(clean))
			break;
		if (good)
			memcpy(clean + used, text, n);
		else
			clean[used] = '?';
		used += good ? n : 1;
		text += n > 0 ? n : 1;
		left -= n > 0 ? n : 1;
	}
	return json_object_new_string_len(clean, (int)used);
}

/* What went wrong when the policies were asked: nothing is added where nothing did. */
static bool
add_failures(struct json_object *context, const struct decision *d)
{
	const char *reason = decision_reason(d);
	struct json_object *failed;

	if (reason != NULL &&
	    json_object_object_add(context, "denied_for", json_object_new_string(reason)) != 0)
		return false;
	if (d->failures == 0)
		return true;
	failed = decision_failed_json(d);
	if (failed != NULL && json_object_array_length(failed) > 0)
		return json_object_object_add(context, "failed_rules", failed) == 0;
	json_object_put(failed);
	return failed != NULL;
}

bool
audit_context_make(struct call *c)
{
	struct change_by *by = &c->change.by;

	json_object_put(c->change.context);
	c->change.context = json_object_new_object();
	if (c->change.context == NULL)
		return false;
	if (json_object_object_add(c->change.context, "request_id",
		json_object_new_string(c->rs->request_id)) != 0 ||
	    json_object_object_add(c->change.context, "source_ip",
		client_text(c->request.rq->remote_addr)) != 0 ||
	    json_object_object_add(c->change.context, "user_agent",
		client_text(c->request.rq->header[HEADER_USER_AGENT])) != 0 ||
	    json_object_object_add(c->change.context, "rules", decision_rules_json(&c->decision)) !=
		0 ||
	    !add_failures(c->change.context, &c->decision))
		return false;
	by->key_hash = c->caller.key_hash;
	by->action = c->op->id;
	by->reason = c->request.reason;
	by->context = json_object_to_json_string_ext(c->change.context, JSON_C_TO_STRING_PLAIN);
	return by->context != NULL;
}

static bool
add_path(struct json_object *to, const struct call *c)
{
	char name[64], id[UUID_TEXT_LEN + 1];
	size_t i;

	for (i = 0; i < c->request.path.count; i++) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)c->request.path.value[i].name_len,
		    c->request.path.value[i].name);
		uuid_print(&c->request.path_id[i], id);
		if (json_object_object_add(to, name, json_object_new_string(id)) != 0)
			return false;
	}
	return true;
}

static bool
add_body(struct json_object *to, struct json_object *body)
{
	struct json_object *left_out = NULL;
	size_t room = REQUESTED_MAX, len;

	json_object_object_foreach(body, name, value)
	{
		const char *text = json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN);

		if (text == NULL)
			return false;
		len = strlen(name) + strlen(text);
		if (len <= room) {
			room -= len;
			if (json_object_object_add(to, name, json_object_get(value)) != 0)
				return false;
			continue;
		}
		if (left_out == NULL &&
		    ((left_out = json_object_new_array()) == NULL ||
			json_object_object_add(to, "left_out", left_out) != 0))
			return false;
		if (json_object_array_add(left_out, json_object_new_string(name)) != 0)
			return false;
	}
	return true;
}

struct json_object *
audit_requested(const struct call *c)
{
	struct json_object *o = json_object_new_object();

	if (o != NULL && (c->op->target == TARGET_GRANT || add_path(o, c)) &&
	    (c->request.body == NULL || add_body(o, c->request.body)))
		return o;
	json_object_put(o);
	return NULL;
}
