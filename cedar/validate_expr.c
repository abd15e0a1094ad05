/* SPDX-License-Identifier: MIT */
/*
 * The type of an expression in one setting.  What is always true or always false
 * has a type of its own, so that what is never evaluated is not looked at; what
 * is evaluated must not fail for its types.  Recursion is bounded by the nesting
 * that the parser allows.
 */
#include "config.h"

#include <string.h>

#include "cedar/validate.h"

/* An entity that the schema does not have is found elsewhere, once for the policy. */
static struct answer
check_literal(struct validator *v, const struct expr *e)
{
	const struct entity_type *type;

	if (e->value.type == VALUE_BOOL)
		return answer_good(cd_bool_type(e->value.truth));
	if (e->value.type != VALUE_ENTITY)
		return answer_good(cd_simple_type((enum value_type)e->value.type));
	type = cd_uid_type(v, e->value.entity);
	return type != NULL ? answer_good(&type->reference) : answer_unknown();
}

static struct answer
check_variable(struct validator *v, const struct expr *e)
{
	switch ((enum variable)e->op) {
	case VAR_PRINCIPAL:
		return answer_good(&v->setting.principal->reference);
	case VAR_ACTION:
		return answer_good(&cd_action_type.reference);
	case VAR_RESOURCE:
		return answer_good(&v->setting.resource->reference);
	default:
		return answer_good(v->setting.action->context);
	}
}

/* ---- comparing ---- */

static bool
same_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

static bool
same_literal(const struct literal *a, const struct literal *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == LITERAL_OTHER)
		return cd_value_equal(&a->value, &b->value);
	return same_text(a->type->text, a->type->len, b->type->text, b->type->len) &&
	    same_text(a->id.data, a->id.len, b->id.data, b->id.len);
}

static struct answer
check_equal(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *second = e->first->next;
	struct answer left = cd_check(v, known, e->first), right = cd_check(v, known, second);
	struct literal one = cd_literal(v, e->first), other = cd_literal(v, second);
	struct answer whole = answer_good(&cd_type_bool);

	if (left.type != NULL && right.type != NULL && left.type->kind == TYPE_ENTITY &&
	    right.type->kind == TYPE_ENTITY && left.type->entity != right.type->entity)
		whole.type = &cd_type_false;
	else if (one.kind != LITERAL_NONE && other.kind != LITERAL_NONE)
		whole.type = cd_bool_type(same_literal(&one, &other));
	else if (left.type != NULL && right.type != NULL)
		whole.good = cd_comparable(v, cd_span(e), left.type, right.type,
		    "these are never equal: ");
	if (e->op == CMP_NE && whole.type != &cd_type_bool)
		whole.type = cd_bool_type(whole.type == &cd_type_false);
	return answer_after(whole, left.good && right.good);
}

#define WANT_ORDERED (WANT(TYPE_LONG) | WANT(TYPE_DATETIME) | WANT(TYPE_DURATION))

static struct answer
check_order(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *second = e->first->next;
	struct answer left = cd_check(v, known, e->first), right = cd_check(v, known, second), held;
	bool ordered = left.type != NULL && (WANT(left.type->kind) & WANT_ORDERED) != 0;
	unsigned wanted = WANT_ORDERED;

	if (ordered)
		wanted = WANT(left.type->kind);
	else if (right.type != NULL && (WANT(right.type->kind) & WANT_ORDERED) != 0)
		wanted = WANT(right.type->kind);
	held = cd_hold(v, left, cd_span(e->first), wanted, NULL);
	if (left.type != NULL && held.type == NULL)
		return answer_after(answer_good(&cd_type_bool), false);
	right = cd_hold(v, right, cd_span(second), wanted, NULL);
	return answer_after(answer_good(&cd_type_bool), held.good && right.good);
}

static struct answer
check_arithmetic(struct validator *v, const struct known *known, const struct expr *e)
{
	static const char no_join[] = "texts cannot be joined";
	const struct expr *operand;
	struct answer a;
	bool all = true;

	for (operand = e->first; operand != NULL; operand = operand->next) {
		a = cd_check(v, known, operand);
		a = cd_hold(v, a, cd_span(operand), WANT(TYPE_LONG),
		    e->kind == EXPR_ADD && a.type != NULL && a.type->kind == TYPE_STRING ? no_join :
											   NULL);
		all &= a.good;
	}
	return answer_after(answer_good(&cd_type_long), all);
}

