/* SPDX-License-Identifier: MIT */
/* `&&`, `||`, `!` and `if`: what is known to be true or false decides what is looked at at all. */
#include "config.h"

#include "cedar/validate.h"

struct answer
cd_both(struct validator *v, struct answer left, struct answer right)
{
	struct answer whole = answer_good(&cd_type_bool);

	if (left.type == NULL || right.type == NULL)
		return answer_after(whole, false);
	if (answer_is_false(right)) {
		whole.type = &cd_type_false;
	} else if (answer_is_true(right)) {
		whole.type = left.type;
		whole.learned = cd_learned_union(v, left.learned, right.learned);
	} else if (answer_is_true(left)) {
		whole.type = right.type;
		whole.learned = right.learned;
	} else {
		whole.learned = cd_learned_union(v, left.learned, right.learned);
	}
	return answer_after(whole, left.good && right.good);
}

struct answer
cd_check_and(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *operand = e->first;
	struct answer left = cd_want(v, known, operand, WANT_BOOL, NULL);

	while ((operand = operand->next) != NULL && !answer_is_false(left)) {
		struct known here = { known, left.learned };

		left = cd_both(v, left, cd_want(v, &here, operand, WANT_BOOL, NULL));
	}
	if (answer_is_false(left))
		left.learned = NULL;
	return left;
}

static struct answer
either(struct validator *v, struct answer left, struct answer right)
{
	struct answer whole = answer_good(&cd_type_bool);

	if (left.type == NULL || right.type == NULL)
		return answer_after(whole, false);
	if (answer_is_true(right)) {
		whole = right;
	} else if (answer_is_false(right)) {
		whole = left;
	} else if (answer_is_false(left)) {
		whole = right;
	} else {
		whole.learned = cd_learned_common(v, left.learned, right.learned);
	}
	whole.good = true;
	return answer_after(whole, left.good && right.good);
}

struct answer
cd_check_or(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *operand = e->first;
	struct answer left = cd_want(v, known, operand, WANT_BOOL, NULL);

	while ((operand = operand->next) != NULL && !answer_is_true(left))
		left = either(v, left, cd_want(v, known, operand, WANT_BOOL, NULL));
	return left;
}

struct answer
cd_check_not(struct validator *v, const struct known *known, const struct expr *e)
{
	struct answer a = cd_want(v, known, e->first, WANT_BOOL, NULL);

	if (a.type == NULL)
		return answer_after(answer_good(&cd_type_bool), false);
	return answer_after(answer_good(answer_is_true(a) ? &cd_type_false :
				    answer_is_false(a)    ? &cd_type_true :
							    &cd_type_bool),
	    a.good);
}

/* Of two branches, one of which will be taken. */
static struct answer
join_branches(struct validator *v, const struct expr *e, struct answer then,
    struct answer otherwise)
{
	struct answer whole = answer_unknown();

	if (then.type == NULL || otherwise.type == NULL)
		return answer_unknown();
	whole.type = cd_type_join(v, then.type, otherwise.type);
	if (whole.type == NULL) {
		(void)cd_comparable(v, cd_span(e), then.type, otherwise.type,
		    "both ends of an `if` have one type; here they are ");
		return answer_unknown();
	}
	whole.good = true;
	whole.learned = cd_learned_common(v, otherwise.learned, then.learned);
	return answer_after(whole, then.good && otherwise.good);
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
		whole = answer_after(join_branches(v, e, last->then, whole), last->test.good);
	return whole;
}

struct answer
cd_check_if(struct validator *v, const struct known *known, const struct expr *e)
{
	const struct expr *part = e->first;
	struct branch *last = NULL, *made;
	struct answer whole;
	bool tests_good = true;

	for (; part->next != NULL; part = part->next->next) {
		struct answer test = cd_want(v, known, part, WANT_BOOL, NULL);
		struct known here = { known, test.learned };

		if (answer_is_false(test)) {
			tests_good &= test.good;
			continue;
		}
		whole = cd_check(v, &here, part->next);
		if (whole.good)
			whole.learned = cd_learned_union(v, whole.learned, test.learned);
		if (answer_is_true(test))
			return answer_after(join_upward(v, e, last, answer_after(whole, test.good)),
			    tests_good);
		if ((made = cd_arena_alloc(&v->scratch, sizeof(*made))) == NULL) {
			(void)cd_no_room(v);
			return answer_unknown();
		}
		*made = (struct branch){ last, test, whole };
		last = made;
	}
	return answer_after(join_upward(v, e, last, cd_check(v, known, part)), tests_good);
}
