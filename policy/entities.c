/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/json_strict.h"
#include "base/number.h"
#include "base/utf8.h"
#include "cedar/cedar.h"
#include "policy/entities.h"

#define ROLES_MAX 32        /* the schema allows no more */
#define SET_ELEMENTS_MAX 64 /* of an array in metadata that can be read */

void
entity_texts_clear(struct entity_texts *t)
{
	json_object_put(t->metadata);
	json_object_put(t->target_metadata);
	t->metadata = t->target_metadata = NULL;
}

static struct cedar_entity *
make_entity(struct cedar_request *r, const char *type, const char *id)
{
	return cedar_entity(r, cedar_str(type), cedar_str(id));
}

/* Times are datetimes, whose unit is the millisecond; microseconds are dropped, also before 1970. */
static void
put_time(struct cedar_record *rec, const char *name, int64_t us)
{
	int64_t ms = us / 1000 - (us % 1000 < 0 ? 1 : 0);

	cedar_put_datetime(rec, cedar_str(name), ms);
}

static void
put_text(struct cedar_record *rec, const char *name, const char *text)
{
	if (text != NULL)
		cedar_put_string(rec, cedar_str(name), cedar_str(text));
}

static size_t
split_roles(const char *roles, struct cedar_str role[ROLES_MAX])
{
	size_t n = 0;

	while (*roles != '\0' && n < ROLES_MAX) {
		size_t len = strcspn(roles, " ");

		if (len > 0)
			role[n++] = (struct cedar_str){ roles, len };
		roles += len + (roles[len] == ' ' ? 1 : 0);
	}
	return n;
}

static struct cedar_entity *
build_key(struct cedar_request *r, const char *id, const char *name, const char *roles,
    struct cedar_entity *tenant)
{
	struct cedar_entity *key = make_entity(r, "ApiKey", id);
	struct cedar_record *attributes = cedar_entity_attributes(key);
	struct cedar_str role[ROLES_MAX];
	size_t n = split_roles(roles, role), i;

	cedar_entity_parent(key, tenant);
	for (i = 0; i < n; i++)
		cedar_entity_parent(key, cedar_entity(r, cedar_str("Role"), role[i]));
	put_text(attributes, "name", name);
	cedar_put_strings(attributes, cedar_str("roles"), role, n);
	return key;
}

static void
build_principal(struct cedar_request *r, const struct policy_question *q, struct entity_texts *t,
    struct cedar_entity *tenant)
{
	uuid_print(q->key, t->key);
	cedar_request_principal(r, build_key(r, t->key, q->key_name, q->roles, tenant));
}

static void
build_action(struct cedar_request *r, const struct policy_question *q)
{
	struct cedar_entity *action = make_entity(r, "Action", q->action);

	cedar_entity_parent(action, make_entity(r, "Action", q->write ? "write" : "read"));
	cedar_request_action(r, action);
}

static void put_members(struct cedar_record *, struct json_object *);

static void
put_strings(struct cedar_record *rec, const char *name, struct json_object *array)
{
	struct cedar_str text[SET_ELEMENTS_MAX];
	size_t n = json_object_array_length(array), i;

	for (i = 0; i < n; i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (n > SET_ELEMENTS_MAX || !json_object_is_type(item, json_type_string)) {
			cedar_put_unheld(rec, cedar_str(name));
			return;
		}
		text[i] = (struct cedar_str){ json_object_get_string(item),
			(size_t)json_object_get_string_len(item) };
	}
	cedar_put_strings(rec, cedar_str(name), text, n);
}

/*
 * The one place where a number becomes a Long, by its value alone: the database writes 1e2 as 100 and keeps the zero of
 * 1.0, a described grant has both as they were sent.
 */
static void
put_number(struct cedar_record *rec, const char *name, struct json_object *number)
{
	int64_t value;

	if (json_object_is_type(number, json_type_int)) /* of 64 bits, or it would be none */
		cedar_put_long(rec, cedar_str(name), json_object_get_int64(number));
	else if (number_whole(&value, json_object_get_string(number)))
		cedar_put_long(rec, cedar_str(name), value);
	else
		cedar_put_unheld(rec, cedar_str(name));
}

