/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_strict.h"
#include "base/utf8.h"

/*
 * The reader is a loop over what may come next; open arrays and objects are on a stack of fixed
 * size. A container joins its parent as soon as it opens, so the root owns everything and one
 * json_object_put() undoes it all. That a name is new is asked of json-c's hash table, which is
 * seeded at random.
 */
enum step {
	STEP_VALUE,         /* a value */
	STEP_FIRST_ELEMENT, /* a value or ']' */
	STEP_FIRST_NAME,    /* a name or '}' */
	STEP_NAME,          /* a name */
	STEP_NEXT,          /* ',' or the end of the container */
	STEP_END,           /* nothing more */
	STEP_DONE,
	STEP_FAILED
};

struct reader {
	const char *text;
	size_t len;
	size_t at; /* the next byte */
	unsigned max_depth;
	unsigned depth;
	bool any_name;  /* names with U+0000 too */
	bool widen_nul; /* such a name is being read: U+0000 becomes C0 80 */
	struct json_object *open[JSON_DEPTH_MAX]; /* borrowed: the root owns them */
	struct json_object *root;                 /* owned */
	char *scratch; /* len + 1 bytes: what was read last, with a NUL */
	size_t scratch_len;
	char *name; /* len + 1 bytes: the member whose value comes next */
	struct json_fault *fault;
};

static bool
refuse(struct reader *r, enum json_fault_kind kind, size_t offset, const char *expected)
{
	r->fault->kind = kind;
	r->fault->offset = offset;
	r->fault->expected = expected;
	return false;
}

static enum step
refuse_step(struct reader *r, enum json_fault_kind kind, size_t offset, const char *expected)
{
	(void)refuse(r, kind, offset, expected);
	return STEP_FAILED;
}

/* The next byte, or -1 at the end. */
static int
peek(const struct reader *r)
{
	return r->at < r->len ? (unsigned char)r->text[r->at] : -1;
}

static bool
take(struct reader *r, char c)
{
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->len && memchr(" \t\n\r", r->text[r->at], 4) != NULL)
		r->at++;
}

static bool
is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* ---- strings ---- */

