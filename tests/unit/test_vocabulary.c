/* SPDX-License-Identifier: MIT */
/*
 * policy/grantd.cedarschema against base/operations.h, what handlers take, and what policy/entities.c puts before the
 * engine: here its calls are heard instead.
 */
#include "config.h"

#include "cedar/schema.h"

/* entities.c is compiled with these in place of the engine's. */
#define cedar_entity heard_entity
#define cedar_entity_attributes heard_entity_attributes
#define cedar_entity_opaque heard_entity_opaque
#define cedar_entity_parent heard_entity_parent
#define cedar_put_bool heard_put_bool
#define cedar_put_datetime heard_put_datetime
#define cedar_put_entity heard_put_entity
#define cedar_put_ip heard_put_ip
#define cedar_put_long heard_put_long
#define cedar_put_record heard_put_record
#define cedar_put_string heard_put_string
#define cedar_put_strings heard_put_strings
#define cedar_request_action heard_request_action
#define cedar_request_context heard_request_context
#define cedar_request_principal heard_request_principal
#define cedar_request_resource heard_request_resource

#define FIELDS_MAX 64

/* What was put into a record; a record within one is heard of, and not what is in it. */
struct cedar_record {
	struct {
		char name[64];
		enum type_kind kind;
	} field[FIELDS_MAX];
	size_t count;
	bool deaf;
};

struct cedar_entity {
	char type[32], id[64];
	struct cedar_record attributes;
	struct cedar_entity *parent[40];
	size_t parents;
};

struct cedar_request {
	struct cedar_entity entity[40];
	size_t count;
	struct cedar_record context, deaf;
	const struct cedar_entity *principal, *action, *resource;
};

static struct cedar_request *hearing;

struct cedar_entity *heard_entity(struct cedar_request *, struct cedar_str, struct cedar_str);
struct cedar_record *heard_entity_attributes(struct cedar_entity *);
void heard_entity_opaque(struct cedar_entity *, bool);
void heard_entity_parent(struct cedar_entity *, struct cedar_entity *);
void heard_put_bool(struct cedar_record *, struct cedar_str, bool);
void heard_put_datetime(struct cedar_record *, struct cedar_str, int64_t);
void heard_put_entity(struct cedar_record *, struct cedar_str, const struct cedar_entity *);
void heard_put_ip(struct cedar_record *, struct cedar_str, struct cedar_str);
void heard_put_long(struct cedar_record *, struct cedar_str, int64_t);
struct cedar_record *heard_put_record(struct cedar_record *, struct cedar_str);
void heard_put_string(struct cedar_record *, struct cedar_str, struct cedar_str);
void heard_put_strings(struct cedar_record *, struct cedar_str, const struct cedar_str *, size_t);
void heard_request_action(struct cedar_request *, struct cedar_entity *);
struct cedar_record *heard_request_context(struct cedar_request *);
void heard_request_principal(struct cedar_request *, struct cedar_entity *);
void heard_request_resource(struct cedar_request *, struct cedar_entity *);

#include "policy/entities.c"

#include "handlers/operation.h"
#include "policy/actions.h"
#include "policy/vocabulary.h"
#include "tests/unit/unit.h"

static void
copy(char *to, size_t size, struct cedar_str from)
{
	(void)snprintf(to, size, "%.*s", (int)from.len, from.data);
}

struct cedar_entity *
heard_entity(struct cedar_request *r, struct cedar_str type, struct cedar_str id)
{
	struct cedar_entity *e = &r->entity[r->count++];

	assert_true(r->count <= COUNT_OF(r->entity));
	copy(e->type, sizeof(e->type), type);
	copy(e->id, sizeof(e->id), id);
	return e;
}

struct cedar_record *
heard_entity_attributes(struct cedar_entity *e)
{
	return &e->attributes;
}

void
heard_entity_opaque(struct cedar_entity *e, bool opaque)
{
	(void)e;
	(void)opaque;
}

void
heard_entity_parent(struct cedar_entity *e, struct cedar_entity *parent)
{
	assert_true(e->parents < COUNT_OF(e->parent));
	e->parent[e->parents++] = parent;
}

static void
hear(struct cedar_record *r, struct cedar_str name, enum type_kind kind)
{
	if (r->deaf)
		return;
	assert_true(r->count < FIELDS_MAX);
	copy(r->field[r->count].name, sizeof(r->field[0].name), name);
	r->field[r->count++].kind = kind;
}

void
heard_put_bool(struct cedar_record *r, struct cedar_str name, bool value)
{
	(void)value;
	hear(r, name, TYPE_BOOL);
}

