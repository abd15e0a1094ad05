/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/policy.h"

/* Who is told. */
struct listener {
	cedar_time_told *tell;
	void *with;
};

static void
tell_value(const struct listener *to, const struct value *value)
{
	uint32_t i;

	switch (value->type) {
	case VALUE_DATETIME:
	case VALUE_DURATION:
		to->tell(to->with, value->type == VALUE_DURATION, value->number);
		break;
	case VALUE_SET:
		for (i = 0; i < value->set->count; i++)
			tell_value(to, &value->set->items[i]);
		break;
	case VALUE_RECORD:
		for (i = 0; i < value->record->count; i++)
			tell_value(to, &value->record->fields[i].value);
		break;
	default:
		break;
	}
}

static bool
has_constant(const struct expr *e)
{
	return (e->kind == EXPR_CALL || e->kind == EXPR_SET || e->kind == EXPR_RECORD) &&
	    e->constant != NULL;
}

/* Recursion goes no deeper than the brackets of the text. */
static void
tell_expression(const struct listener *to, const struct expr *e)
{
	const struct expr *operand;

	if (e->kind == EXPR_LITERAL || e->kind == EXPR_VARIABLE)
		return;
	if (has_constant(e)) {
		tell_value(to, e->constant);
		return;
	}
	for (operand = e->first; operand != NULL; operand = operand->next)
		tell_expression(to, operand);
}

void
cedar_set_times(const struct cedar_set *set, cedar_time_told *tell, void *with)
{
	const struct listener to = { tell, with };
	const struct condition *c;
	uint32_t i;

	for (i = 0; i < set->count; i++)
		for (c = set->policies[i]->conditions; c != NULL; c = c->next)
			tell_expression(&to, c->body);
}
