/* SPDX-License-Identifier: MIT */
/*
 * The strict JSON reader. What it accepts, json-c's reader accepts too and reads the same, but for
 * integers that it would clamp; and what is written out again is read as the same value.
 */
#include "config.h"

#include <json-c/json.h>
#include <stdbool.h>

#include "fuzz.h"

#include "base/json_strict.h"

#define DEPTH 32
#define PLAIN (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

static bool same(struct json_object *, struct json_object *);

static bool
same_array(struct json_object *a, struct json_object *b)
{
	size_t i, n = json_object_array_length(a);

	if (json_object_array_length(b) != n)
		return false;
	for (i = 0; i < n; i++)
		if (!same(json_object_array_get_idx(a, i), json_object_array_get_idx(b, i)))
			return false;
	return true;
}

static bool
same_object(struct json_object *a, struct json_object *b)
{
	struct json_object *other;

	if (json_object_object_length(a) != json_object_object_length(b))
		return false;
	json_object_object_foreach(a, name, value)
	{
		if (!json_object_object_get_ex(b, name, &other) || !same(value, other))
			return false;
	}
	return true;
}

/* `a` is ours: a json_type_double may be what the other reader made an integer of. */
static bool
same(struct json_object *a, struct json_object *b)
{
	enum json_type type = json_object_get_type(a);

	if (type == json_type_double && json_object_is_type(b, json_type_int))
		return strpbrk(json_object_get_string(a), ".eE") == NULL;
	if (json_object_get_type(b) != type)
		return false;
	if (type == json_type_array)
		return same_array(a, b);
	if (type == json_type_object)
		return same_object(a, b);
	if (type == json_type_double)
		return strcmp(json_object_get_string(a), json_object_get_string(b)) == 0;
	return json_object_equal(a, b);
}

static void
compare_with_tokener(const uint8_t *data, size_t size, struct json_object *value)
{
	struct json_tokener *tokener = json_tokener_new_ex(DEPTH + 1);
	char *text = fuzz_text(data, size);
	struct json_object *other;

	HOLDS(tokener != NULL);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With its NUL, which ends a number. */
	other = json_tokener_parse_ex(tokener, text, (int)size + 1);
	HOLDS(json_tokener_get_error(tokener) == json_tokener_success);
	HOLDS(same(value, other));
	json_object_put(other);
	json_tokener_free(tokener);
	free(text);
}

static void
read_again(struct json_object *value)
{
	struct json_object *again;
	struct json_fault fault;
	size_t len, again_len;
	const char *text = json_object_to_json_string_length(value, PLAIN, &len), *again_text;

	if (value == NULL)
		return; /* json-c writes no length for null */
	HOLDS(json_strict_parse(text, len, DEPTH, &again, &fault));
	again_text = json_object_to_json_string_length(again, PLAIN, &again_len);
	HOLDS(again_len == len && memcmp(again_text, text, len) == 0);
	HOLDS(json_object_equal(value, again));
	json_object_put(again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_object *value;
	struct json_fault fault;

	if (!json_strict_parse((const char *)data, size, DEPTH, &value, &fault)) {
		HOLDS(value == NULL && fault.kind != JSON_OK && fault.kind != JSON_MEMORY);
		HOLDS(fault.expected != NULL && fault.offset <= size);
		return 0;
	}
	HOLDS(fault.kind == JSON_OK && fault.expected == NULL);
	compare_with_tokener(data, size, value);
	read_again(value);
	json_object_put(value);
	return 0;
}