void
heard_put_datetime(struct cedar_record *r, struct cedar_str name, int64_t value)
{
	(void)value;
	hear(r, name, TYPE_DATETIME);
}

void
heard_put_entity(struct cedar_record *r, struct cedar_str name, const struct cedar_entity *e)
{
	assert_string_equal(e->type, "ApiKey");
	hear(r, name, TYPE_ENTITY);
}

void
heard_put_ip(struct cedar_record *r, struct cedar_str name, struct cedar_str value)
{
	(void)value;
	hear(r, name, TYPE_IP);
}

void
heard_put_long(struct cedar_record *r, struct cedar_str name, int64_t value)
{
	(void)value;
	hear(r, name, TYPE_LONG);
}

struct cedar_record *
heard_put_record(struct cedar_record *r, struct cedar_str name)
{
	hear(r, name, TYPE_OPEN_RECORD);
	hearing->deaf.deaf = true;
	return &hearing->deaf;
}

void
heard_put_string(struct cedar_record *r, struct cedar_str name, struct cedar_str value)
{
	(void)value;
	hear(r, name, TYPE_STRING);
}

void
heard_put_strings(struct cedar_record *r, struct cedar_str name, const struct cedar_str *values,
    size_t count)
{
	(void)values;
	(void)count;
	hear(r, name, TYPE_SET);
}

void
heard_request_action(struct cedar_request *r, struct cedar_entity *e)
{
	r->action = e;
}

struct cedar_record *
heard_request_context(struct cedar_request *r)
{
	return &r->context;
}

void
heard_request_principal(struct cedar_request *r, struct cedar_entity *e)
{
	r->principal = e;
}

void
heard_request_resource(struct cedar_request *r, struct cedar_entity *e)
{
	r->resource = e;
}

/* ---- questions ---- */

static const struct uuid some = { .octet = { 1 } };

/* A grant with all that a grant may have, or with what it must have alone. */
static struct grant
some_grant(bool full)
{
	return (struct grant){
		.found = true,
		.id = some,
		.has_request_id = full,
		.grantee_id = "g",
		.resource_type = "t",
		.resource_id = "r",
		.action = "a",
		.status = "active",
		.has_revoked_at = full,
		.metadata = "{\"team\": \"a\"}",
		.version = 1,
	};
}

/* Whether the body of an operation may say whether a grant is audited, which policies are told. */
static bool
takes_audit_enabled(const struct operation *op)
{
	size_t i;

	for (i = 0; op->body != NULL && i < op->body->count; i++)
		if (strcmp(op->body->members[i].name, "audit_enabled") == 0)
			return true;
	return false;
}

/* What a change is about, as far as the schema says that it is: of each member its type is heard. */
static void
tell_about(struct about *about, const struct cedar_schema *schema, const char *id, bool full)
{
	const struct schema_action *action = cd_schema_action(schema, id, strlen(id));
	const struct attribute *a;
	int i;

	assert_non_null(action);
	for (i = 0; i < ABOUT__MAX; i++) {
		a = cd_type_attribute(action->context, about_name((enum about_member)i),
		    strlen(about_name((enum about_member)i)));
		if (a == NULL || !(full || a->required))
			continue;
		about_number(about, (enum about_member)i, 1);
		about->member[i].text = about_type((enum about_member)i) == ABOUT_IS_OBJECT ? "{}" :
											      "x";
	}
}

/* What is asked for an operation at the most, or at the least. */
static void
ask(struct cedar_request *r, const struct cedar_schema *schema, const struct operation *op,
    const struct policy_action *action, bool full)
{
	static struct entity_texts texts;
	struct grant grant = some_grant(full);
	struct about about = { .member = { { .there = false } } };
	struct policy_question q = {
		.tenant = &some,
		.key = &some,
		.key_name = "k",
		.about = &about,
		.roles = "admin",
		.action = action->id,
		.write = action->write,
		.grant = action->entity == ENTITY_GRANT ? &grant : NULL,
		.has_audit_enabled = full && takes_audit_enabled(op),
		.request_id = "q",
		.source_ip = full ? "10.0.0.1" : NULL,
		.user_agent = full ? "u" : NULL,
		.reason = full && op->access == ACCESS_WRITE ? "r" : NULL,
	};

	memset(r, 0, sizeof(*r));
	hearing = r;
	tell_about(&about, schema, action->id, full);
	entities_build(r, &q, &texts);
	entity_texts_clear(&texts);
}

/* ---- held to the schema ---- */

static const struct attribute *
find(const struct type *record, const char *name)
{
	return cd_type_attribute(record, name, strlen(name));
}

