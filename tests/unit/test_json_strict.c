/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "unit.h"

#include "base/json_strict.h"

#define DEPTH 32

static bool
accepts(const char *text, size_t len)
{
	struct json_object *value;
	struct json_fault fault;
	bool good = json_strict_parse(text, len, DEPTH, &value, &fault);

	assert_int_equal(good, fault.kind == JSON_OK);
	assert_int_equal(good, fault.expected == NULL);
	if (!good) {
		assert_null(value);
		assert_true(fault.offset <= len);
	}
	json_object_put(value);
	return good;
}

/* What each of these becomes when it is written out again. */
static const struct {
	const char *text, *again;
} good_texts[] = {
	{ "null", "null" },
	{ "true", "true" },
	{ "false", "false" },
	{ "0", "0" },
	{ "-1", "-1" },
	{ "10", "10" },
	{ " \t\r\n1 \t\r\n", "1" },
	{ "\"\"", "\"\"" },
	{ "[]", "[]" },
	{ "{}", "{}" },
	{ "[ ]", "[]" },
	{ "{ }", "{}" },
	{ "[null]", "[null]" },
	{ "[1,\t2 , 3]", "[1,2,3]" },
	{ "{\"a\":1}", "{\"a\":1}" },
	{ " { \"a\" : [ { } ] , \"b\" : null } ", "{\"a\":[{}],\"b\":null}" },
	{ "{\"\":0}", "{\"\":0}" },
	{ "{\"a\":{\"a\":{\"a\":1}}}", "{\"a\":{\"a\":{\"a\":1}}}" },
	{ "[{\"a\":1},{\"a\":2}]", "[{\"a\":1},{\"a\":2}]" },
	{ "{\"a\":1,\"A\":2}", "{\"a\":1,\"A\":2}" },
	/* Numbers keep their digits. */
	{ "-0", "-0" },
	{ "0.0", "0.0" },
	{ "-0.0", "-0.0" },
	{ "1.0", "1.0" },
	{ "1.50", "1.50" },
	{ "1e3", "1e3" },
	{ "1E+03", "1E+03" },
	{ "0e0", "0e0" },
	{ "1.5e-7", "1.5e-7" },
	{ "1e999", "1e999" },
	{ "-1e-999", "-1e-999" },
	{ "9223372036854775807", "9223372036854775807" },
	{ "-9223372036854775808", "-9223372036854775808" },
	{ "9223372036854775808", "9223372036854775808" },
	{ "-9223372036854775809", "-9223372036854775809" },
	{ "18446744073709551616", "18446744073709551616" },
	{ "123456789012345678901234567890123456789012345678901234567890",
	    "123456789012345678901234567890123456789012345678901234567890" },
	/* Strings. */
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
	{ "\"\\u0041\\u00e9\\u20AC\"", "\"A\xC3\xA9\xE2\x82\xAC\"" },
	{ "\"\\uD83D\\uDE00\"", "\"\xF0\x9F\x98\x80\"" },
	{ "\"\\uDBFF\\uDFFF\"", "\"\xF4\x8F\xBF\xBF\"" },
	{ "\"\\ud800\\udc00\"", "\"\xF0\x90\x80\x80\"" },
	{ "\"\\uFFFF\\uFFFE\"", "\"\xEF\xBF\xBF\xEF\xBF\xBE\"" },
	{ "\"\\u0000\"", "\"\\u0000\"" },
	{ "\"\x7F\"", "\"\x7F\"" },
	{ "\"\xC2\x80\"", "\"\xC2\x80\"" },
	{ "\"a\\u0000b\"", "\"a\\u0000b\"" },
	{ "\"\xF0\x9F\x98\x80\"", "\"\xF0\x9F\x98\x80\"" },
	{ "\"/* no comment */\"", "\"/* no comment */\"" },
	{ "\"\\\\u0041\"", "\"\\\\u0041\"" },
	{ "{\"\\u0061\":1}", "{\"a\":1}" },
	{ "\"\xEF\xBB\xBF\"", "\"\xEF\xBB\xBF\"" },
};

