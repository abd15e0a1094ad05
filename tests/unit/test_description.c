/* SPDX-License-Identifier: MIT */
/*
 * The words, types, and limits in docs/openapi.json (which docs/build makes of docs/openapi.yaml) are those that grantd
 * checks parameters and bodies by.
 */
#include "config.h"

#include "unit.h"

#include <json-c/json.h>

#include "base/field.h"
#include "base/resource.h"
#include "base/words.h"
#include "handlers/operation.h"
#include "handlers/page.h"

#define DESCRIPTION SOURCES "/docs/openapi.json"
#define WHERE_MAX 256

static struct json_object *api;
static int differences;

static void GRANTD_PRINTF(2, 3) differs(const char *where, const char *format, ...)
{
	va_list ap;

	print_message("# %s: ", where);
	va_start(ap, format);
	vprint_message(format, ap);
	va_end(ap);
	print_message("\n");
	differences++;
}

/* The member at the end of these names; NULL: there is none. */
static struct json_object *
at(struct json_object *o, const char *name)
{
	struct json_object *value = NULL;

	return o != NULL && json_object_object_get_ex(o, name, &value) ? value : NULL;
}

/* What a reference of ours refers to: "#/components/schemas/Grant". */
static struct json_object *
resolve(struct json_object *o)
{
	struct json_object *ref = at(o, "$ref");
	char kind[32], name[64];

	if (ref == NULL)
		return o;
	assert_int_equal(sscanf(json_object_get_string(ref), "#/components/%31[^/]/%63s", kind,
			     name),
	    2);
	o = at(at(at(api, "components"), kind), name);
	assert_non_null(o);
	return o;
}

static void
compare_number(const char *where, struct json_object *schema, const char *name, long expected)
{
	struct json_object *value = at(schema, name);
	long described = value != NULL ? (long)json_object_get_int64(value) : 0;

	if (described != expected)
		differs(where, "%s is %ld in the description and %ld in the code", name, described,
		    expected);
}

/* `type` may be one of several in the description, with null. */
static void
compare_type(const char *where, struct json_object *schema, const char *type, bool nullable)
{
	struct json_object *described = at(schema, "type");
	char expected[64];

	(void)snprintf(expected, sizeof(expected), nullable ? "[ \"%s\", \"null\" ]" : "\"%s\"",
	    type);
	if (described == NULL || strcmp(json_object_to_json_string(described), expected) != 0)
		differs(where, "the type is %s in the description and %s in the code",
		    json_object_to_json_string(described), expected);
}

static void
compare_format(const char *where, struct json_object *schema, const char *expected)
{
	struct json_object *format = at(schema, "format");

	if (format == NULL || strcmp(json_object_get_string(format), expected) != 0)
		differs(where, "the format is not %s", expected);
}

/* The same words, in any order. */
static void
compare_words(const char *where, struct json_object *schema, const char *const *words)
{
	struct json_object *described = at(schema, "enum");
	size_t n = 0, i;

	if (described == NULL) {
		differs(where, "there is no enum in the description");
		return;
	}
	while (words[n] != NULL)
		n++;
	if (json_object_array_length(described) != n)
		differs(where, "the code has %zu words", n);
	for (i = 0; i < json_object_array_length(described); i++) {
		const char *word = json_object_get_string(json_object_array_get_idx(described, i));

		if (words_find(words, word) < 0)
			differs(where, "%s is described, and no word of the code", word);
	}
}

static void compare_object(const char *where, struct json_object *schema,
    const struct body_schema *body);

static void
compare_range(const char *where, struct json_object *schema, const struct body_member *m,
    const char *least, const char *most)
{
	compare_number(where, schema, least, m->min);
	compare_number(where, schema, most, m->max);
}

static void
compare_member(const char *where, struct json_object *schema, const struct body_member *m)
{
	char item[WHERE_MAX];

	schema = resolve(schema);
	if (m->words != NULL) {
		compare_words(where, schema, m->words);
		return;
	}
	switch (m->type) {
	case MEMBER_BOOLEAN:
		compare_type(where, schema, "boolean", m->nullable);
		break;
	case MEMBER_INTEGER:
		compare_type(where, schema, "integer", m->nullable);
		compare_range(where, schema, m, "minimum", "maximum");
		break;
	case MEMBER_STRING:
	case MEMBER_LINE:
		compare_type(where, schema, "string", m->nullable);
		compare_range(where, schema, m, "minLength", "maxLength");
		break;
	case MEMBER_UUID:
		compare_type(where, schema, "string", m->nullable);
		compare_format(where, schema, "uuid");
		break;
	case MEMBER_TIME:
		compare_type(where, schema, "string", m->nullable);
		compare_format(where, schema, "date-time");
		break;
	case MEMBER_ADDRESS:
		compare_type(where, schema, "string", m->nullable);
		break;
	case MEMBER_OBJECT:
		compare_type(where, schema, "object", m->nullable);
		/* The description may leave out what an object has, and refer to another in its text. */
		if (at(schema, "properties") != NULL)
			compare_object(where, schema, m->schema);
		break;
	case MEMBER_ARRAY:
		compare_type(where, schema, "array", m->nullable);
		compare_range(where, schema, m, "minItems", "maxItems");
		(void)snprintf(item, sizeof(item), "%s[]", where);
		compare_member(item, at(schema, "items"), m->item);
		break;
	}
}

