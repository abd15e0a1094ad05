/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/value.h"

#define RECORD_SCAN_MAX 8u /* fields up to which looking at each beats a binary search */
#define RECORD_INSERT_MAX 16u

static inline int
order(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_strings(const struct value *a, const struct value *b)
{
	return a->len != b->len ? order(a->len, b->len) : memcmp(a->string, b->string, a->len);
}

static int
compare_sets(const struct set *a, const struct set *b)
{
	uint32_t i;
	int c;

	if (a == b)
		return 0;
	if (a->count != b->count)
		return order(a->count, b->count);
	for (i = 0; i < a->count; i++)
		if ((c = cd_value_compare(&a->items[i], &b->items[i])) != 0)
			return c;
	return 0;
}

static int
compare_records(const struct record *a, const struct record *b)
{
	uint32_t i;
	int c;

	if (a == b)
		return 0;
	if (a->count != b->count)
		return order(a->count, b->count);
	for (i = 0; i < a->count; i++) {
		if (a->fields[i].name != b->fields[i].name)
			return order(a->fields[i].name->serial, b->fields[i].name->serial);
		if ((c = cd_value_compare(&a->fields[i].value, &b->fields[i].value)) != 0)
			return c;
	}
	return 0;
}

static int
compare_ips(const struct ip *a, const struct ip *b)
{
	if (a->v6 != b->v6)
		return order(a->v6, b->v6);
	if (a->prefix != b->prefix)
		return order(a->prefix, b->prefix);
	return memcmp(a->address, b->address, sizeof(a->address));
}

int
cd_value_compare(const struct value *a, const struct value *b)
{
	if (a->type != b->type)
		return order(a->type, b->type);
	switch (a->type) {
	case VALUE_BOOL:
		return order(a->truth, b->truth);
	case VALUE_STRING:
		return compare_strings(a, b);
	case VALUE_ENTITY:
		return order(a->entity->serial, b->entity->serial);
	case VALUE_SET:
		return compare_sets(a->set, b->set);
	case VALUE_RECORD:
		return compare_records(a->record, b->record);
	case VALUE_IP:
		return compare_ips(a->ip, b->ip);
	default:
		return order(a->number, b->number);
	}
}

bool
cd_value_equal(const struct value *a, const struct value *b)
{
	return cd_value_compare(a, b) == 0;
}

uint64_t
cd_set_steps(const struct set *set, int64_t most)
{
	uint64_t steps = 0;
	uint32_t i;

	for (i = 0; i < set->count && steps <= (uint64_t)most; i++)
		steps += cd_value_steps(&set->items[i], most - (int64_t)steps);
	return steps;
}

static uint64_t
record_steps(const struct record *record, int64_t most)
{
	uint64_t steps = 0;
	uint32_t i;

	for (i = 0; i < record->count && steps <= (uint64_t)most; i++)
		steps += cd_value_steps(&record->fields[i].value, most - (int64_t)steps);
	return steps;
}

uint64_t
cd_value_steps(const struct value *value, int64_t most)
{
	switch (value->type) {
	case VALUE_STRING:
		return 1 + STEPS_TO_COMPARE(value->len);
	case VALUE_SET:
		return 1 + cd_set_steps(value->set, most);
	case VALUE_RECORD:
		return 1 + record_steps(value->record, most);
	default:
		return 1;
	}
}

const char *
cd_value_type_name(int type)
{
	static const char *const names[] = {
		[VALUE_BOOL] = "a Bool",
		[VALUE_LONG] = "a Long",
		[VALUE_STRING] = "a String",
		[VALUE_ENTITY] = "an entity",
		[VALUE_SET] = "a set",
		[VALUE_RECORD] = "a record",
		[VALUE_DECIMAL] = "a decimal",
		[VALUE_IP] = "an IP address",
		[VALUE_DATETIME] = "a datetime",
		[VALUE_DURATION] = "a duration",
		[VALUE_UNHELD] = "a value that Cedar has no type for",
	};

	return type >= 0 && (size_t)type < sizeof(names) / sizeof(names[0]) ? names[type] :
									      "nothing";
}

bool
cd_value_is_unheld(const struct value *value)
{
	uint32_t i;

	if (value->type == VALUE_SET) {
		for (i = 0; i < value->set->count; i++)
			if (cd_value_is_unheld(&value->set->items[i]))
				return true;
	} else if (value->type == VALUE_RECORD) {
		for (i = 0; i < value->record->count; i++)
			if (cd_value_is_unheld(&value->record->fields[i].value))
				return true;
	}
	return value->type == VALUE_UNHELD;
}

/* ---- sorting ---- */

static void
swap(unsigned char *a, unsigned char *b, size_t size)
{
	unsigned char keep[64];

	memcpy(keep, a, size);
	memcpy(a, b, size);
	memcpy(b, keep, size);
}

/* Let the element at `at` sink to its place in a heap of `count`, largest on top. */
static void
sift(unsigned char *base, size_t at, size_t count, size_t size,
    int (*compare)(const void *, const void *))
{
	size_t child;

	while ((child = 2 * at + 1) < count) {
		if (child + 1 < count &&
		    compare(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (compare(base + at * size, base + child * size) >= 0)
			return;
		swap(base + at * size, base + child * size, size);
		at = child;
	}
}

void
cd_sort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	unsigned char *p = base;
	size_t i;

	/* What comes sorted already, as most does, costs one pass. */
	for (i = 1; i < count; i++)
		if (compare(p + (i - 1) * size, p + i * size) > 0)
			break;
	if (i >= count)
		return;
	for (i = count / 2; i-- > 0;)
		sift(p, i, count, size, compare);
	for (i = count; i-- > 1;) {
		swap(p, p + i * size, size);
		sift(p, 0, i, size, compare);
	}
}

/* ---- sets ---- */

static int
compare_items(const void *a, const void *b)
{
	return cd_value_compare(a, b);
}

struct set *
cd_set_new(struct arena *arena, size_t count)
{
	struct set *set;

	if (count > UINT32_MAX)
		return NULL;
	set = cd_arena_alloc(arena, sizeof(*set) + count * sizeof(set->items[0]));
	if (set != NULL)
		set->count = 0;
	return set;
}

void
cd_set_normalize(struct set *set)
{
	uint32_t i, kept = 0;

	cd_sort(set->items, set->count, sizeof(set->items[0]), compare_items);
	for (i = 0; i < set->count; i++)
		if (kept == 0 || !cd_value_equal(&set->items[kept - 1], &set->items[i]))
			set->items[kept++] = set->items[i];
	set->count = kept;
}

bool
cd_set_contains(const struct set *set, const struct value *value)
{
	uint32_t low = 0, high = set->count, middle;
	int c;

	while (low < high) {
		middle = low + (high - low) / 2;
		if ((c = cd_value_compare(value, &set->items[middle])) == 0)
			return true;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

bool
cd_set_contains_all(const struct set *set, const struct set *part)
{
	uint32_t i;

	if (part->count > set->count)
		return false;
	for (i = 0; i < part->count; i++)
		if (!cd_set_contains(set, &part->items[i]))
			return false;
	return true;
}

bool
cd_set_contains_any(const struct set *set, const struct set *other)
{
	uint32_t i;

	if (other->count > set->count)
		return cd_set_contains_any(other, set);
	for (i = 0; i < other->count; i++)
		if (cd_set_contains(set, &other->items[i]))
			return true;
	return false;
}

/* ---- records ---- */

static int
compare_fields(const void *a, const void *b)
{
	return order(((const struct field *)a)->name->serial,
	    ((const struct field *)b)->name->serial);
}

/* Sorting by insertion beats the general way for the few fields that most records have. */
static void
sort_fields(struct record *record)
{
	struct field *fields = record->fields, field;
	uint32_t i, at;

	if (record->count > RECORD_INSERT_MAX) {
		cd_sort(fields, record->count, sizeof(*fields), compare_fields);
		return;
	}
	for (i = 1; i < record->count; i++) {
		field = fields[i];
		for (at = i; at > 0 && fields[at - 1].name->serial > field.name->serial; at--)
			fields[at] = fields[at - 1];
		fields[at] = field;
	}
}

const struct name *
cd_record_normalize(struct record *record)
{
	uint32_t i;

	sort_fields(record);
	for (i = 1; i < record->count; i++)
		if (record->fields[i - 1].name == record->fields[i].name)
			return record->fields[i].name;
	return NULL;
}

const struct value *
cd_record_get(const struct record *record, const struct name *name)
{
	uint32_t low = 0, high = record->count, middle;

	if (record->count <= RECORD_SCAN_MAX) {
		for (; low < high; low++)
			if (record->fields[low].name == name)
				return &record->fields[low].value;
		return NULL;
	}
	while (low < high) {
		middle = low + (high - low) / 2;
		if (record->fields[middle].name == name)
			return &record->fields[middle].value;
		if (name->serial < record->fields[middle].name->serial)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
