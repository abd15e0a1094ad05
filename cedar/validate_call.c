/* SPDX-License-Identifier: MIT */
/* Functions and methods, and `in`. */
#include "config.h"

#include <string.h>

#include "cedar/validate.h"

static const struct answer unknown = { .type = NULL };

static struct answer
answer_of(const struct type *type, bool good)
{
	return (struct answer){ .type = type, .good = good };
}

/* ---- extensions ---- */

static enum type_kind
kind_of(uint8_t value)
{
	return cd_simple_type((enum value_type)value)->kind;
}

/* What a function gives. */
static const struct type *
result_of(enum function fn)
{
	switch ((int)fn) {
	case FN_DECIMAL:
		return cd_simple_type(VALUE_DECIMAL);
	case FN_IP:
		return cd_simple_type(VALUE_IP);
	case FN_DATETIME:
	case FN_OFFSET:
	case FN_TO_DATE:
		return cd_simple_type(VALUE_DATETIME);
	case FN_DURATION:
	case FN_DURATION_SINCE:
	case FN_TO_TIME:
		return cd_simple_type(VALUE_DURATION);
	case FN_TO_MILLISECONDS:
	case FN_TO_SECONDS:
	case FN_TO_MINUTES:
	case FN_TO_HOURS:
	case FN_TO_DAYS:
		return &cd_type_long;
	default:
		return &cd_type_bool;
	}
}

/* Whether a constructor's text is one of its type. */
static bool
text_fits(enum function fn, const struct value *text)
{
	int64_t number;
	struct ip ip;

	switch ((int)fn) {
	case FN_DECIMAL:
		return cd_decimal_parse(text->string, text->len, &number);
	case FN_IP:
		return cd_ip_parse(text->string, text->len, &ip);
	case FN_DATETIME:
		return cd_datetime_parse(text->string, text->len, &number);
	default:
		return cd_duration_parse(text->string, text->len, &number);
	}
}

static bool
find_arity(struct validator *v, const struct expr *e)
{
	const struct function_info *fn = &cd_functions[e->op];

	cd_find(v, cd_span(e), "`", fn->name,
	    fn->argc - fn->method == 0 ? "` takes no argument" : "` takes exactly one argument",
	    (char *)NULL);
	return false;
}

/* A constructor takes a literal, whose text is looked at here and now. */
static bool
check_constructor(struct validator *v, const struct expr *e)
{
	const char *name = cd_functions[e->op].name;
	const struct expr *argument;
	bool literal = true;

	for (argument = e->first; argument != NULL; argument = argument->next)
		literal &= argument->kind == EXPR_LITERAL;
	if (!literal) {
		cd_find(v, cd_span(e), "`", name, "` takes a literal, so that it cannot fail",
		    (char *)NULL);
		return false;
	}
	if (e->count == 1 && e->first->value.type == VALUE_STRING &&
	    !text_fits((enum function)e->op, &e->first->value)) {
		cd_find(v, cd_span(e->first), "this text is no ",
		    e->op == FN_IP ? "IP address or range" : name, (char *)NULL);
		return false;
	}
	return true;
}

struct answer
cd_check_call(struct validator *v, const struct known *known, const struct expr *e)
{
	bool good = e->count == cd_functions[e->op].argc || find_arity(v, e);
	const struct expr *argument;
	struct answer a;

	good &= check_constructor(v, e);
	for (argument = e->first; argument != NULL; argument = argument->next) {
		a = cd_check(v, known, argument);
		if (good)
			a = cd_hold(v, a, cd_span(argument), WANT(TYPE_STRING), NULL);
		good &= a.good;
	}
	return answer_of(result_of((enum function)e->op), good);
}

static struct answer
check_extension(struct validator *v, const struct known *known, struct answer receiver,
    struct span at, const struct expr *e)
{
	const struct function_info *fn = &cd_functions[e->op];
	bool right = e->count + 1 == fn->argc || find_arity(v, e), good = right;
	const struct expr *argument;
	struct answer a;

	if (right)
		receiver = cd_hold(v, receiver, at, WANT(kind_of(fn->types[0])), NULL);
	good &= receiver.good;
	for (argument = e->first; argument != NULL; argument = argument->next) {
		a = cd_check(v, known, argument);
		if (right)
			a = cd_hold(v, a, cd_span(argument), WANT(kind_of(fn->types[1])), NULL);
		good &= a.good;
	}
	return answer_of(result_of((enum function)e->op), good);
}

/* ---- sets ---- */

static const char *
help_of_contains(const struct type *t)
{
	if (t == NULL)
		return NULL;
	switch ((int)t->kind) {
	case TYPE_ENTITY:
		return "whether an entity is in another asks `in`";
	case TYPE_RECORD:
	case TYPE_OPEN_RECORD:
		return "whether a record has an attribute asks `has`";
	case TYPE_STRING:
		return "whether a text is of some form asks `like`";
	default:
		return NULL;
	}
}

static struct answer
check_set_method(struct validator *v, const struct known *known, struct answer receiver,
    struct span at, const struct expr *e)
{
	static const char never[] = "the set never holds it: there are ";
	bool one = e->op == FN_CONTAINS, comparable = true;
	struct answer set = cd_hold(v, receiver, at, WANT(TYPE_SET),
			  help_of_contains(receiver.type)),
		      other;

