/* SPDX-License-Identifier: MIT */
/* Which attributes and tags are known to be there. Expressions are the same where they are written alike. */
#include "config.h"

#include <string.h>

#include "cedar/validate.h"

static bool same(const struct expr *, const struct expr *);

static bool
same_operands(const struct expr *a, const struct expr *b)
{
	const struct expr *x, *y = b->first;

	for (x = a->first; x != NULL && y != NULL; x = x->next, y = y->next)
		if (!same(x, y))
			return false;
	return x == NULL && y == NULL;
}

static bool
same_path(const struct path *a, const struct path *b)
{
	return a->count == b->count &&
	    memcmp(a->names, b->names, a->count * sizeof(a->names[0])) == 0;
}

static bool
same_pattern(const struct pattern *a, const struct pattern *b)
{
	uint32_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->pieces[i].len != b->pieces[i].len ||
		    memcmp(a->pieces[i].text, b->pieces[i].text, a->pieces[i].len) != 0)
			return false;
	return true;
}

/* Names and entities are interned in the set. Depth is that of the policy. */
static bool
same(const struct expr *a, const struct expr *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->op != b->op || a->minus != b->minus || a->count != b->count)
		return false;
	switch ((enum expr_kind)a->kind) {
	case EXPR_LITERAL:
		return cd_value_equal(&a->value, &b->value);
	case EXPR_VARIABLE:
		return true;
	case EXPR_HAS:
		return same_path(a->path, b->path) && same_operands(a, b);
	case EXPR_LIKE:
		return same_pattern(a->pattern, b->pattern) && same_operands(a, b);
	case EXPR_IS:
	case EXPR_GET:
	case EXPR_FIELD:
		return a->name == b->name && same_operands(a, b);
	default:
		return same_operands(a, b);
	}
}

/* ---- targets ---- */

struct target
cd_target(const struct expr *e)
{
	if (e->kind != EXPR_CHAIN)
		return (struct target){ .base = e };
	return (struct target){ .base = e->first, .step = e->first->next, .steps = e->count - 1 };
}

/* The attribute that is read at a step of a target; NULL: the step is a method. */
static const struct name *
name_at(const struct target *t, const struct expr *step, uint32_t i)
{
	if (i >= t->steps)
		return t->path->names[i - t->steps];
	return step->kind == EXPR_GET ? step->name : NULL;
}

static bool
same_target(const struct target *a, const struct target *b)
{
	const struct expr *x = a->step, *y = b->step;
	uint32_t n = a->steps + a->names, i;

	if (n != b->steps + b->names || !same(a->base, b->base))
		return false;
	for (i = 0; i < n; i++) {
		if (name_at(a, x, i) != name_at(b, y, i))
			return false;
		if (name_at(a, x, i) == NULL && !same(x, y))
			return false;
		x = i < a->steps ? x->next : NULL;
		y = i < b->steps ? y->next : NULL;
	}
	return true;
}

/* ---- lists ---- */

static bool
same_capability(struct validator *v, const struct capability *a, const struct capability *b)
{
	if (v->left == 0)
		return false;
	v->left--;
	if (a->attribute != b->attribute)
		return false;
	if (a->attribute == NULL && !same(a->tag, b->tag))
		return false;
	return same_target(&a->of, &b->of);
}

static bool
holds(struct validator *v, const struct capability *list, const struct capability *one)
{
	for (; list != NULL; list = list->next)
		if (same_capability(v, list, one))
			return true;
	return false;
}

static bool
knows(struct validator *v, const struct known *known, const struct capability *one)
{
	for (; known != NULL; known = known->around)
		if (holds(v, known->learned, one))
			return true;
	return false;
}

bool
cd_knows_attribute(struct validator *v, const struct known *known, const struct target *of,
    const struct name *attribute)
{
	struct capability one = { .of = *of, .attribute = attribute };

	return knows(v, known, &one);
}

bool
cd_knows_tag(struct validator *v, const struct known *known, const struct target *of,
    const struct expr *tag)
{
	struct capability one = { .of = *of, .tag = tag };

	return knows(v, known, &one);
}

static const struct capability *
add(struct validator *v, const struct capability *list, const struct capability *one)
{
	struct capability *made = cd_arena_alloc(&v->scratch, sizeof(*made));

	if (made == NULL) {
		(void)cd_no_room(v);
		return list;
	}
	*made = *one;
	made->next = list;
	return made;
}

const struct capability *
cd_learn(struct validator *v, struct target of, const struct name *attribute,
    const struct expr *tag)
{
	struct capability one = { .of = of, .attribute = attribute, .tag = tag };

	return add(v, NULL, &one);
}

const struct capability *
cd_learned_union(struct validator *v, const struct capability *a, const struct capability *b)
{
	for (; b != NULL; b = b->next)
		if (!holds(v, a, b))
			a = add(v, a, b);
	return a;
}

const struct capability *
cd_learned_common(struct validator *v, const struct capability *a, const struct capability *b)
{
	const struct capability *common = NULL;

	for (; a != NULL; a = a->next)
		if (holds(v, b, a))
			common = add(v, common, a);
	return common;
}