static void
good_ones_and_what_they_become(void **state)
{
	struct json_object *value;
	struct json_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(good_texts); i++) {
		if (!json_strict_parse(good_texts[i].text, strlen(good_texts[i].text), DEPTH,
			&value, &fault))
			fail_msg("%s: %s at %zu", good_texts[i].text, fault.expected, fault.offset);
		assert_string_equal(json_object_to_json_string_ext(value,
					JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
		    good_texts[i].again);
		json_object_put(value);
	}
}

#define TEXT(t) t, sizeof(t) - 1

/* With the kind of fault and the byte that is named. */
static const struct {
	const char *text;
	size_t len;
	enum json_fault_kind kind;
	size_t offset;
} bad_texts[] = {
	/* Nothing, too little, too much. */
	{ TEXT(""), JSON_SYNTAX, 0 },
	{ TEXT("  "), JSON_SYNTAX, 2 },
	{ TEXT("["), JSON_SYNTAX, 1 },
	{ TEXT("{"), JSON_SYNTAX, 1 },
	{ TEXT("[1"), JSON_SYNTAX, 2 },
	{ TEXT("[1,"), JSON_SYNTAX, 3 },
	{ TEXT("{\"a\""), JSON_SYNTAX, 4 },
	{ TEXT("{\"a\":"), JSON_SYNTAX, 5 },
	{ TEXT("{\"a\":1"), JSON_SYNTAX, 6 },
	{ TEXT("{\"a\":1,"), JSON_SYNTAX, 7 },
	{ TEXT("\""), JSON_SYNTAX, 1 },
	{ TEXT("\"abc"), JSON_SYNTAX, 4 },
	{ TEXT("1 2"), JSON_SYNTAX, 2 },
	{ TEXT("{} x"), JSON_SYNTAX, 3 },
	{ TEXT("[]]"), JSON_SYNTAX, 2 },
	{ TEXT("]"), JSON_SYNTAX, 0 },
	{ TEXT("}"), JSON_SYNTAX, 0 },
	{ TEXT("[}"), JSON_SYNTAX, 1 },
	{ TEXT("{]"), JSON_SYNTAX, 1 },
	{ TEXT("[1}"), JSON_SYNTAX, 2 },
	{ TEXT("{\"a\":1]"), JSON_SYNTAX, 6 },
	{ TEXT("1\0"), JSON_SYNTAX, 1 },
	{ TEXT("{}\0"), JSON_SYNTAX, 2 },
	{ TEXT("\0"), JSON_SYNTAX, 0 },
	{ TEXT("\xEF\xBB\xBF{}"), JSON_SYNTAX, 0 },
	{ TEXT("\xFE\xFF\0{\0}"), JSON_SYNTAX, 0 },
	/* Commas and colons. */
	{ TEXT("[,]"), JSON_SYNTAX, 1 },
	{ TEXT("[1,]"), JSON_SYNTAX, 3 },
	{ TEXT("[,1]"), JSON_SYNTAX, 1 },
	{ TEXT("[1,,2]"), JSON_SYNTAX, 3 },
	{ TEXT("[1 2]"), JSON_SYNTAX, 3 },
	{ TEXT("{\"a\":1,}"), JSON_SYNTAX, 7 },
	{ TEXT("{,}"), JSON_SYNTAX, 1 },
	{ TEXT("{\"a\":1,,\"b\":2}"), JSON_SYNTAX, 7 },
	{ TEXT("{\"a\" 1}"), JSON_SYNTAX, 5 },
	{ TEXT("{\"a\",1}"), JSON_SYNTAX, 4 },
	{ TEXT("{\"a\"::1}"), JSON_SYNTAX, 5 },
	{ TEXT("{\"a\":}"), JSON_SYNTAX, 5 },
	{ TEXT("[1:2]"), JSON_SYNTAX, 2 },
	/* Names. */
	{ TEXT("{a:1}"), JSON_SYNTAX, 1 },
	{ TEXT("{1:1}"), JSON_SYNTAX, 1 },
	{ TEXT("{'a':1}"), JSON_SYNTAX, 1 },
	{ TEXT("{null:1}"), JSON_SYNTAX, 1 },
	{ TEXT("{\"a\":1,b:2}"), JSON_SYNTAX, 7 },
	{ TEXT("{\"audit_enabled\\u0000x\":true}"), JSON_NUL_NAME, 1 },
	{ TEXT("{\"a\":1,\"\\u0000\":2}"), JSON_NUL_NAME, 7 },
	/* Words. */
	{ TEXT("True"), JSON_SYNTAX, 0 },
	{ TEXT("TRUE"), JSON_SYNTAX, 0 },
	{ TEXT("nul"), JSON_SYNTAX, 0 },
	{ TEXT("nulll"), JSON_SYNTAX, 4 },
	{ TEXT("[truex]"), JSON_SYNTAX, 5 },
	{ TEXT("undefined"), JSON_SYNTAX, 0 },
	{ TEXT("NaN"), JSON_SYNTAX, 0 },
	{ TEXT("nan"), JSON_SYNTAX, 0 },
	{ TEXT("Infinity"), JSON_SYNTAX, 0 },
	{ TEXT("-Infinity"), JSON_SYNTAX, 1 },
	{ TEXT("[-NaN]"), JSON_SYNTAX, 2 },
	/* Comments. */
	{ TEXT("/**/1"), JSON_SYNTAX, 0 },
	{ TEXT("1//"), JSON_SYNTAX, 1 },
	{ TEXT("[1/* */]"), JSON_SYNTAX, 2 },
	{ TEXT("# x\n1"), JSON_SYNTAX, 0 },
	/* Blanks that are none. */
	{ TEXT("\f1"), JSON_SYNTAX, 0 },
	{ TEXT("\v1"), JSON_SYNTAX, 0 },
	{ TEXT("\xC2\xA0"
	       "1"),
	    JSON_SYNTAX, 0 },
	{ TEXT("[1,\xE2\x80\xA8"
	       "2]"),
	    JSON_SYNTAX, 3 },
	/* Numbers. */
	{ TEXT("01"), JSON_SYNTAX, 1 },
	{ TEXT("-01"), JSON_SYNTAX, 2 },
	{ TEXT("00"), JSON_SYNTAX, 1 },
	{ TEXT("-"), JSON_SYNTAX, 1 },
	{ TEXT("--1"), JSON_SYNTAX, 1 },
	{ TEXT("+1"), JSON_SYNTAX, 0 },
	{ TEXT("1."), JSON_SYNTAX, 2 },
	{ TEXT(".5"), JSON_SYNTAX, 0 },
	{ TEXT("-.5"), JSON_SYNTAX, 1 },
	{ TEXT("2.e3"), JSON_SYNTAX, 2 },
	{ TEXT("1e"), JSON_SYNTAX, 2 },
	{ TEXT("1e+"), JSON_SYNTAX, 3 },
	{ TEXT("1e+-1"), JSON_SYNTAX, 3 },
	{ TEXT("1e1.5"), JSON_SYNTAX, 3 },
	{ TEXT("0x10"), JSON_SYNTAX, 1 },
	{ TEXT("1_000"), JSON_SYNTAX, 1 },
	{ TEXT("1a"), JSON_SYNTAX, 1 },
	{ TEXT("1.2.3"), JSON_SYNTAX, 3 },
	{ TEXT("\xEF\xBC\x91"), JSON_SYNTAX, 0 },
	/* Strings. */
	{ TEXT("'a'"), JSON_SYNTAX, 0 },
	{ TEXT("\"\t\""), JSON_SYNTAX, 1 },
	{ TEXT("\"a\nb\""), JSON_SYNTAX, 2 },
	{ TEXT("\"\0\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\x1F\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\x41\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\'\""), JSON_SYNTAX, 1 },
	{ TEXT("\"a\\\n\""), JSON_SYNTAX, 2 },
	{ TEXT("\"\\U0041\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\"), JSON_SYNTAX, 1 },
	{ TEXT("\"\\\""), JSON_SYNTAX, 3 },
	{ TEXT("\"\\u"), JSON_SYNTAX, 1 },
	{ TEXT("\"\\u12\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\u12G4\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\u 123\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\u+123\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\uD800\""), JSON_SYNTAX, 1 },
	{ TEXT("\"x\\uDFFF\""), JSON_SYNTAX, 2 },
	{ TEXT("\"\\uD800\\u0041\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\uD800\\uD800\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\uDC00\\uD800\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\uD83Dx\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\uD83D\\uDE0\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\\uD83D\\n\""), JSON_SYNTAX, 1 },
	/* UTF-8. */
	{ TEXT("\"\xC0\xAF\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xE0\x80\xAF\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xF0\x80\x80\xAF\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xED\xA0\x80\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xED\xBF\xBF\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xF4\x90\x80\x80\""), JSON_SYNTAX, 1 },
	{ TEXT("\"a\xFF\""), JSON_SYNTAX, 2 },
	{ TEXT("\"\x80\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xC3\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xE2\x82\""), JSON_SYNTAX, 1 },
	{ TEXT("\"\xE2\x82"), JSON_SYNTAX, 1 },
	{ TEXT("{\"\xFF\":1}"), JSON_SYNTAX, 2 },
	/* Twice. */
	{ TEXT("{\"a\":1,\"a\":1}"), JSON_DUPLICATE, 7 },
	{ TEXT("{\"a\":1,\"\\u0061\":2}"), JSON_DUPLICATE, 7 },
	{ TEXT("{\"\":1,\"\":1}"), JSON_DUPLICATE, 6 },
	{ TEXT("{\"a\":null,\"a\":null}"), JSON_DUPLICATE, 10 },
	{ TEXT("[0,{\"x\":{\"k\":1,\"l\":2,\"k\":3}}]"), JSON_DUPLICATE, 21 },
	{ TEXT("{\"\xC3\xA9\":1,\"\\u00e9\":2}"), JSON_DUPLICATE, 8 },
	{ TEXT("{\"/\":1,\"\\/\":2}"), JSON_DUPLICATE, 7 },
};

static void
bad_ones_and_where(void **state)
{
	struct json_object *value;
	struct json_fault fault;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bad_texts); i++) {
		if (json_strict_parse(bad_texts[i].text, bad_texts[i].len, DEPTH, &value, &fault))
			fail_msg("accepted: %s", bad_texts[i].text);
		assert_null(value);
		if (fault.kind != bad_texts[i].kind || fault.offset != bad_texts[i].offset ||
		    fault.expected == NULL)
			fail_msg("%s: kind %d at %zu, not %d at %zu", bad_texts[i].text, fault.kind,
			    fault.offset, bad_texts[i].kind, bad_texts[i].offset);
	}
}

