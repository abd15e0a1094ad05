/* SPDX-License-Identifier: MIT */
/*
 * A body against a schema with one member of each type. What is refused is named in printable
 * UTF-8.
 */
#include "config.h"

#include <json-c/json.h>

#include "fuzz.h"

#include "base/body.h"
#include "base/json_strict.h"
#include "base/utf8.h"

static const char *const words[] = { "read", "write", NULL };
static const struct body_member inner[] = {
	{ .name = "u", .type = MEMBER_UUID, .required = true },
	{ .name = "w", .type = MEMBER_STRING, .words = words },
	{ .name = "t", .type = MEMBER_TIME, .nullable = true },
};
static const struct body_schema inner_schema = { .members = inner, .count = COUNT_OF(inner) };
static const struct body_member members[] = {
	{ .name = "b", .type = MEMBER_BOOLEAN },
	{ .name = "i", .type = MEMBER_INTEGER, .min = -5, .max = 5 },
	{ .name = "s", .type = MEMBER_STRING, .min = 1, .max = 4, .nullable = true },
	{ .name = "f", .type = MEMBER_OBJECT },
	{ .name = "o", .type = MEMBER_OBJECT, .schema = &inner_schema },
	{
	    .name = "a",
	    .type = MEMBER_ARRAY,
	    .min = 1,
	    .max = 3,
	    .item = &(const struct body_member){ .type = MEMBER_OBJECT, .schema = &inner_schema },
	},
};
static const struct body_schema schema = { .members = members, .count = COUNT_OF(members) };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct body_fault fault;
	struct json_object *body;
	struct json_fault syntax;

	if (!json_strict_parse((const char *)data, size, 32, &body, &syntax))
		return 0;
	if (body_check(&schema, body, &fault)) {
		HOLDS(json_object_is_type(body, json_type_object));
	} else {
		HOLDS(utf8_printable(fault.member, strnlen(fault.member, sizeof(fault.member))));
		HOLDS(utf8_printable(fault.expected,
		    strnlen(fault.expected, sizeof(fault.expected))));
		HOLDS(fault.expected[0] != '\0');
	}
	json_object_put(body);
	return 0;
}
