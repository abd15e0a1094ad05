/* SPDX-License-Identifier: MIT */
/*
 * The type of an expression in one setting.  What is always true or always false
 * has a type of its own, so that what is never evaluated is not looked at; what
 * is evaluated must not fail for its types.  Recursion is bounded by the nesting
 * that the parser allows.
 */
#include "config.h"

#include <string.h>

#include "cedar/lexer.h"
#include "cedar/validate.h"

static const struct answer unknown = { .type = NULL };

static struct answer
good(const struct type *type)
{
	return (struct answer){ .type = type, .good = true };
}

/* What is found of a part spoils the whole, which then teaches nothing. */
static struct answer
after(struct answer whole, bool parts_good)
{
	if (!parts_good || !whole.good) {
		whole.good = false;
		whole.learned = NULL;
	}
	return whole;
}

struct span
cd_span(const struct expr *e)
{
	return (struct span){ e->start, e->end };
}

/* Between an operand and a word there may be `)`. */
struct span
cd_span_after_word(const struct validator *v, const struct expr *e, enum word word)
{
	const struct source *source = v->policy->source;
	struct lexer lex = { .text = source->text, .len = e->end, .at = e->first->end };
	struct cd_token token;

	do
		cd_lex(&lex, &token);
	while (token.kind != TOKEN_END && (token.kind != TOKEN_WORD || token.word != word));
	cd_lex(&lex, &token);
	if (token.kind == TOKEN_END)
		return cd_span(e);
	return (struct span){ token.start, token.end };
}

/* ---- what is wanted ---- */

static bool
is_wanted(const struct type *t, unsigned wanted)
{
	if ((wanted & WANT(t->kind)) != 0)
		return true;
	return (wanted & WANT_ENTITIES) != 0 && t->kind == TYPE_SET &&
	    t->element->kind == TYPE_ENTITY;
}

/* What is open is taken for what is wanted, if that can be in it. */
static const struct type *
narrowed(const struct type *open, unsigned wanted)
{
	static const struct type set = { .kind = TYPE_SET, .element = &cd_type_open };
	static const struct type record = { .kind = TYPE_OPEN_RECORD };

	if (open->kind != TYPE_OPEN)
		return NULL;
	if ((wanted & WANT(TYPE_BOOL)) != 0)
		return &cd_type_bool;
	if ((wanted & WANT(TYPE_LONG)) != 0)
		return &cd_type_long;
	if ((wanted & WANT(TYPE_STRING)) != 0)
		return &cd_type_string;
	if ((wanted & WANT(TYPE_SET)) != 0)
		return &set;
	return (wanted & WANT(TYPE_OPEN_RECORD)) != 0 ? &record : NULL;
}

static const char *
describe_wanted(unsigned wanted)
{
	static const struct {
		unsigned wanted;
		const char *words;
	} all[] = {
		{ WANT_BOOL, "a Bool" },
		{ WANT(TYPE_LONG), "a Long" },
		{ WANT(TYPE_STRING), "a String" },
		{ WANT(TYPE_DECIMAL), "a decimal" },
		{ WANT(TYPE_IP), "an IP address" },
		{ WANT(TYPE_DATETIME), "a datetime" },
		{ WANT(TYPE_DURATION), "a duration" },
		{ WANT(TYPE_SET), "a set" },
		{ WANT(TYPE_ENTITY), "an entity" },
		{ WANT(TYPE_ENTITY) | WANT_RECORD, "an entity or a record" },
		{ WANT(TYPE_ENTITY) | WANT_ENTITIES, "an entity or a set of entities" },
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].wanted == wanted)
			return all[i].words;
	return "a Long, a datetime or a duration";
}

struct answer
cd_hold(struct validator *v, struct answer a, struct span at, unsigned wanted, const char *help)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));
	const struct type *open;

	if (a.type == NULL)
		return unknown;
	if (is_wanted(a.type, wanted))
		return a;
	if ((open = narrowed(a.type, wanted)) != NULL) {
		a.type = open;
		return a;
	}
	cd_text_puts(&text, "expected ");
	cd_text_puts(&text, describe_wanted(wanted));
	cd_text_puts(&text, ", found ");
	cd_type_describe(&text, a.type);
	if (help != NULL) {
		cd_text_puts(&text, "; ");
		cd_text_puts(&text, help);
	}
	cd_find_text(v, at, &text, NULL);
	return unknown;
}

