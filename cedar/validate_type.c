/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/validate.h"

const struct type cd_type_bool = { .kind = TYPE_BOOL };
const struct type cd_type_true = { .kind = TYPE_TRUE };
const struct type cd_type_false = { .kind = TYPE_FALSE };
const struct type cd_type_long = { .kind = TYPE_LONG };
const struct type cd_type_string = { .kind = TYPE_STRING };
const struct type cd_type_open = { .kind = TYPE_OPEN };

const struct type *
cd_bool_type(bool truth)
{
	return truth ? &cd_type_true : &cd_type_false;
}

const struct type *
cd_simple_type(enum value_type value)
{
	static const struct type types[] = {
		[VALUE_BOOL] = { .kind = TYPE_BOOL },
		[VALUE_LONG] = { .kind = TYPE_LONG },
		[VALUE_STRING] = { .kind = TYPE_STRING },
		[VALUE_DECIMAL] = { .kind = TYPE_DECIMAL },
		[VALUE_IP] = { .kind = TYPE_IP },
		[VALUE_DATETIME] = { .kind = TYPE_DATETIME },
		[VALUE_DURATION] = { .kind = TYPE_DURATION },
	};

	return &types[value];
}

bool
cd_type_is_bool(const struct type *t)
{
	return t->kind == TYPE_BOOL || t->kind == TYPE_TRUE || t->kind == TYPE_FALSE;
}

/* Depth is bounded by that of the schema and of the policy, as is that of the functions below. */
bool
cd_type_equal(const struct type *a, const struct type *b)
{
	const struct attribute *other;
	uint32_t i;

	if (a == b)
		return true;
	if (a->kind != b->kind)
		return false;
	if (a->kind == TYPE_ENTITY)
		return a->entity == b->entity;
	if (a->kind == TYPE_SET)
		return cd_type_equal(a->element, b->element);
	if (a->kind != TYPE_RECORD)
		return true;
	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++) {
		other = cd_type_attribute(b, a->attributes[i].name->text,
		    a->attributes[i].name->len);
		if (other == NULL || other->required != a->attributes[i].required ||
		    !cd_type_equal(a->attributes[i].type, other->type))
			return false;
	}
	return true;
}

/* ---- what both are ---- */

static struct type *
new_type(struct validator *v, enum type_kind kind)
{
	struct type *made = cd_arena_zero(&v->scratch, 1, sizeof(*made));

	if (made == NULL)
		(void)cd_no_room(v);
	else
		made->kind = kind;
	return made;
}

static const struct type *
join_sets(struct validator *v, const struct type *a, const struct type *b)
{
	const struct type *element = cd_type_join(v, a->element, b->element);
	struct type *made = element != NULL ? new_type(v, TYPE_SET) : NULL;

	if (made != NULL)
		made->element = element;
	return made;
}

/* The same attributes, each required in both or in none. */
static const struct type *
join_records(struct validator *v, const struct type *a, const struct type *b)
{
	struct attribute *joined;
	struct type *made;
	uint32_t i;

	if (a->count != b->count || (made = new_type(v, TYPE_RECORD)) == NULL)
		return NULL;
	if ((joined = cd_arena_zero(&v->scratch, a->count, sizeof(*joined))) == NULL) {
		(void)cd_no_room(v);
		return NULL;
	}
	for (i = 0; i < a->count; i++) {
		const struct attribute *one = &a->attributes[i],
				       *other = cd_type_attribute(b, one->name->text,
					   one->name->len);

		if (other == NULL || other->required != one->required)
			return NULL;
		joined[i] = *one;
		if ((joined[i].type = cd_type_join(v, one->type, other->type)) == NULL)
			return NULL;
	}
	made->attributes = joined;
	made->count = a->count;
	return made;
}

/* What an open type may be after all, or NULL: it holds no entities and no values of extensions. */
static const struct type *
join_open(const struct type *open, const struct type *other)
{
	static const unsigned any = WANT_BOOL | WANT(TYPE_LONG) | WANT(TYPE_STRING) |
	    WANT(TYPE_SET) | WANT_RECORD | WANT(TYPE_OPEN);
	unsigned allowed = open->kind == TYPE_OPEN ? any : WANT_RECORD | WANT(TYPE_OPEN);

	return (allowed & WANT(other->kind)) != 0 ? open : NULL;
}

const struct type *
cd_type_join(struct validator *v, const struct type *a, const struct type *b)
{
	if (cd_type_equal(a, b))
		return a;
	if (cd_type_is_bool(a) && cd_type_is_bool(b))
		return &cd_type_bool;
	if (a->kind == TYPE_OPEN || a->kind == TYPE_OPEN_RECORD)
		return join_open(a, b);
	if (b->kind == TYPE_OPEN || b->kind == TYPE_OPEN_RECORD)
		return join_open(b, a);
	if (a->kind != b->kind)
		return NULL;
	if (a->kind == TYPE_SET)
		return join_sets(v, a, b);
	return a->kind == TYPE_RECORD ? join_records(v, a, b) : NULL;
}

/* ---- in words ---- */

void
cd_type_describe(struct text *t, const struct type *type)
{
	static const char *const words[] = {
		[TYPE_BOOL] = "a Bool",
		[TYPE_TRUE] = "a Bool",
		[TYPE_FALSE] = "a Bool",
		[TYPE_LONG] = "a Long",
		[TYPE_STRING] = "a String",
		[TYPE_DECIMAL] = "a decimal",
		[TYPE_IP] = "an IP address",
		[TYPE_DATETIME] = "a datetime",
		[TYPE_DURATION] = "a duration",
		[TYPE_ENTITY] = "an entity of type `",
		[TYPE_SET] = "a set",
		[TYPE_RECORD] = "a record",
		[TYPE_OPEN_RECORD] = "a record",
		[TYPE_OPEN] = "a value of JSON",
	};

	cd_text_puts(t, words[type->kind]);
	if (type->kind == TYPE_ENTITY) {
		cd_text_add(t, type->entity->name->text, type->entity->name->len);
		cd_text_puts(t, "`");
	} else if (type->kind == TYPE_SET && type->element->kind < TYPE_ENTITY) {
		cd_text_puts(t, ", each element ");
		cd_text_puts(t, words[type->element->kind]);
	} else if (type->kind == TYPE_SET && type->element->kind == TYPE_ENTITY) {
		cd_text_puts(t, ", each element ");
		cd_type_describe(t, type->element);
	}
}