/*
 * Every beginning of a good text that ends in a bracket or quote is no text, and its fault is at
 * the end or before.
 */
static void
every_truncation(void **state)
{
	const char text[] = "{\"a\":[1,true,{\"b\":\"\\u00e9\\n\xE2\x82\xAC\"}],"
			    "\"c\":-1.5e+3,\"d\":null}";
	char *copy;
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(text) - 1; len++) {
		/* Exactly as long as it is, so that reading past it would be seen. */
		copy = malloc(len + (len == 0));
		assert_non_null(copy);
		memcpy(copy, text, len);
		assert_false(accepts(copy, len));
		free(copy);
	}
	assert_true(accepts(text, sizeof(text) - 1));
}

static bool
is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool
two_bytes_by_definition(int a, int b)
{
	if (is_digit(b))
		return is_blank(a) || a == '-' || (is_digit(a) && a != '0');
	return (is_digit(a) && is_blank(b)) || (a == '"' && b == '"') || (a == '[' && b == ']') ||
	    (a == '{' && b == '}');
}

static void
every_text_of_one_and_two_bytes(void **state)
{
	char text[2];
	int a, b;

	(void)state;
	for (a = 0; a < 256; a++) {
		text[0] = (char)a;
		assert_int_equal(accepts(text, 1), is_digit(a));
		for (b = 0; b < 256; b++) {
			text[1] = (char)b;
			if (accepts(text, 2) != two_bytes_by_definition(a, b))
				fail_msg("%02x %02x", (unsigned)a, (unsigned)b);
		}
	}
}