static struct answer
check_like(struct validator *v, const struct known *known, const struct expr *e)
{
	struct answer a = cd_want(v, known, e->first, WANT(TYPE_STRING), NULL);

	return answer_after(answer_good(&cd_type_bool), a.good);
}

static struct answer
check_is(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *in = e->first->next;
	struct answer a = cd_check(v, known, e->first), held, whole = answer_good(&cd_type_bool);
	const struct name *type;

	held = cd_hold(v, a, cd_span(e->first), WANT(TYPE_ENTITY), NULL);
	if (held.type == NULL) {
		whole = answer_after(whole, false);
	} else {
		type = held.type->entity->name;
		whole.type = cd_bool_type(
		    same_text(type->text, type->len, e->name->text, e->name->len));
		whole = answer_after(whole, held.good);
	}
	if (in == NULL || answer_is_false(whole))
		return whole;
	return cd_both(v, whole, cd_check_in(v, known, e->first, a, in));
}

/* ---- sets and records ---- */

static struct answer
check_set(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *element;
	const struct type *joined = NULL;
	struct type *made;
	bool all = true, typed = true;

	if (e->first == NULL) {
		cd_find(v, cd_span(e),
		    "nothing says of what type the elements of this empty set are", (char *)NULL);
		return answer_unknown();
	}
	for (element = e->first; element != NULL; element = element->next) {
		struct answer a = cd_check(v, known, element);

		all &= a.good;
		typed &= a.type != NULL;
		if (!typed)
			continue;
		if (joined != NULL &&
		    !cd_comparable(v, cd_span(element), joined, a.type,
			"the elements of a set have one type; here they are "))
			typed = false;
		else
			joined = joined != NULL ? cd_type_join(v, joined, a.type) : a.type;
		typed &= joined != NULL;
	}
	if (!typed || (made = cd_arena_zero(&v->scratch, 1, sizeof(*made))) == NULL)
		return answer_unknown();
	made->kind = TYPE_SET;
	made->element = joined;
	return answer_after(answer_good(made), all);
}

static struct answer
check_record(struct validator *v, const struct known *known, const struct expr *e)
{
	struct type *made = cd_arena_zero(&v->scratch, 1, sizeof(*made));
	struct attribute *attributes = cd_arena_zero(&v->scratch, e->count, sizeof(*attributes));
	const struct expr *field;
	bool all = true, typed = true;

	if (made == NULL || attributes == NULL) {
		(void)cd_no_room(v);
		return answer_unknown();
	}
	made->kind = TYPE_RECORD;
	made->attributes = attributes;
	for (field = e->first; field != NULL; field = field->next) {
		struct answer a = cd_check(v, known, field->first);

		all &= a.good;
		typed &= a.type != NULL;
		attributes[made->count++] = (struct attribute){ field->name, a.type, true };
	}
	return typed ? answer_after(answer_good(made), all) : answer_unknown();
}

struct answer
cd_check(struct validator *v, const struct known *known, const struct expr *e)
{
	switch ((enum expr_kind)e->kind) {
	case EXPR_LITERAL:
		return check_literal(v, e);
	case EXPR_VARIABLE:
		return check_variable(v, e);
	case EXPR_IF:
		return cd_check_if(v, known, e);
	case EXPR_OR:
		return cd_check_or(v, known, e);
	case EXPR_AND:
		return cd_check_and(v, known, e);
	case EXPR_COMPARE:
		return e->op == CMP_EQ || e->op == CMP_NE ? check_equal(v, known, e) :
							    check_order(v, known, e);
	case EXPR_IN:
		return cd_check_in(v, known, e->first, cd_check(v, known, e->first),
		    e->first->next);
	case EXPR_HAS:
		return cd_check_has(v, known, e);
	case EXPR_LIKE:
		return check_like(v, known, e);
	case EXPR_IS:
		return check_is(v, known, e);
	case EXPR_ADD:
	case EXPR_MULTIPLY:
	case EXPR_NEGATE:
		return check_arithmetic(v, known, e);
	case EXPR_NOT:
		return cd_check_not(v, known, e);
	case EXPR_CHAIN:
		return cd_check_chain(v, known, e);
	case EXPR_CALL:
		return cd_check_call(v, known, e);
	case EXPR_SET:
		return check_set(v, known, e);
	case EXPR_RECORD:
		return check_record(v, known, e);
	case EXPR_GET:
	case EXPR_METHOD:
	case EXPR_FIELD:
		break; /* within others */
	}
	return answer_unknown();
}