static void
put_member(struct cedar_record *rec, const char *name, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_boolean:
		cedar_put_bool(rec, cedar_str(name), json_object_get_boolean(value));
		break;
	case json_type_int:
	case json_type_double:
		put_number(rec, name, value);
		break;
	case json_type_string:
		cedar_put_string(rec, cedar_str(name),
		    (struct cedar_str){ json_object_get_string(value),
			(size_t)json_object_get_string_len(value) });
		break;
	case json_type_array:
		put_strings(rec, name, value);
		break;
	case json_type_object:
		put_members(cedar_put_record(rec, cedar_str(name)), value);
		break;
	case json_type_null:
		cedar_put_unheld(rec, cedar_str(name));
		break;
	}
}

/* Recursion is bounded by the reader's depth. */
static void
put_members(struct cedar_record *rec, struct json_object *object)
{
	struct json_object_iterator i = json_object_iter_begin(object);
	struct json_object_iterator end = json_object_iter_end(object);

	for (; !json_object_iter_equal(&i, &end); json_object_iter_next(&i))
		put_member(rec, json_object_iter_peek_name(&i), json_object_iter_peek_value(&i));
}

/* Metadata that cannot be read is a value of no type, as what Cedar cannot hold in it is. */
static void
build_metadata(struct cedar_record *attributes, const char *name, const char *text,
    struct json_object **read)
{
	struct json_fault fault;
	struct cedar_record *metadata;

	if (strcmp(text, "{}") != 0 &&
	    (!json_strict_parse(text, strlen(text), JSON_DEPTH_MAX, read, &fault) ||
		!json_object_is_type(*read, json_type_object))) {
		cedar_put_unheld(attributes, cedar_str(name));
		return;
	}
	metadata = cedar_put_record(attributes, cedar_str(name));
	if (*read != NULL)
		put_members(metadata, *read);
}

static void
build_attributes(struct cedar_record *a, const struct grant *g, struct entity_texts *t)
{
	put_text(a, "id", t->grant);
	if (g->has_request_id) {
		uuid_print(&g->request_id, t->grant_request);
		put_text(a, "request_id", t->grant_request);
	}
	put_text(a, "grantee_id", g->grantee_id);
	put_text(a, "resource_type", g->resource_type);
	put_text(a, "resource_id", g->resource_id);
	put_text(a, "action", g->action);
	put_text(a, "status", g->status);
	cedar_put_bool(a, cedar_str("audit_enabled"), g->audit_enabled);
	put_time(a, "expires_at", g->expires_at);
	put_time(a, "granted_at", g->granted_at);
	if (g->has_revoked_at)
		put_time(a, "revoked_at", g->revoked_at);
	build_metadata(a, "metadata", g->metadata, &t->metadata);
	put_time(a, "created_at", g->created_at);
	put_time(a, "updated_at", g->updated_at);
	cedar_put_long(a, cedar_str("version"), g->version);
}

static void
build_resource(struct cedar_request *r, const struct policy_question *q, struct entity_texts *t,
    struct cedar_entity *tenant)
{
	const struct uuid *id = q->grant != NULL ? &q->grant->id : q->grant_id;
	struct cedar_entity *grant;

	if (id == NULL) {
		cedar_request_resource(r, tenant);
		return;
	}
	uuid_print(id, t->grant);
	grant = make_entity(r, "Grant", t->grant);
	cedar_entity_parent(grant, tenant);
	if (q->grant != NULL)
		build_attributes(cedar_entity_attributes(grant), q->grant, t);
	else
		cedar_entity_opaque(grant, true);
	cedar_request_resource(r, grant);
}

/*
 * An address in the form that Cedar knows: no zone, no dotted tail, and an IPv4 address that came over an IPv6 socket as
 * the IPv4 address that it is. False: no address, such as a web server's "unix:".
 */
