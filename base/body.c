/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <arpa/inet.h>
#include <json-c/json.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/body.h"
#include "base/expected.h"
#include "base/time_text.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "base/words.h"

#define NUMBER_TEXT_MAX 100
#define NUMBER_POWER_MAX 40

/*
 * A check in progress: fault->member holds the path to the value in hand. Recursion follows the
 * schema, and in free-form objects the value, whose depth the JSON reader has limited.
 */
struct checker {
	struct body_fault *fault;
	size_t path_len;
};

static bool check_value(struct checker *, const struct body_member *, struct json_object *);
static bool check_object(struct checker *, const struct body_schema *, struct json_object *);
static bool check_free(struct checker *, struct json_object *);

/* ---- the path ---- */

/* Go down to a member; answers the length to go back to. */
static size_t
enter_member(struct checker *c, const char *name)
{
	char *path = c->fault->member;
	size_t back = c->path_len, size = sizeof(c->fault->member);

	if (back > 0)
		c->path_len = expected_show(path, size, c->path_len, ".", 1);
	c->path_len = expected_show(path, size, c->path_len, name, strlen(name));
	return back;
}

static size_t
enter_element(struct checker *c, size_t index)
{
	size_t back = c->path_len;
	char text[32];
	int n = snprintf(text, sizeof(text), "[%zu]", index);

	c->path_len = expected_show(c->fault->member, sizeof(c->fault->member), c->path_len, text,
	    (size_t)n);
	return back;
}

static void
leave(struct checker *c, size_t back)
{
	c->path_len = back;
	c->fault->member[back] = '\0';
}

/* Say what was expected where the path points; always false. */
static bool
refuse(struct checker *c, const char *expected)
{
	(void)snprintf(c->fault->expected, sizeof(c->fault->expected), "%s", expected);
	return false;
}

static bool
refuse_range(struct checker *c, const char *what, const struct body_member *m, const char *unit)
{
	expected_range(c->fault->expected, sizeof(c->fault->expected), what, m->min, m->max, unit);
	return false;
}

static bool
in_range(const struct body_member *m, int64_t n)
{
	return (m->min == 0 && m->max == 0) || (n >= m->min && n <= m->max);
}

/* ---- values ---- */

/* json-c's own type for this is int. */
static size_t
string_len(struct json_object *string)
{
	return (size_t)json_object_get_string_len(string);
}

static bool
holds_nul(struct json_object *string)
{
	return memchr(json_object_get_string(string), '\0', string_len(string)) != NULL;
}

static bool
check_string(struct checker *c, const struct body_member *m, struct json_object *v)
{
	bool text = json_object_is_type(v, json_type_string);

	if (text && holds_nul(v))
		return refuse(c, "text without U+0000");
	if (m->words != NULL) {
		if (text && words_find(m->words, json_object_get_string(v)) >= 0)
			return true;
		expected_words(c->fault->expected, sizeof(c->fault->expected), m->words);
		return false;
	}
	return (text && in_range(m, json_object_get_string_len(v))) ||
	    refuse_range(c, "a string", m, " bytes long");
}

static bool
check_line(struct checker *c, const struct body_member *m, struct json_object *v)
{
	if (json_object_is_type(v, json_type_string) &&
	    !utf8_printable(json_object_get_string(v), string_len(v)))
		return refuse(c, "text without control characters");
	return check_string(c, m, v);
}

static bool
check_integer(struct checker *c, const struct body_member *m, struct json_object *v)
{
	return (json_object_is_type(v, json_type_int) && in_range(m, json_object_get_int64(v))) ||
	    refuse_range(c, "an integer", m, "");
}

static bool
check_uuid(struct checker *c, struct json_object *v)
{
	struct uuid ignored;

	if (json_object_is_type(v, json_type_string) &&
	    uuid_parse(&ignored, json_object_get_string(v), string_len(v)))
		return true;
	return refuse(c, "a UUID");
}

static bool
check_time(struct checker *c, struct json_object *v)
{
	int64_t ignored;

	if (json_object_is_type(v, json_type_string) &&
	    time_parse(&ignored, json_object_get_string(v), string_len(v)))
		return true;
	return refuse(c, "an RFC 3339 time");
}

static bool
check_address(struct checker *c, struct json_object *v)
{
	struct in6_addr ignored;
	const char *text;

	if (json_object_is_type(v, json_type_string) && !holds_nul(v)) {
		text = json_object_get_string(v);
		if (inet_pton(AF_INET, text, &ignored) == 1 ||
		    inet_pton(AF_INET6, text, &ignored) == 1)
			return true;
	}
	return refuse(c, "an IPv4 or IPv6 address");
}

static bool
check_array(struct checker *c, const struct body_member *m, struct json_object *v)
{
	size_t i, n, back;

	if (!json_object_is_type(v, json_type_array) ||
	    !in_range(m, (int64_t)(n = json_object_array_length(v))))
		return refuse_range(c, "an array", m, " elements");
	for (i = 0; i < n; i++) {
		back = enter_element(c, i);
		if (!check_value(c, m->item, json_object_array_get_idx(v, i)))
			return false;
		leave(c, back);
	}
	return true;
}