static bool
is_required(struct json_object *schema, const char *name)
{
	struct json_object *required = at(schema, "required");
	size_t i;

	for (i = 0; required != NULL && i < json_object_array_length(required); i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(required, i)), name) ==
		    0)
			return true;
	return false;
}

static void
compare_object(const char *where, struct json_object *schema, const struct body_schema *body)
{
	struct json_object *properties = at(schema, "properties");
	char member[WHERE_MAX];
	size_t i;

	if (properties == NULL || body == NULL) {
		differs(where, "members are known to %s alone", body == NULL ? "docs" : "the code");
		return;
	}
	if ((size_t)json_object_object_length(properties) != body->count)
		differs(where, "the code has %zu members", body->count);
	if (!json_object_is_type(at(schema, "additionalProperties"), json_type_boolean))
		differs(where, "additionalProperties is not false");
	for (i = 0; i < body->count; i++) {
		const struct body_member *m = &body->members[i];

		(void)snprintf(member, sizeof(member), "%s.%s", where, m->name);
		if (at(properties, m->name) == NULL) {
			differs(member, "is not described");
			continue;
		}
		if (is_required(schema, m->name) != m->required)
			differs(member, "is%s required by the code", m->required ? "" : " not");
		compare_member(member, at(properties, m->name), m);
	}
}

static void
compare_parameter(const char *where, struct json_object *schema, const struct query_parameter *p)
{
	const struct body_member like = { .min = p->min, .max = p->max };

	switch (p->type) {
	case QUERY_INTEGER:
		compare_type(where, schema, "integer", false);
		compare_range(where, schema, &like, "minimum", "maximum");
		break;
	case QUERY_UUID:
		compare_format(where, schema, "uuid");
		break;
	case QUERY_TIME:
		compare_format(where, schema, "date-time");
		break;
	case QUERY_WORD:
		compare_words(where, schema, p->words);
		break;
	case QUERY_TEXT:
		compare_type(where, schema, "string", false);
		/* To clients a cursor is any text that they were given. */
		if (strcmp(p->name, "cursor") != 0)
			compare_range(where, schema, &like, "minLength", "maxLength");
		break;
	}
}

static const struct query_parameter *
find_parameter(const struct operation *op, const char *name)
{
	size_t i;

	for (i = 0; i < op->query_count; i++)
		if (strcmp(op->query[i].name, name) == 0)
			return &op->query[i];
	return NULL;
}

static void
compare_query(const struct operation *op, struct json_object *described)
{
	struct json_object *parameters = at(described, "parameters");
	size_t n = 0, i;

	for (i = 0; i < json_object_array_length(parameters); i++) {
		struct json_object *o = resolve(json_object_array_get_idx(parameters, i));
		const char *name = json_object_get_string(at(o, "name"));
		const struct query_parameter *p = find_parameter(op, name);
		char where[WHERE_MAX];

		if (strcmp(json_object_get_string(at(o, "in")), "query") != 0)
			continue;
		n++;
		(void)snprintf(where, sizeof(where), "%s?%s", op->id, name);
		if (p == NULL)
			differs(where, "is described, and not taken");
		else
			compare_parameter(where, resolve(at(o, "schema")), p);
	}
	if (n != op->query_count)
		differs(op->id, "%zu parameters are taken, and %zu described", op->query_count, n);
}

static void
compare_body(const struct operation *op, struct json_object *described)
{
	struct json_object *content = at(at(described, "requestBody"), "content");

	if ((content != NULL) != (op->body != NULL))
		differs(op->id, "a body is %s", op->body != NULL ? "taken" : "described");
	if (content == NULL || op->body == NULL)
		return;
	json_object_object_foreach(content, type, media)
	{
		char where[WHERE_MAX];

		(void)snprintf(where, sizeof(where), "%s (%s)", op->id, type);
		compare_object(where, resolve(at(media, "schema")), op->body);
	}
}

/* The path of some resource that this template fits. */
static void
fill(char path[WHERE_MAX], const char *template)
{
	size_t used = 0, len;

	for (; *template != '\0'; template += len) {
		if (*template == '{') {
			len = strcspn(template, "}") + 1;
			used += (size_t)snprintf(path + used, WHERE_MAX - used,
			    "11111111-1111-4111-8111-111111111111");
		} else {
			len = strcspn(template, "{");
			used += (size_t)snprintf(path + used, WHERE_MAX - used, "%.*s", (int)len,
			    template);
		}
	}
}