struct answer
cd_want(struct validator *v, const struct known *known, const struct expr *e, unsigned wanted,
    const char *help)
{
	return cd_hold(v, cd_check(v, known, e), cd_span(e), wanted, help);
}

/* ---- literals ---- */

/* `true && false` is read as `false`. */
static struct literal
folded_bools(const struct validator *v, const struct expr *e)
{
	bool all = e->kind == EXPR_AND, truth = all;
	const struct expr *operand;
	struct literal one;

	for (operand = e->first; operand != NULL; operand = operand->next) {
		one = cd_literal(v, operand);
		if (one.kind != LITERAL_OTHER || one.value.type != VALUE_BOOL)
			return (struct literal){ .kind = LITERAL_NONE };
		truth = all ? truth && one.value.truth : truth || one.value.truth;
	}
	return (struct literal){ .kind = LITERAL_OTHER, .value = value_bool(truth) };
}

/* A number with a sign is one, but `-(1)` is a computation. */
static bool
is_computed(const struct validator *v, const struct expr *e)
{
	struct lexer lex = { .text = v->policy->source->text, .len = e->end, .at = e->start };
	struct cd_token token;

	if (e->value.type != VALUE_LONG || e->value.number >= 0)
		return false;
	cd_lex(&lex, &token);
	cd_lex(&lex, &token);
	return token.kind != TOKEN_INTEGER;
}

struct literal
cd_literal(const struct validator *v, const struct expr *e)
{
	const struct uid *uid;

	if (e->kind == EXPR_VARIABLE && e->op == VAR_ACTION)
		return (struct literal){
			.kind = LITERAL_ENTITY,
			.type = cd_action_type.name,
			.id = { v->setting.action->id->text, v->setting.action->id->len },
		};
	if (e->kind == EXPR_AND || e->kind == EXPR_OR)
		return folded_bools(v, e);
	if (e->kind != EXPR_LITERAL || is_computed(v, e))
		return (struct literal){ .kind = LITERAL_NONE };
	if (e->value.type != VALUE_ENTITY)
		return (struct literal){ .kind = LITERAL_OTHER, .value = e->value };
	uid = e->value.entity;
	return (struct literal){
		.kind = LITERAL_ENTITY,
		.type = uid->type,
		.id = { uid->id, uid->len },
	};
}

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

const struct entity_type *
cd_uid_type(const struct validator *v, const struct uid *uid)
{
	if (!cd_name_is(uid->type, "Action"))
		return cd_schema_type(v->schema, uid->type->text, uid->type->len);
	return cd_schema_action(v->schema, uid->id, uid->len) != NULL ? &cd_action_type : NULL;
}

/* An entity that the schema does not have is found elsewhere, once for the policy. */
static struct answer
check_literal(struct validator *v, const struct expr *e)
{
	const struct entity_type *type;

	if (e->value.type == VALUE_BOOL)
		return good(cd_bool_type(e->value.truth));
	if (e->value.type != VALUE_ENTITY)
		return good(cd_simple_type((enum value_type)e->value.type));
	type = cd_uid_type(v, e->value.entity);
	return type != NULL ? good(&type->reference) : unknown;
}

static struct answer
check_variable(struct validator *v, const struct expr *e)
{
	switch ((enum variable)e->op) {
	case VAR_PRINCIPAL:
		return good(&v->setting.principal->reference);
	case VAR_ACTION:
		return good(&cd_action_type.reference);
	case VAR_RESOURCE:
		return good(&v->setting.resource->reference);
	default:
		return good(v->setting.action->context);
	}
}

/* ---- logic ---- */

static bool
is_false(struct answer a)
{
	return a.type != NULL && a.type->kind == TYPE_FALSE;
}

static bool
is_true(struct answer a)
{
	return a.type != NULL && a.type->kind == TYPE_TRUE;
}

struct answer
cd_both(struct validator *v, struct answer left, struct answer right)
{
	struct answer whole = good(&cd_type_bool);

	if (left.type == NULL || right.type == NULL)
		return after(whole, false);
	if (is_false(right)) {
		whole.type = &cd_type_false;
	} else if (is_true(right)) {
		whole.type = left.type;
		whole.learned = cd_learned_union(v, left.learned, right.learned);
	} else if (is_true(left)) {
		whole.type = right.type;
		whole.learned = right.learned;
	} else {
		whole.learned = cd_learned_union(v, left.learned, right.learned);
	}
	return after(whole, left.good && right.good);
}