/* Four hexadecimal digits from `at`, or -1. */
static long
code_unit(const struct reader *r, size_t at)
{
	long unit = 0;
	size_t end = at + 4;
	char c;

	if (end > r->len)
		return -1;
	for (; at < end; at++) {
		c = r->text[at];
		if (c >= '0' && c <= '9')
			unit = unit * 16 + (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			unit = unit * 16 + ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return unit;
}

static bool
is_high_surrogate(long unit)
{
	return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool
is_low_surrogate(long unit)
{
	return unit >= 0xDC00 && unit <= 0xDFFF;
}

/*
 * Append a character; an escape is never shorter than the UTF-8 it stands for, so scratch is large
 * enough.
 */
static void
put_character(struct reader *r, unsigned long c)
{
	char *to = r->scratch + r->scratch_len;
	size_t n = c < 0x80 && (c > 0 || !r->widen_nul) ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	size_t i;

	for (i = n - 1; i > 0; i--) {
		to[i] = (char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	to[0] = (char)(lead[n] | c);
	r->scratch_len += n;
}

/*
 * What follows "\u": one code unit, or two with a second "\u" between; `start` is the first
 * backslash.
 */
static bool
read_unicode_escape(struct reader *r, size_t start)
{
	long unit = code_unit(r, r->at), low;

	if (unit < 0)
		return refuse(r, JSON_SYNTAX, start, "four hexadecimal digits after \\u");
	r->at += 4;
	if (is_high_surrogate(unit)) {
		if (!take(r, '\\') || !take(r, 'u') || !is_low_surrogate(low = code_unit(r, r->at)))
			return refuse(r, JSON_SYNTAX, start, "a pair of surrogates");
		r->at += 4;
		unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
	} else if (is_low_surrogate(unit))
		return refuse(r, JSON_SYNTAX, start, "a pair of surrogates");
	put_character(r, (unsigned long)unit);
	return true;
}

/* An escape; the backslash is the byte before `at`. */
static bool
read_escape(struct reader *r)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	size_t start = r->at - 1;
	const char *letter;

	if (take(r, 'u'))
		return read_unicode_escape(r, start);
	if (r->at == r->len ||
	    (letter = memchr(letters, r->text[r->at], sizeof(letters) - 1)) == NULL)
		return refuse(r, JSON_SYNTAX, start,
		    "an escape: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
	r->at++;
	put_character(r, (unsigned long)meant[letter - letters]);
	return true;
}

/* Take over bytes that stand for themselves, up to a quote, a backslash or a fault. */
static bool
read_plain(struct reader *r)
{
	size_t start = r->at, n;
	int c;

	while ((c = peek(r)) != '"' && c != '\\') {
		if (c < 0)
			return refuse(r, JSON_SYNTAX, r->at, "the closing quote of a string");
		if (c < 0x20)
			return refuse(r, JSON_SYNTAX, r->at,
			    "no unescaped control character in a string");
		if ((n = utf8_sequence(r->text + r->at, r->len - r->at)) == 0)
			return refuse(r, JSON_SYNTAX, r->at, "valid UTF-8");
		r->at += n;
	}
	memcpy(r->scratch + r->scratch_len, r->text + start, r->at - start);
	r->scratch_len += r->at - start;
	return true;
}

/* A string, from its opening quote on, into scratch. */
static bool
read_string(struct reader *r)
{
	r->scratch_len = 0;
	r->at++;
	while (!take(r, '"')) {
		if (take(r, '\\') ? !read_escape(r) : !read_plain(r))
			return false;
	}
	r->scratch[r->scratch_len] = '\0';
	return true;
}

/* ---- numbers ---- */

static bool
read_digits(struct reader *r)
{
	if (!is_digit(peek(r)))
		return refuse(r, JSON_SYNTAX, r->at, "a digit");
	while (is_digit(peek(r)))
		r->at++;
	return true;
}

/* A number's text into scratch; *plain: neither fraction nor exponent. */
static bool
read_number(struct reader *r, bool *plain)
{
	size_t start = r->at;

	*plain = true;
	(void)take(r, '-');
	/* After a leading zero no digit can follow; the next step finds it. */
	if (!take(r, '0') && !read_digits(r))
		return false;
	if (take(r, '.')) {
		*plain = false;
		if (!read_digits(r))
			return false;
	}
	if (take(r, 'e') || take(r, 'E')) {
		*plain = false;
		if (!take(r, '+'))
			(void)take(r, '-');
		if (!read_digits(r))
			return false;
	}
	r->scratch_len = r->at - start;
	memcpy(r->scratch, r->text + start, r->scratch_len);
	r->scratch[r->scratch_len] = '\0';
	return true;
}

/* The value of a plain number's text; false where int64_t cannot tell it from another one. */
static bool
integer_value(const char *text, int64_t *value)
{
	bool negative = text[0] == '-';
	int64_t n = 0;

	if (negative && text[1] == '0')
		return false;
	for (text += negative; *text != '\0'; text++) {
		/* A negative number grows downwards, since INT64_MIN has no positive twin. */
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, negative ? '0' - *text : *text - '0', &n))
			return false;
	}
	*value = n;
	return true;
}

/* NULL: out of memory. */
static struct json_object *
make_number(const char *text, bool plain)
{
	int64_t value;

	if (!plain)
		return json_tokener_parse(text); /* minds the locale, as strtod() alone would not */
	if (integer_value(text, &value))
		return json_object_new_int64(value);
	return json_object_new_double_s(strtod(text, NULL), text);
}

/* ---- values ---- */

/* Put a value, which is taken over, where it belongs. */
static bool
place(struct reader *r, struct json_object *value)
{
	struct json_object *parent = r->depth > 0 ? r->open[r->depth - 1] : NULL;
	int rc = 0;

	if (parent == NULL)
		r->root = value;
	else if (json_object_is_type(parent, json_type_array))
		rc = json_object_array_add(parent, value);
	else
		rc = json_object_object_add_ex(parent, r->name, value,
		    JSON_C_OBJECT_ADD_KEY_IS_NEW);
	if (rc == 0)
		return true;
	json_object_put(value);
	return refuse(r, JSON_MEMORY, r->at, "less data");
}

static enum step
after_value(const struct reader *r)
{
	return r->depth > 0 ? STEP_NEXT : STEP_END;
}

/* Place a scalar; NULL means that there was no memory for it. */
static enum step
finish_scalar(struct reader *r, struct json_object *value)
{
	if (value == NULL)
		return refuse_step(r, JSON_MEMORY, r->at, "less data");
	return place(r, value) ? after_value(r) : STEP_FAILED;
}

static enum step
step_container(struct reader *r, char bracket)
{
	struct json_object *container;

	if (r->depth >= r->max_depth)
		return refuse_step(r, JSON_DEPTH, r->at, "less nesting");
	container = bracket == '[' ? json_object_new_array() : json_object_new_object();
	if (container == NULL)
		return refuse_step(r, JSON_MEMORY, r->at, "less data");
	if (!place(r, container))
		return STEP_FAILED;
	r->at++;
	r->open[r->depth++] = container;
	return bracket == '[' ? STEP_FIRST_ELEMENT : STEP_FIRST_NAME;
}

static enum step
step_number(struct reader *r)
{
	bool plain;

	if (!read_number(r, &plain))
		return STEP_FAILED;
	return finish_scalar(r, make_number(r->scratch, plain));
}

static enum step
step_string(struct reader *r)
{
	if (!read_string(r))
		return STEP_FAILED;
	return finish_scalar(r, json_object_new_string_len(r->scratch, (int)r->scratch_len));
}

static bool
take_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if (r->len - r->at < n || memcmp(r->text + r->at, word, n) != 0)
		return false;
	r->at += n;
	return true;
}

static enum step
step_word(struct reader *r)
{
	if (take_word(r, "true"))
		return finish_scalar(r, json_object_new_boolean(1));
	if (take_word(r, "false"))
		return finish_scalar(r, json_object_new_boolean(0));
	if (take_word(r, "null"))
		return place(r, NULL) ? after_value(r) : STEP_FAILED;
	return refuse_step(r, JSON_SYNTAX, r->at, "a value");
}

static enum step
step_value(struct reader *r)
{
	int c = peek(r);

	if (c == '{' || c == '[')
		return step_container(r, (char)c);
	if (c == '"')
		return step_string(r);
	if (c == '-' || is_digit(c))
		return step_number(r);
	return step_word(r);
}

static enum step
step_close(struct reader *r)
{
	r->at++;
	r->depth--;
	return after_value(r);
}

static enum step
step_name(struct reader *r)
{
	size_t start = r->at;
	char *swap;

	if (peek(r) != '"')
		return refuse_step(r, JSON_SYNTAX, r->at, "a member name in double quotes");
	r->widen_nul = r->any_name;
	if (!read_string(r))
		return STEP_FAILED;
	r->widen_nul = false;
	if (memchr(r->scratch, '\0', r->scratch_len) != NULL)
		return refuse_step(r, JSON_NUL_NAME, start, "a member name without U+0000");
	if (json_object_object_get_ex(r->open[r->depth - 1], r->scratch, NULL))
		return refuse_step(r, JSON_DUPLICATE, start, "each member once");
	skip_blanks(r);
	if (!take(r, ':'))
		return refuse_step(r, JSON_SYNTAX, r->at, "a colon");
	swap = r->name;
	r->name = r->scratch;
	r->scratch = swap;
	return STEP_VALUE;
}

static enum step
step_next(struct reader *r)
{
	bool array = json_object_is_type(r->open[r->depth - 1], json_type_array);

	if (take(r, ','))
		return array ? STEP_VALUE : STEP_NAME;
	if (peek(r) == (array ? ']' : '}'))
		return step_close(r);
	return refuse_step(r, JSON_SYNTAX, r->at, array ? "a comma or ]" : "a comma or }");
}

static enum step
step_end(struct reader *r)
{
	if (r->at < r->len)
		return refuse_step(r, JSON_SYNTAX, r->at, "nothing after the value");
	return STEP_DONE;
}

static enum step
next_step(struct reader *r, enum step step)
{
	skip_blanks(r);
	switch (step) {
	case STEP_FIRST_ELEMENT:
		return peek(r) == ']' ? step_close(r) : step_value(r);
	case STEP_FIRST_NAME:
		return peek(r) == '}' ? step_close(r) : step_name(r);
	case STEP_NAME:
		return step_name(r);
	case STEP_NEXT:
		return step_next(r);
	case STEP_END:
		return step_end(r);
	case STEP_VALUE:
		return step_value(r);
	case STEP_DONE:
	case STEP_FAILED:
		break;
	}
	return step;
}

static bool
read_text(struct reader *r)
{
	enum step step = STEP_VALUE;

	if (r->len >= INT_MAX || (r->scratch = malloc(r->len + 1)) == NULL ||
	    (r->name = malloc(r->len + 1)) == NULL)
		return refuse(r, JSON_MEMORY, 0, "less data");
	while (step != STEP_DONE && step != STEP_FAILED)
		step = next_step(r, step);
	return step == STEP_DONE;
}

static bool
parse(const char *text, size_t len, unsigned max_depth, bool any_name, struct json_object **value,
    struct json_fault *fault)
{
	struct reader r = {
		.text = text,
		.len = len,
		.any_name = any_name,
		.fault = fault,
		.max_depth = max_depth < JSON_DEPTH_MAX ? max_depth : JSON_DEPTH_MAX,
	};
	bool good;

	*fault = (struct json_fault){ .kind = JSON_OK };
	*value = NULL;
	if ((good = read_text(&r)))
		*value = r.root;
	else
		json_object_put(r.root);
	free(r.scratch);
	free(r.name);
	return good;
}

bool
json_strict_parse(const char *text, size_t len, unsigned max_depth, struct json_object **value,
    struct json_fault *fault)
{
	return parse(text, len, max_depth, false, value, fault);
}

bool
json_strict_parse_any_name(const char *text, size_t len, unsigned max_depth,
    struct json_object **value, struct json_fault *fault)
{
	return parse(text, len, max_depth, true, value, fault);
}