static bool
check_value(struct checker *c, const struct body_member *m, struct json_object *v)
{
	if (v == NULL && m->nullable)
		return true;
	switch (m->type) {
	case MEMBER_BOOLEAN:
		return json_object_is_type(v, json_type_boolean) || refuse(c, "true or false");
	case MEMBER_INTEGER:
		return check_integer(c, m, v);
	case MEMBER_STRING:
		return check_string(c, m, v);
	case MEMBER_LINE:
		return check_line(c, m, v);
	case MEMBER_UUID:
		return check_uuid(c, v);
	case MEMBER_TIME:
		return check_time(c, v);
	case MEMBER_ADDRESS:
		return check_address(c, v);
	case MEMBER_OBJECT:
		if (!json_object_is_type(v, json_type_object))
			return refuse(c, "an object");
		return m->schema != NULL ? check_object(c, m->schema, v) : check_free(c, v);
	case MEMBER_ARRAY:
		return check_array(c, m, v);
	}
	return refuse(c, "nothing");
}

/* ---- free-form values: what PostgreSQL can keep as jsonb ---- */

/*
 * Is a number that is no 64-bit integer short enough, as it is and with its exponent written out, which is
 * how PostgreSQL's jsonb prints it?
 */
static bool
number_fits(struct json_object *v)
{
	const char *text = json_object_get_string(v);
	double value = json_object_get_double(v);
	const char *exponent = text + strcspn(text, "eE");
	long power = *exponent != '\0' ? strtol(exponent + 1, NULL, 10) : 0;

	/* strtol() gives its ends for what is past them, which are past ours. */
	return strlen(text) <= NUMBER_TEXT_MAX && isfinite(value) && power >= -NUMBER_POWER_MAX &&
	    power <= NUMBER_POWER_MAX;
}

static bool
check_free_members(struct checker *c, struct json_object *v)
{
	size_t back;

	json_object_object_foreach(v, name, member)
	{
		back = enter_member(c, name);
		if (!check_free(c, member))
			return false;
		leave(c, back);
	}
	return true;
}

static bool
check_free_elements(struct checker *c, struct json_object *v)
{
	size_t i, n = json_object_array_length(v), back;

	for (i = 0; i < n; i++) {
		back = enter_element(c, i);
		if (!check_free(c, json_object_array_get_idx(v, i)))
			return false;
		leave(c, back);
	}
	return true;
}

static bool
check_free(struct checker *c, struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_object:
		return check_free_members(c, v);
	case json_type_array:
		return check_free_elements(c, v);
	case json_type_string:
		return !holds_nul(v) || refuse(c, "text without U+0000");
	case json_type_double:
		return number_fits(v) ||
		    refuse(c,
			"a number of at most 100 characters, with an exponent from -40 to 40");
	case json_type_null:
	case json_type_boolean:
	case json_type_int:
		break;
	}
	return true;
}

/* ---- objects with a schema ---- */

static const struct body_member *
find_member(const struct body_schema *schema, const char *name)
{
	size_t i;

	for (i = 0; i < schema->count; i++)
		if (strcmp(schema->members[i].name, name) == 0)
			return &schema->members[i];
	return NULL;
}

/* The members that there are, for whoever sent another one. */
static bool
refuse_unknown(struct checker *c, const struct body_schema *schema)
{
	char *out = c->fault->expected;
	size_t i, used = 0, size = sizeof(c->fault->expected);
	const char *lead = "one of ";

	if (schema->count == 0)
		return refuse(c, "no member");
	for (i = 0; i < schema->count; i++, lead = ", ") {
		used = expected_show(out, size, used, lead, strlen(lead));
		used = expected_show(out, size, used, schema->members[i].name,
		    strlen(schema->members[i].name));
	}
	return false;
}

static bool
check_given(struct checker *c, const struct body_schema *schema, struct json_object *v)
{
	const struct body_member *m;
	size_t back;

	json_object_object_foreach(v, name, member)
	{
		back = enter_member(c, name);
		if ((m = find_member(schema, name)) == NULL)
			return refuse_unknown(c, schema);
		if (!check_value(c, m, member))
			return false;
		leave(c, back);
	}
	return true;
}

static bool
check_required(struct checker *c, const struct body_schema *schema, struct json_object *v)
{
	size_t i;

	for (i = 0; i < schema->count; i++) {
		if (schema->members[i].required &&
		    !json_object_object_get_ex(v, schema->members[i].name, NULL)) {
			(void)enter_member(c, schema->members[i].name);
			return refuse(c, "this member, which is required");
		}
	}
	return true;
}

static bool
check_object(struct checker *c, const struct body_schema *schema, struct json_object *v)
{
	return check_given(c, schema, v) && check_required(c, schema, v);
}

bool
body_check(const struct body_schema *schema, struct json_object *body, struct body_fault *fault)
{
	struct checker c = { .fault = fault };

	*fault = (struct body_fault){ .member = "" };
	if (!json_object_is_type(body, json_type_object)) {
		(void)enter_member(&c, "(body)");
		return refuse(&c, "an object");
	}
	return check_object(&c, schema, body);
}

void
body_refuse(struct body_fault *fault, const char *member, const char *expected)
{
	(void)snprintf(fault->member, sizeof(fault->member), "%s", member);
	(void)snprintf(fault->expected, sizeof(fault->expected), "%s", expected);
}