static struct answer
check_and(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *operand = e->first;
	struct answer left = cd_want(v, known, operand, WANT_BOOL, NULL);

	while ((operand = operand->next) != NULL && !is_false(left)) {
		struct known here = { known, left.learned };

		left = cd_both(v, left, cd_want(v, &here, operand, WANT_BOOL, NULL));
	}
	if (is_false(left))
		left.learned = NULL;
	return left;
}

static struct answer
either(struct validator *v, struct answer left, struct answer right)
{
	struct answer whole = good(&cd_type_bool);

	if (left.type == NULL || right.type == NULL)
		return after(whole, false);
	if (is_true(right)) {
		whole = right;
	} else if (is_false(right)) {
		whole = left;
	} else if (is_false(left)) {
		whole = right;
	} else {
		whole.learned = cd_learned_common(v, left.learned, right.learned);
	}
	whole.good = true;
	return after(whole, left.good && right.good);
}

static struct answer
check_or(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *operand = e->first;
	struct answer left = cd_want(v, known, operand, WANT_BOOL, NULL);

	while ((operand = operand->next) != NULL && !is_true(left))
		left = either(v, left, cd_want(v, known, operand, WANT_BOOL, NULL));
	return left;
}

static struct answer
check_not(struct validator *v, const struct known *known, const struct expr *e)
{
	struct answer a = cd_want(v, known, e->first, WANT_BOOL, NULL);

	if (a.type == NULL)
		return after(good(&cd_type_bool), false);
	return after(good(is_true(a)     ? &cd_type_false :
			     is_false(a) ? &cd_type_true :
					   &cd_type_bool),
	    a.good);
}

/* Of two branches, one of which will be taken. */
static struct answer
join_branches(struct validator *v, const struct expr *e, struct answer then,
    struct answer otherwise)
{
	struct answer whole = unknown;

	if (then.type == NULL || otherwise.type == NULL)
		return unknown;
	whole.type = cd_type_join(v, then.type, otherwise.type);
	if (whole.type == NULL) {
		(void)cd_comparable(v, cd_span(e), then.type, otherwise.type,
		    "both ends of an `if` have one type; here they are ");
		return unknown;
	}
	whole.good = true;
	whole.learned = cd_learned_common(v, otherwise.learned, then.learned);
	return after(whole, then.good && otherwise.good);
}

/*
 * `else if` goes on in the same node, so an `if` of thousands is no recursion: down
 * to where it ends, keeping what the branches are, and back up.
 */
struct branch {
	struct branch *above;
	struct answer test, then;
};

static struct answer
join_upward(struct validator *v, const struct expr *e, struct branch *last, struct answer whole)
{
	for (; last != NULL; last = last->above)
		whole = after(join_branches(v, e, last->then, whole), last->test.good);
	return whole;
}

static struct answer
check_if(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *part = e->first;
	struct branch *last = NULL, *made;
	struct answer whole;
	bool tests_good = true;

	for (; part->next != NULL; part = part->next->next) {
		struct answer test = cd_want(v, known, part, WANT_BOOL, NULL);
		struct known here = { known, test.learned };

		if (is_false(test)) {
			tests_good &= test.good;
			continue;
		}
		whole = cd_check(v, &here, part->next);
		if (whole.good)
			whole.learned = cd_learned_union(v, whole.learned, test.learned);
		if (is_true(test))
			return after(join_upward(v, e, last, after(whole, test.good)), tests_good);
		if ((made = cd_arena_alloc(&v->scratch, sizeof(*made))) == NULL) {
			(void)cd_no_room(v);
			return unknown;
		}
		*made = (struct branch){ last, test, whole };
		last = made;
	}
	return after(join_upward(v, e, last, cd_check(v, known, part)), tests_good);
}

/* ---- comparing ---- */

bool
cd_comparable(struct validator *v, struct span at, const struct type *a, const struct type *b,
    const char *what)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));

	if (cd_type_join(v, a, b) != NULL || v->no_memory)
		return true;
	cd_text_puts(&text, what);
	cd_type_describe(&text, a);
	cd_text_puts(&text, " and ");
	cd_type_describe(&text, b);
	cd_find_text(v, at, &text, NULL);
	return false;
}

