/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_VALUE_H
#define CEDAR_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cedar/arena.h"
#include "cedar/intern.h"

enum value_type {
	VALUE_BOOL,
	VALUE_LONG,
	VALUE_STRING,
	VALUE_ENTITY,
	VALUE_SET,
	VALUE_RECORD,
	VALUE_DECIMAL,
	VALUE_IP,
	VALUE_DATETIME,
	VALUE_DURATION,
	VALUE_UNHELD /* something that Cedar has no type for; whoever reads it fails */
};

/*
 * Small enough to be copied; what it points to is never changed.  A decimal is
 * counted in ten-thousandths, datetime and duration in milliseconds.
 */
struct value {
	uint8_t type; /* enum value_type */
	uint32_t len; /* bytes of a string */
	union {
		bool truth;
		int64_t number; /* long, decimal, datetime, duration */
		const char *string;
		const struct uid *entity;
		const struct set *set;
		const struct record *record;
		const struct ip *ip;
	};
};

struct ip {
	unsigned char address[16]; /* network order; IPv4 in the first four bytes, then 0 */
	uint8_t prefix;            /* at most 32 or 128 */
	bool v6;
};

/* Sorted by cd_value_compare(), no two equal. */
struct set {
	uint32_t count;
	struct value items[];
};

struct field {
	const struct name *name;
	struct value value;
};

/* Sorted by the names' serials, no two equal, once it is a value. */
struct record {
	uint32_t count;
	struct field *fields;
};

static inline struct value
value_bool(bool truth)
{
	return (struct value){ .type = VALUE_BOOL, .truth = truth };
}

static inline struct value
value_number(enum value_type type, int64_t number)
{
	return (struct value){ .type = (uint8_t)type, .number = number };
}

static inline struct value
value_string(const char *text, size_t len)
{
	return (struct value){ .type = VALUE_STRING, .len = (uint32_t)len, .string = text };
}

static inline struct value
value_entity(const struct uid *uid)
{
	return (struct value){ .type = VALUE_ENTITY, .entity = uid };
}

static inline struct value
value_set(const struct set *set)
{
	return (struct value){ .type = VALUE_SET, .set = set };
}

static inline struct value
value_record(const struct record *record)
{
	return (struct value){ .type = VALUE_RECORD, .record = record };
}

/*
 * A total order over all values, 0 exactly where they are equal.  It has no
 * meaning to a policy.
 */
int cd_value_compare(const struct value *, const struct value *);
bool cd_value_equal(const struct value *, const struct value *);

/*
 * What comparing this value with another takes at most, in steps (see
 * cedar_request_budget()): at least 1, more for long texts and what has parts.
 * Beyond `most`, which is not negative, it stops counting.
 */
uint64_t cd_value_steps(const struct value *, int64_t most);
/* The same of all elements together. */
uint64_t cd_set_steps(const struct set *, int64_t most);

/* Steps for `len` bytes that are compared, and for those that are searched or read one by one. */
#define STEPS_TO_COMPARE(len) ((uint64_t)(len) / 64)
#define STEPS_TO_READ(len) ((uint64_t)(len) / 4)

/* How often a set of this size is looked at until an element is found or not. */
static inline uint32_t
cd_log2(uint32_t count)
{
	return count == 0 ? 1 : 32 - (uint32_t)__builtin_clz(count);
}

/* As in "a Long". */
const char *cd_value_type_name(int type);

/* Is a VALUE_UNHELD among its elements or fields, or is it one? */
bool cd_value_is_unheld(const struct value *);

/* Sort and deduplicate in place what has just been filled in. */
void cd_set_normalize(struct set *);
/* An empty set with room for count items; NULL without memory. */
struct set *cd_set_new(struct arena *, size_t count);
bool cd_set_contains(const struct set *, const struct value *);
bool cd_set_contains_all(const struct set *, const struct set *part);
bool cd_set_contains_any(const struct set *, const struct set *other);

/* Sort the fields; the first name that occurs twice, or NULL. */
const struct name *cd_record_normalize(struct record *);
/* NULL where there is none. */
const struct value *cd_record_get(const struct record *, const struct name *);

/*
 * Sort count elements of size bytes (at most 64) in place, without recursion or
 * further memory, in O(n log n) time whatever the input.
 */
void cd_sort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));

#endif