static enum http_method
method_of(const char *name)
{
	static const struct {
		const char *name;
		enum http_method method;
	} methods[] = {
		{ "get", HTTP_GET },
		{ "post", HTTP_POST },
		{ "patch", HTTP_PATCH },
		{ "delete", HTTP_DELETE },
	};
	size_t i;

	for (i = 0; strcmp(methods[i].name, name) != 0; i++)
		assert_in_range(i + 1, 1, COUNT_OF(methods) - 1);
	return methods[i].method;
}

static int
count_compared(const char *template, struct json_object *operations_there)
{
	static struct call call;
	char path[WHERE_MAX];
	int n = 0;

	fill(path, template);
	json_object_object_foreach(operations_there, method, described)
	{
		if (strcmp(method, "options") == 0)
			continue;
		assert_int_equal(route_find(&call, method_of(method), path), ROUTE_FOUND);
		assert_string_equal(call.op->id,
		    json_object_get_string(at(described, "operationId")));
		compare_query(call.op, described);
		compare_body(call.op, described);
		n++;
	}
	return n;
}

static void
each_operation_takes_what_is_described(void **state)
{
	int n = 0;

	(void)state;
	differences = 0;
	json_object_object_foreach(at(api, "paths"), template, there)
	{
		n += count_compared(template, there);
	}
	assert_true(n > 0);
	assert_int_equal(differences, 0);
}

static void
headers_have_the_described_limits(void **state)
{
	struct json_object *parameters = at(at(api, "components"), "parameters");

	(void)state;
	differences = 0;
	compare_number("Reason", at(at(parameters, "Reason"), "schema"), "maxLength",
	    FIELD_REASON_MOST);
	compare_number("IdempotencyKey", at(at(parameters, "IdempotencyKey"), "schema"),
	    "maxLength", IDEMPOTENCY_KEY_MOST);
	compare_number("RequestId", at(at(parameters, "RequestId"), "schema"), "maxLength",
	    REQUEST_ID_MAX);
	compare_number("limit", at(at(parameters, "limit"), "schema"), "default",
	    PAGE_LIMIT_DEFAULT);
	assert_int_equal(differences, 0);
}

/* Answers, too, have no other words. */
static void
answers_have_the_described_words(void **state)
{
	static const struct {
		const char *schema, *property;
		const char *const *words;
	} cases[] = {
		{ "Grant", "status", status_words },
		{ "ApiKey", "status", status_words },
		{ "Event", "kind", activity_kind_words },
		{ "Event", "outcome", activity_outcome_words },
		{ "AuditEntry", "outcome", audit_outcome_words },
		{ "AuditEntry", "resource_type", chain_owner_words },
	};
	struct json_object *schemas = at(at(api, "components"), "schemas");
	size_t i;

	(void)state;
	differences = 0;
	for (i = 0; i < COUNT_OF(cases); i++)
		compare_words(cases[i].schema,
		    resolve(at(at(at(schemas, cases[i].schema), "properties"), cases[i].property)),
		    cases[i].words);
	compare_words("ResourceType", at(schemas, "ResourceType"), resource_types);
	assert_int_equal(differences, 0);
}

/* A comparison that finds nothing is worth something only if it finds what is there. */
static void
differences_are_found(void **state)
{
	static const char *const words[] = { "a", "b", NULL };
	static const struct body_member members[] = {
		{ .name = "n", .type = MEMBER_INTEGER, .min = 1, .max = 9 },
		{ .name = "w", .type = MEMBER_STRING, .words = words, .required = true },
	};
	static const struct body_schema body = { members, COUNT_OF(members) };
	static const struct {
		const char *schema;
		int differences;
	} cases[] = {
		{ "{'additionalProperties': false, 'required': ['w'], 'properties': {"
		  "'n': {'type': 'integer', 'minimum': 1, 'maximum': 9}, 'w': {'enum': ['b', 'a']}}}",
		    0 },
		{ "{'additionalProperties': false, 'required': ['w'], 'properties': {"
		  "'n': {'type': 'integer', 'minimum': 1, 'maximum': 8}, 'w': {'enum': ['b', 'c']}}}",
		    2 },
		{ "{'additionalProperties': false, 'required': ['n'], 'properties': {"
		  "'n': {'type': ['integer', 'null'], 'minimum': 1, 'maximum': 9}, 'w': {'enum': ['a']}}}",
		    4 },
		{ "{'required': ['w'], 'properties': {'w': {'enum': ['a', 'b']}}}", 3 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		struct json_object *schema = json_tokener_parse(cases[i].schema);

		assert_non_null(schema);
		differences = 0;
		compare_object("(to be found)", schema, &body);
		json_object_put(schema);
		assert_int_equal(differences, cases[i].differences);
	}
}

static int
read_description(void **state)
{
	(void)state;
	api = json_object_from_file(DESCRIPTION);
	return api == NULL;
}

static int
forget_description(void **state)
{
	(void)state;
	return json_object_put(api) != 1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(differences_are_found),
		cmocka_unit_test(each_operation_takes_what_is_described),
		cmocka_unit_test(headers_have_the_described_limits),
		cmocka_unit_test(answers_have_the_described_words),
	};

	return cmocka_run_group_tests(tests, read_description, forget_description);
}