static struct answer
check_equal(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *second = e->first->next;
	struct answer left = cd_check(v, known, e->first), right = cd_check(v, known, second);
	struct literal one = cd_literal(v, e->first), other = cd_literal(v, second);
	struct answer whole = good(&cd_type_bool);

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
	return after(whole, left.good && right.good);
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
		return after(good(&cd_type_bool), false);
	right = cd_hold(v, right, cd_span(second), wanted, NULL);
	return after(good(&cd_type_bool), held.good && right.good);
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
	return after(good(&cd_type_long), all);
}

static struct answer
check_like(struct validator *v, const struct known *known, const struct expr *e)
{
	struct answer a = cd_want(v, known, e->first, WANT(TYPE_STRING), NULL);

	return after(good(&cd_type_bool), a.good);
}

static struct answer
check_is(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *in = e->first->next;
	struct answer a = cd_check(v, known, e->first), held, whole = good(&cd_type_bool);
	const struct name *type;

	held = cd_hold(v, a, cd_span(e->first), WANT(TYPE_ENTITY), NULL);
	if (held.type == NULL) {
		whole = after(whole, false);
	} else {
		type = held.type->entity->name;
		whole.type = cd_bool_type(
		    same_text(type->text, type->len, e->name->text, e->name->len));
		whole = after(whole, held.good);
	}
	if (in == NULL || is_false(whole))
		return whole;
	return cd_both(v, whole, cd_check_in(v, known, e->first, a, in));
}

/* ---- attributes ---- */

static const struct type *
record_of(const struct type *t)
{
	return t->kind == TYPE_ENTITY ? t->entity->record : t;
}

/* Try the names of a record for one that is like the one which it does not have. */
static void
try_attributes(struct nearest *near, const struct type *record)
{
	uint32_t i;

	for (i = 0; i < record->count; i++)
		cd_nearest_try(near, record->attributes[i].name);
}

static void
describe_owner(struct text *t, const struct validator *v, const struct type *owner)
{
	if (owner == v->setting.action->context)
		cd_text_puts(t, "the context");
	else
		cd_type_describe(t, owner);
}

static void
find_missing(struct validator *v, struct span at, const struct type *owner, const struct name *name)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));
	struct nearest near = { .wanted = { name->text, name->len } };

	try_attributes(&near, record_of(owner));
	describe_owner(&text, v, owner);
	cd_text_puts(&text, " has no attribute `");
	cd_text_escaped(&text, name->text, name->len, false);
	cd_text_puts(&text, "`");
	cd_find_text(v, at, &text, near.name);
}

static void
find_optional(struct validator *v, struct span at, const struct type *owner,
    const struct name *name)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));

	describe_owner(&text, v, owner);
	cd_text_puts(&text, " need not have the attribute `");
	cd_text_escaped(&text, name->text, name->len, false);
	cd_text_puts(&text, "`; test with `has` first");
	cd_find_text(v, at, &text, NULL);
}

/* `.name` of what `of` is, which is an entity or a record. */
static struct answer
get(struct validator *v, const struct known *known, const struct target *of, struct answer a,
    const struct name *name, struct span at)
{
	const struct type *record;
	const struct attribute *attribute;

	if (a.type == NULL)
		return unknown;
	record = record_of(a.type);
	if (record->kind == TYPE_OPEN_RECORD) {
		if (cd_knows_attribute(v, known, of, name))
			return after(good(&cd_type_open), a.good);
		find_optional(v, at, a.type, name);
		return after(good(&cd_type_open), false);
	}
	if ((attribute = cd_type_attribute(record, name->text, name->len)) == NULL) {
		find_missing(v, at, a.type, name);
		return unknown;
	}
	if (attribute->required || cd_knows_attribute(v, known, of, name))
		return after(good(attribute->type), a.good);
	find_optional(v, at, a.type, name);
	return after(good(attribute->type), false);
}

/* Why the policy may turn out impossible; what is like the name may be there in another setting. */
static void
note_never(struct validator *v, struct span at, const struct type *record, const struct name *name)
{
	if (v->never == NULL) {
		v->never = name;
		v->never_at = at;
		v->never_near.wanted = (struct cedar_str){ name->text, name->len };
	}
	if (v->never == name && v->never_at.start == at.start)
		try_attributes(&v->never_near, record);
}