/*
 * Every text of up to seven of these characters, against a recogniser written straight from the
 * grammar. The strings that can be made of them are "" and "a", so that a duplicate is easily
 * known.
 */
static const char alphabet[] = "[]{},:\"a0";

static const char *want_value(const char *p);

static const char *
want_string(const char *p)
{
	if (p[0] != '"')
		return NULL;
	for (p++; *p != '"'; p++)
		if (*p == '\0')
			return NULL;
	return p + 1;
}

static const char *
want_array(const char *p)
{
	if (p[1] == ']')
		return p + 2;
	do {
		if ((p = want_value(p + 1)) == NULL)
			return NULL;
	} while (*p == ',');
	return *p == ']' ? p + 1 : NULL;
}

static const char *
want_object(const char *p)
{
	const char *names[8], *end;
	size_t count = 0, i;

	if (p[1] == '}')
		return p + 2;
	do {
		names[count] = p + 1;
		if ((end = want_string(p + 1)) == NULL || *end != ':')
			return NULL;
		for (i = 0; i < count; i++)
			if (memcmp(names[i], names[count], (size_t)(end - names[count])) == 0)
				return NULL;
		count++;
		if ((p = want_value(end + 1)) == NULL)
			return NULL;
	} while (*p == ',');
	return *p == '}' ? p + 1 : NULL;
}