static bool
was_put(const struct cedar_record *r, const struct name *name)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (cd_name_is(name, r->field[i].name))
			return true;
	return false;
}

/* Full: all that is there is declared, as it is, and all that is declared is there. Else just what is required is there. */
static void
hold_record(const struct cedar_record *r, const struct type *type, bool full, const char *of)
{
	const struct attribute *a;
	size_t i;

	for (i = 0; i < r->count; i++) {
		a = find(type, r->field[i].name);
		if (a == NULL || a->type->kind != r->field[i].kind ||
		    (a->type->kind == TYPE_SET && a->type->element->kind != TYPE_STRING))
			fail_msg("%s: %s is not in the schema, or otherwise", of, r->field[i].name);
	}
	for (i = 0; i < type->count; i++) {
		a = &type->attributes[i];
		if (was_put(r, a->name) != (full || a->required))
			fail_msg("%s: %.*s %s", of, (int)a->name->len, a->name->text,
			    full ? "is in the schema alone" :
				   "is required, or not, against the schema");
	}
}

static const struct entity_type *
type_of(const struct cedar_schema *schema, const struct cedar_entity *e)
{
	const struct entity_type *type = cd_schema_type(schema, e->type, strlen(e->type));

	if (type == NULL)
		fail_msg("the schema has no type %s", e->type);
	return type;
}

static void
hold_entity(const struct cedar_schema *schema, const struct cedar_entity *e, bool full)
{
	const struct entity_type *type = type_of(schema, e), *in;
	size_t i;

	if (e->attributes.count > 0 || type->record->count == 0)
		hold_record(&e->attributes, type->record, full, e->type);
	for (i = 0; i < e->parents; i++) {
		in = type_of(schema, e->parent[i]);
		if (!schema->type_in[type->number * schema->type_count + in->number])
			fail_msg("the schema has no %s in a %s", e->type, e->parent[i]->type);
	}
}

/* Applies to this one type and to no other. */
static void
hold_applies(const struct cedar_schema *schema, const bool *which, const struct cedar_entity *e)
{
	const struct entity_type *type = type_of(schema, e);
	uint32_t i;

	for (i = 0; i < schema->type_count; i++)
		if (which[i] != (i == type->number))
			fail_msg("applies to %s, or not", e->type);
}

static void
hold_action(const struct cedar_schema *schema, const struct cedar_request *r, bool full)
{
	const struct schema_action *action = cd_schema_action(schema, r->action->id,
				       strlen(r->action->id)),
				   *group;

	if (action == NULL || action->principals == NULL)
		fail_msg("the schema has no action %s", r->action->id);
	hold_applies(schema, action->principals, r->principal);
	hold_applies(schema, action->resources, r->resource);
	hold_record(&r->context, action->context, full, r->action->id);
	assert_int_equal(r->action->parents, 1);
	group = cd_schema_action(schema, r->action->parent[0]->id,
	    strlen(r->action->parent[0]->id));
	if (group == NULL ||
	    !schema->action_in[action->number * schema->action_count + group->number])
		fail_msg("the schema has no %s in %s", r->action->id, r->action->parent[0]->id);
}

static void
every_operation_is_in_the_schema_as_it_is(void **state)
{
	struct cedar_schema *schema = vocabulary_new();
	struct cedar_request *r = calloc(1, sizeof(*r));
	uint32_t actions = 0;
	size_t i;
	int full;

	(void)state;
	assert_non_null(schema);
	assert_non_null(r);
	for (i = 0; i < OPERATION_COUNT; i++) {
		const struct policy_action *action = policy_action_find(operations[i]->id);

		if (action == NULL)
			continue;
		actions++;
		for (full = 0; full < 2; full++) {
			ask(r, schema, operations[i], action, full);
			hold_entity(schema, r->principal, full);
			hold_entity(schema, r->resource, full);
			hold_action(schema, r, full);
		}
	}
	/* And `read` and `write`. */
	assert_int_equal(schema->action_count, actions + 2);
	assert_int_equal(schema->type_count, 4);
	free(r);
	vocabulary_free(schema);
}

static void
free_form_metadata_is_open(void **state)
{
	struct cedar_schema *schema = vocabulary_new();
	const struct entity_type *grant;

	(void)state;
	assert_non_null(schema);
	grant = cd_schema_type(schema, "Grant", 5);
	assert_non_null(grant);
	assert_int_equal(find(grant->record, "metadata")->type->kind, TYPE_OPEN_RECORD);
	vocabulary_free(schema);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_operation_is_in_the_schema_as_it_is),
		cmocka_unit_test(free_form_metadata_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
