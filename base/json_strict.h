/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_JSON_STRICT_H
#define GRANTD_BASE_JSON_STRICT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

struct json_object;

/*
 * A strict reader of RFC 8259 texts that builds json-c values.
 *
 * json-c's own reader is not used for the text, since even its strict mode lets pass what the RFC
 * does not (single quotes, NaN, raw control characters, overlong UTF-8, lone surrogates), takes the
 * last of several members of one name, cuts member names at U+0000, and clamps integers past 64
 * bits without a word.
 *
 * Accepted is exactly one JSON value in valid UTF-8 (RFC 3629), blanks around it allowed, with
 * these limits of ours: no byte order mark, no member twice in one object (names compared after
 * unescaping), no U+0000 in a member name, no unpaired surrogate escape, arrays and objects nested
 * at most `max_depth` deep.
 *
 * Numbers: what is written without fraction and exponent, is not "-0", and fits int64_t becomes a
 * json_type_int. Every other number becomes a json_type_double that remembers its text, so that
 * writing it out again gives back the same digits. Nothing is clamped or rounded in silence: an
 * integer is a json_type_int or refused by whoever wants one.
 *
 * Strings may hold U+0000 (use json_object_get_string_len()).
 */

/* The deepest nesting that can be asked for; a larger max_depth means this one. */
#define JSON_DEPTH_MAX 128

enum json_fault_kind {
	JSON_OK,
	JSON_SYNTAX,    /* not RFC 8259, or not UTF-8 */
	JSON_DEPTH,     /* nested too deep */
	JSON_DUPLICATE, /* a member name occurs twice in one object */
	JSON_NUL_NAME,  /* fine by the RFC, but json-c cannot keep U+0000 in a name */
	JSON_MEMORY     /* out of memory, or the text is longer than INT_MAX */
};

/*
 * Where and why a text was refused. `offset` counts bytes from 0 and is
 * - the opening bracket or brace that is one too deep;
 * - the opening quote of a name that occurs twice or holds U+0000;
 * - the backslash of an escape that is malformed or an unpaired surrogate;
 * - the first byte of a sequence that is not UTF-8;
 * - the first letter of a word that is not true, false or null;
 * - otherwise the first byte that cannot follow what is before it, which is `len` where the text
 *   ends too early.
 */
struct json_fault {
	enum json_fault_kind kind;
	size_t offset;
	const char *expected; /* static English: "a value"; NULL with JSON_OK */
};

/*
 * Read `len` bytes. True: *value is the caller's, to be released with json_object_put(); it is NULL
 * for the text "null", as everywhere in json-c. False: *value is NULL and *fault says why. A scalar
 * has depth 0, [] has 1. Takes time and memory linear in `len`; does not recurse.
 */
MUST_CHECK bool json_strict_parse(const char *text, size_t len, unsigned max_depth,
    struct json_object **value, struct json_fault *fault);

/*
 * The same for those who need every name that RFC 8259 allows: a U+0000 in a member name is kept as
 * the two bytes C0 80, which cannot come from anything else, since they are no UTF-8. There is no
 * JSON_NUL_NAME then.
 */
MUST_CHECK bool json_strict_parse_any_name(const char *text, size_t len, unsigned max_depth,
    struct json_object **value, struct json_fault *fault);

#endif