static const char *
want_value(const char *p)
{
	if (*p == '[')
		return want_array(p);
	if (*p == '{')
		return want_object(p);
	return *p == '0' ? p + 1 : want_string(p);
}

static void
every_text_of_seven_characters(void **state)
{
	size_t base = sizeof(alphabet) - 1, len, n, count, rest, accepted = 0;
	const char *end;
	char text[8];
	size_t i;

	(void)state;
	for (len = 1, count = base; len <= 7; len++, count *= base) {
		for (n = 0; n < count; n++) {
			for (i = 0, rest = n; i < len; i++, rest /= base)
				text[i] = alphabet[rest % base];
			text[len] = '\0';
			end = want_value(text);
			if (accepts(text, len) != (end != NULL && *end == '\0'))
				fail_msg("%s", text);
			accepted += end != NULL && *end == '\0';
		}
	}
	assert_true(accepted > 100);
}

static void
nested(char *text, size_t depth)
{
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
}

static void
depth_is_counted(void **state)
{
	char text[2 * (JSON_DEPTH_MAX + 1)];
	struct json_object *value;
	struct json_fault fault;
	unsigned depth, max;
	bool good;

	(void)state;
	for (max = 0; max <= JSON_DEPTH_MAX; max++) {
		for (depth = 1; depth <= JSON_DEPTH_MAX + 1; depth++) {
			nested(text, depth);
			good = json_strict_parse(text, 2 * (size_t)depth, max, &value, &fault);
			assert_int_equal(good, depth <= max);
			json_object_put(value);
			if (depth > max) {
				assert_int_equal(fault.kind, JSON_DEPTH);
				assert_int_equal(fault.offset, max);
			}
		}
	}
	nested(text, JSON_DEPTH_MAX + 1);
	assert_false(json_strict_parse(text, sizeof(text), UINT32_MAX, &value, &fault));
	assert_int_equal(fault.kind, JSON_DEPTH);
	/* Depth is what is open, not what was opened. */
	assert_true(json_strict_parse("[[],[],{},{}]", 13, 2, &value, &fault));
	json_object_put(value);
}

static enum json_type
type_of(const char *text)
{
	struct json_object *value;
	struct json_fault fault;
	enum json_type type;

	assert_true(json_strict_parse(text, strlen(text), DEPTH, &value, &fault));
	type = json_object_get_type(value);
	json_object_put(value);
	return type;
}