static bool
source_address(const char *text, char address[INET6_ADDRSTRLEN])
{
	struct in_addr v4;
	struct in6_addr v6;
	const unsigned char *b = v6.s6_addr;

	if (text == NULL)
		return false;
	if (inet_pton(AF_INET6, text, &v6) == 1) {
		if (!IN6_IS_ADDR_V4MAPPED(&v6)) {
			(void)snprintf(address, INET6_ADDRSTRLEN,
			    "%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x:%02x%02x",
			    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10],
			    b[11], b[12], b[13], b[14], b[15]);
			return true;
		}
		memcpy(&v4, b + 12, sizeof(v4));
	} else if (inet_pton(AF_INET, text, &v4) != 1) {
		return false;
	}
	return inet_ntop(AF_INET, &v4, address, INET6_ADDRSTRLEN) != NULL;
}

/*
 * What the caller says of itself, as it likes: what is empty or no printable text is as if it had said nothing, in a request and
 * in a described one.
 */
static void
put_said(struct cedar_record *context, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0' && utf8_printable(text, strlen(text)))
		cedar_put_string(context, cedar_str(name), cedar_str(text));
}

/* The key that is spoken of may be the caller's own: that entity is there already. */
static void
put_key(struct cedar_request *r, struct cedar_record *context, const struct about *a,
    const struct entity_texts *t, struct cedar_entity *tenant)
{
	const struct about_value *name = &a->member[ABOUT_NAME], *roles = &a->member[ABOUT_ROLES];
	const char *id = a->member[ABOUT_KEY].text;
	struct cedar_entity *key = strcmp(id, t->key) == 0 ?
	    make_entity(r, "ApiKey", id) :
	    build_key(r, id, name->there ? name->text : NULL, roles->there ? roles->text : "",
		tenant);

	cedar_put_entity(context, cedar_str("target_key"), key);
}

static void
put_roles(struct cedar_record *context, const char *name, const char *roles)
{
	struct cedar_str role[ROLES_MAX];
	size_t n = split_roles(roles, role);

	cedar_put_strings(context, cedar_str(name), role, n);
}

static void
build_about(struct cedar_request *r, const struct about *a, struct entity_texts *t,
    struct cedar_entity *tenant)
{
	struct cedar_record *context = cedar_request_context(r);
	int i;

	for (i = 0; i < ABOUT__MAX; i++) {
		const struct about_value *v = &a->member[i];
		const char *name = about_name((enum about_member)i);

		if (!v->there)
			continue;
		switch (about_type((enum about_member)i)) {
		case ABOUT_IS_KEY:
			put_key(r, context, a, t, tenant);
			break;
		case ABOUT_IS_LINE:
		case ABOUT_IS_TEXT:
		case ABOUT_IS_ID:
		case ABOUT_IS_EFFECT:
			put_text(context, name, v->text);
			break;
		case ABOUT_IS_ROLES:
			put_roles(context, name, v->text);
			break;
		case ABOUT_IS_TIME:
			put_time(context, name, v->number);
			break;
		case ABOUT_IS_NUMBER:
			cedar_put_long(context, cedar_str(name), v->number);
			break;
		case ABOUT_IS_FLAG:
			cedar_put_bool(context, cedar_str(name), v->flag);
			break;
		case ABOUT_IS_OBJECT:
			build_metadata(context, name, v->text, &t->target_metadata);
			break;
		}
	}
}

static void
build_context(struct cedar_request *r, const struct policy_question *q, struct entity_texts *t)
{
	struct cedar_record *context = cedar_request_context(r);

	if (q->has_audit_enabled)
		cedar_put_bool(context, cedar_str("audit_enabled"), q->audit_enabled);
	put_text(context, "request_id", q->request_id);
	if (source_address(q->source_ip, t->source_ip))
		cedar_put_ip(context, cedar_str("source_ip"), cedar_str(t->source_ip));
	put_time(context, "now", q->now);
	put_said(context, "user_agent", q->user_agent);
	put_said(context, "reason", q->reason);
}

void
entities_build(struct cedar_request *r, const struct policy_question *q, struct entity_texts *t)
{
	struct cedar_entity *tenant;

	entity_texts_clear(t);
	uuid_print(q->tenant, t->tenant);
	tenant = make_entity(r, "Tenant", t->tenant);
	build_principal(r, q, t, tenant);
	build_action(r, q);
	build_resource(r, q, t, tenant);
	build_context(r, q, t);
	if (q->about != NULL)
		build_about(r, q->about, t, tenant);
}