	if (e->op == FN_IS_EMPTY)
		return answer_of(&cd_type_bool, set.good);
	if (one)
		other = cd_check(v, known, e->first);
	else
		other = cd_want(v, known, e->first, WANT(TYPE_SET),
		    "for a single value there is `contains`");
	if (set.type != NULL && other.type != NULL)
		comparable = cd_comparable(v, cd_span(e), one ? set.type->element : set.type,
		    other.type, one ? never : "the sets never have an element in common: ");
	return answer_of(&cd_type_bool, set.good && other.good && comparable);
}

/* ---- tags ---- */

static struct answer
get_tag(struct validator *v, const struct known *known, const struct target *of,
    const struct type *owner, bool good, const struct expr *e)
{
	if (owner == NULL)
		return unknown;
	if (!cd_knows_tag(v, known, of, e->first)) {
		cd_find(v, cd_span(e), "this tag need not be there; test with `hasTag` first",
		    (char *)NULL);
		return unknown;
	}
	if (owner->entity->tags == NULL) {
		cd_find(v, cd_span(e), "an entity of this type has no tags", (char *)NULL);
		return unknown;
	}
	return answer_of(owner->entity->tags, good);
}

static struct answer
check_tag(struct validator *v, const struct known *known, struct target of, struct answer receiver,
    struct span at, const struct expr *e)
{
	struct answer owner = cd_hold(v, receiver, at, WANT(TYPE_ENTITY), NULL),
		      tag = cd_want(v, known, e->first, WANT(TYPE_STRING), NULL),
		      whole = { .type = &cd_type_bool, .good = owner.good && tag.good };

	if (e->op == FN_GET_TAG)
		return get_tag(v, known, &of, owner.type, whole.good, e);
	if (owner.type == NULL)
		return unknown;
	if (owner.type->entity->tags == NULL)
		whole.type = &cd_type_false;
	else if (cd_knows_tag(v, known, &of, e->first))
		whole.type = &cd_type_true;
	if (whole.good)
		whole.learned = cd_learn(v, of, NULL, e->first);
	return whole;
}

struct answer
cd_check_method(struct validator *v, const struct known *known, struct target of,
    struct answer receiver, const struct expr *e)
{
	const struct expr *last = of.step;
	struct span at = cd_span(of.base);
	uint32_t i;

	for (i = 0; i < of.steps; i++, last = last->next)
		at.end = last->end;
	if (e->op == FN_GET_TAG || e->op == FN_HAS_TAG)
		return check_tag(v, known, of, receiver, at, e);
	if (e->op < FN_CORE_COUNT)
		return check_set_method(v, known, receiver, at, e);
	return check_extension(v, known, receiver, at, e);
}

/* ---- in ---- */

bool
cd_action_in(const struct validator *v, const struct schema_action *action, struct cedar_str id)
{
	const struct schema_action *group = cd_schema_action(v->schema, id.data, id.len);

	return group != NULL &&
	    v->schema->action_in[action->number * v->schema->action_count + group->number];
}

static bool
is_action(const struct literal *one)
{
	return one->kind == LITERAL_ENTITY && cd_name_is(one->type, "Action");
}

/* An action that is written out, in entities that are: known. False: this is none of these. */
static bool
action_in_literals(const struct validator *v, const struct expr *left, const struct expr *right,
    bool *in)
{
	struct literal one = cd_literal(v, left), other = cd_literal(v, right);
	const struct schema_action *action;
	const struct expr *element;

	if (!is_action(&one) || (other.kind != LITERAL_ENTITY && right->kind != EXPR_SET))
		return false;
	if ((action = cd_schema_action(v->schema, one.id.data, one.id.len)) == NULL)
		return false;
	*in = false;
	if (right->kind != EXPR_SET) {
		*in = is_action(&other) && cd_action_in(v, action, other.id);
		return true;
	}
	for (element = right->first; element != NULL; element = element->next) {
		other = cd_literal(v, element);
		if (other.kind != LITERAL_ENTITY)
			return false;
		*in |= is_action(&other) && cd_action_in(v, action, other.id);
	}
	return true;
}

static bool
may_be_in(const struct validator *v, const struct entity_type *left,
    const struct entity_type *right)
{
	if (left == &cd_action_type || right == &cd_action_type)
		return left == right;
	return v->schema->type_in[left->number * v->schema->type_count + right->number];
}

struct answer
cd_check_in(struct validator *v, const struct known *known, const struct expr *left,
    struct answer a, const struct expr *right)
{
	static const char contains[] = "whether a set holds a value asks `[...].contains(value)`";
	struct answer one, other = cd_check(v, known, right);
	const struct type *t;
	bool in;

	one = cd_hold(v, a, cd_span(left), WANT(TYPE_ENTITY), contains);
	if (a.type != NULL && one.type == NULL)
		return answer_of(&cd_type_bool, false);
	other = cd_hold(v, other, cd_span(right), WANT(TYPE_ENTITY) | WANT_ENTITIES,
	    other.type != NULL && other.type->kind == TYPE_SET ? contains : NULL);
	if (!one.good || !other.good)
		return answer_of(&cd_type_bool, false);
	if (action_in_literals(v, left, right, &in))
		return answer_of(cd_bool_type(in), true);
	t = other.type->kind == TYPE_SET ? other.type->element : other.type;
	return answer_of(may_be_in(v, one.type->entity, t->entity) ? &cd_type_bool : &cd_type_false,
	    true);
}
