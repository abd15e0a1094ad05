/* SPDX-License-Identifier: MIT */
/* Attributes: read, tested for, and known to be there. */
#include "config.h"

#include "cedar/validate.h"

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
		return answer_unknown();
	record = record_of(a.type);
	if (record->kind == TYPE_OPEN_RECORD) {
		if (cd_knows_attribute(v, known, of, name))
			return answer_after(answer_good(&cd_type_open), a.good);
		find_optional(v, at, a.type, name);
		return answer_after(answer_good(&cd_type_open), false);
	}
	if ((attribute = cd_type_attribute(record, name->text, name->len)) == NULL) {
		find_missing(v, at, a.type, name);
		return answer_unknown();
	}
	if (attribute->required || cd_knows_attribute(v, known, of, name))
		return answer_after(answer_good(attribute->type), a.good);
	find_optional(v, at, a.type, name);
	return answer_after(answer_good(attribute->type), false);
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
	struct answer whole = answer_good(&cd_type_bool);

	if (a.type == NULL)
		return answer_after(whole, false);
	record = record_of(a.type);
	attribute = record->kind == TYPE_RECORD ? cd_type_attribute(record, name->text, name->len) :
						  NULL;
	if (record->kind == TYPE_RECORD && attribute == NULL) {
		note_never(v, at, record, name);
		return answer_after(answer_good(&cd_type_false), a.good);
	}
	/* An entity need not exist, so that what it must have may be missing. */
	if (cd_knows_attribute(v, known, &of, name) ||
	    (attribute != NULL && attribute->required && a.type->kind != TYPE_ENTITY))
		whole.type = &cd_type_true;
	whole.learned = cd_learn(v, of, name, NULL);
	return answer_after(whole, a.good);
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
struct answer
cd_check_has(struct validator *v, const struct known *known, const struct expr *e)
{
	struct answer operand = cd_check(v, known, e->first), whole;
	struct target of = cd_target(e->first);
	struct span at = cd_span_after_word(v, e, WORD_HAS);
	uint32_t i;

	operand = cd_hold(v, operand, cd_span(e->first), WANT_ATTRIBUTES,
	    help_of_has(operand.type));
	whole = has_one(v, known, of, operand, e->path->names[0], at);
	for (i = 1; i < e->path->count && !answer_is_false(whole); i++) {
		struct known here = { known, whole.learned };

		operand = get(v, &here, &of, operand, e->path->names[i - 1], at);
		operand = cd_hold(v, operand, at, WANT_ATTRIBUTES, NULL);
		of.path = e->path;
		of.names = i;
		whole = cd_both(v, whole, has_one(v, &here, of, operand, e->path->names[i], at));
	}
	return whole;
}

struct answer
cd_check_chain(struct validator *v, const struct known *known, const struct expr *e)
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