/* `has name`, of an entity or a record. */
static struct answer
has_one(struct validator *v, const struct known *known, struct target of, struct answer a,
    const struct name *name, struct span at)
{
	const struct type *record;
	const struct attribute *attribute;
	struct answer whole = good(&cd_type_bool);

	if (a.type == NULL)
		return after(whole, false);
	record = record_of(a.type);
	attribute = record->kind == TYPE_RECORD ? cd_type_attribute(record, name->text, name->len) :
						  NULL;
	if (record->kind == TYPE_RECORD && attribute == NULL) {
		note_never(v, at, record, name);
		return after(good(&cd_type_false), a.good);
	}
	/* An entity need not exist, so that what it must have may be missing. */
	if (cd_knows_attribute(v, known, &of, name) ||
	    (attribute != NULL && attribute->required && a.type->kind != TYPE_ENTITY))
		whole.type = &cd_type_true;
	whole.learned = cd_learn(v, of, name, NULL);
	return after(whole, a.good);
}

#define WANT_ATTRIBUTES (WANT(TYPE_ENTITY) | WANT_RECORD)

static const char *
help_of_has(const struct type *t)
{
	if (t == NULL || (t->kind != TYPE_SET && t->kind != TYPE_STRING))
		return NULL;
	return t->kind == TYPE_SET ? "whether a set holds a value asks `contains`" :
				     "whether a text is of some form asks `like`";
}

/* `has a.b` is `has a`, and then what that gives `has b`. */
static struct answer
check_has(struct validator *v, const struct known *known, const struct expr *e)
{
	struct answer operand = cd_check(v, known, e->first), whole;
	struct target of = cd_target(e->first);
	struct span at = cd_span_after_word(v, e, WORD_HAS);
	uint32_t i;

	operand = cd_hold(v, operand, cd_span(e->first), WANT_ATTRIBUTES,
	    help_of_has(operand.type));
	whole = has_one(v, known, of, operand, e->path->names[0], at);
	for (i = 1; i < e->path->count && !is_false(whole); i++) {
		struct known here = { known, whole.learned };

		operand = get(v, &here, &of, operand, e->path->names[i - 1], at);
		operand = cd_hold(v, operand, at, WANT_ATTRIBUTES, NULL);
		of.path = e->path;
		of.names = i;
		whole = cd_both(v, whole, has_one(v, &here, of, operand, e->path->names[i], at));
	}
	return whole;
}

static struct answer
check_chain(struct validator *v, const struct known *known, const struct expr *e)
{
	struct target of = { .base = e->first, .step = e->first->next };
	struct span at = cd_span(e->first);
	struct answer a = cd_check(v, known, e->first);
	const struct expr *step;

	for (step = e->first->next; step != NULL; step = step->next) {
		if (step->kind == EXPR_METHOD) {
			a = cd_check_method(v, known, of, a, step);
		} else {
			a = cd_hold(v, a, at, WANT_ATTRIBUTES, NULL);
			a = get(v, known, &of, a, step->name, cd_span(step));
		}
		of.steps++;
		at.end = step->end;
	}
	return a;
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
		    "nothing says of what type the elements of this empty set are", NULL);
		return unknown;
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
		return unknown;
	made->kind = TYPE_SET;
	made->element = joined;
	return after(good(made), all);
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
		return unknown;
	}
	made->kind = TYPE_RECORD;
	made->attributes = attributes;
	for (field = e->first; field != NULL; field = field->next) {
		struct answer a = cd_check(v, known, field->first);

		all &= a.good;
		typed &= a.type != NULL;
		attributes[made->count++] = (struct attribute){ field->name, a.type, true };
	}
	return typed ? after(good(made), all) : unknown;
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
		return check_if(v, known, e);
	case EXPR_OR:
		return check_or(v, known, e);
	case EXPR_AND:
		return check_and(v, known, e);
	case EXPR_COMPARE:
		return e->op == CMP_EQ || e->op == CMP_NE ? check_equal(v, known, e) :
							    check_order(v, known, e);
	case EXPR_IN:
		return cd_check_in(v, known, e->first, cd_check(v, known, e->first),
		    e->first->next);
	case EXPR_HAS:
		return check_has(v, known, e);
	case EXPR_LIKE:
		return check_like(v, known, e);
	case EXPR_IS:
		return check_is(v, known, e);
	case EXPR_ADD:
	case EXPR_MULTIPLY:
	case EXPR_NEGATE:
		return check_arithmetic(v, known, e);
	case EXPR_NOT:
		return check_not(v, known, e);
	case EXPR_CHAIN:
		return check_chain(v, known, e);
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
	return unknown;
}