/* No integer is clamped: what int64_t cannot hold is no json_type_int. */
static void
integers_are_exact(void **state)
{
	struct json_object *value;
	struct json_fault fault;

	(void)state;
	assert_int_equal(type_of("9223372036854775807"), json_type_int);
	assert_int_equal(type_of("-9223372036854775808"), json_type_int);
	assert_int_equal(type_of("9223372036854775808"), json_type_double);
	assert_int_equal(type_of("-9223372036854775809"), json_type_double);
	assert_int_equal(type_of("99999999999999999999999"), json_type_double);
	assert_int_equal(type_of("-0"), json_type_double);
	assert_int_equal(type_of("1.0"), json_type_double);
	assert_int_equal(type_of("1e0"), json_type_double);
	assert_int_equal(type_of("0"), json_type_int);
	assert_true(json_strict_parse("-9223372036854775808", 20, 0, &value, &fault));
	assert_true(json_object_get_int64(value) == INT64_MIN);
	json_object_put(value);
	assert_true(json_strict_parse("1.5", 3, 0, &value, &fault));
	assert_true(json_object_get_double(value) > 1.4 && json_object_get_double(value) < 1.6);
	json_object_put(value);
}

static void
strings_keep_their_nul(void **state)
{
	struct json_object *value;
	struct json_fault fault;

	(void)state;
	assert_true(json_strict_parse("\"a\\u0000b\"", 10, 0, &value, &fault));
	assert_int_equal(json_object_get_string_len(value), 3);
	assert_memory_equal(json_object_get_string(value), "a\0b", 4);
	json_object_put(value);
}

/* As many members as a body can have; one more of the same name as the first is found. */
static void
many_members(void **state)
{
	size_t size = 20 * 20000, len = 0, i;
	char *text = malloc(size);
	struct json_object *value;
	struct json_fault fault;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < 20000; i++)
		len += (size_t)snprintf(text + len, size - len, "%c\"%zu\":%zu", i == 0 ? '{' : ',',
		    i, i);
	(void)snprintf(text + len, size - len, "}");
	assert_true(json_strict_parse(text, len + 1, 1, &value, &fault));
	assert_int_equal(json_object_object_length(value), 20000);
	json_object_put(value);
	(void)snprintf(text + len, size - len, ",\"0\":0}");
	assert_false(json_strict_parse(text, len + 7, 1, &value, &fault));
	assert_int_equal(fault.kind, JSON_DUPLICATE);
	assert_int_equal(fault.offset, len + 1);
	free(text);
}

static void
any_name_keeps_nuls_apart(void **state)
{
	static const char text[] = "{\"a\\u0000b\":1,"
				   "\"a\":\"\\u0000\",\"\\u0000\":{\"\\u0000\\u0000\":2}}";
	static const char twice[] = "{\"\\u0000\":1,\"\\u0000\":2}";
	struct json_object *value, *inner, *n;
	struct json_fault fault;

	(void)state;
	assert_true(json_strict_parse_any_name(text, sizeof(text) - 1, DEPTH, &value, &fault));
	assert_int_equal(json_object_object_length(value), 3);
	assert_true(json_object_object_get_ex(value,
	    "a\xC0\x80"
	    "b",
	    &n));
	assert_int_equal(json_object_get_int(n), 1);
	assert_true(json_object_object_get_ex(value, "a", &n));
	assert_int_equal(json_object_get_string_len(n), 1);
	assert_true(json_object_object_get_ex(value, "\xC0\x80", &inner));
	assert_true(json_object_object_get_ex(inner, "\xC0\x80\xC0\x80", &n));
	json_object_put(value);
	assert_false(json_strict_parse_any_name(twice, sizeof(twice) - 1, DEPTH, &value, &fault));
	assert_int_equal(fault.kind, JSON_DUPLICATE);
	assert_int_equal(fault.offset, 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones_and_what_they_become),
		cmocka_unit_test(bad_ones_and_where),
		cmocka_unit_test(every_truncation),
		cmocka_unit_test(every_text_of_one_and_two_bytes),
		cmocka_unit_test(every_text_of_seven_characters),
		cmocka_unit_test(depth_is_counted),
		cmocka_unit_test(integers_are_exact),
		cmocka_unit_test(strings_keep_their_nul),
		cmocka_unit_test(any_name_keeps_nuls_apart),
		cmocka_unit_test(many_members),
	};

	return cmocka_run_group_tests_name("json_strict", tests, NULL, NULL);
}
