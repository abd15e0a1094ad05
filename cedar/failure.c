/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/eval.h"
#include "cedar/request.h"
#include "cedar/text.h"

static void
add_uid(struct text *t, const struct uid *uid)
{
	cd_text_puts(t, "`");
	cd_text_add(t, uid->type->text, uid->type->len);
	cd_text_puts(t, "::");
	cd_text_quoted(t, uid->id, uid->len);
	cd_text_puts(t, "`");
}

static void
add_missing(struct text *t, const char *owner, const struct name *name)
{
	cd_text_puts(t, owner);
	cd_text_puts(t, " has no attribute `");
	cd_text_escaped(t, name->text, name->len, false);
	cd_text_puts(t, "`; test with `has` first");
}

static void
add_unheld(struct text *t, const struct name *name)
{
	cd_text_puts(t, "the value of ");
	if (name != NULL) {
		cd_text_puts(t, "`");
		cd_text_escaped(t, name->text, name->len, false);
		cd_text_puts(t, "`");
	} else {
		cd_text_puts(t, "a part of this");
	}
	cd_text_puts(t, " is one that Cedar has no type for");
}

/* What a function wants, as in "`isInRange` takes 2 ...". */
static void
add_arity(struct text *t, const struct expr *e)
{
	const struct function_info *fn = &cd_functions[e->op];
	unsigned argc = (unsigned)fn->argc - fn->method;

	cd_text_puts(t, "`");
	cd_text_puts(t, fn->name);
	cd_text_puts(t, argc == 0 ? "` takes no argument" : "` takes exactly one argument");
}

static void
describe(struct text *t, const struct cedar_failure *failure)
{
	const struct expr *e = failure->where;

	switch ((enum failure)failure->what) {
	case FAILURE_TYPE:
		cd_text_puts(t, "expected ");
		cd_text_puts(t, failure->detail);
		cd_text_puts(t, ", found ");
		cd_text_puts(t, cd_value_type_name(failure->got));
		break;
	case FAILURE_OVERFLOW:
		cd_text_puts(t, "the result is beyond 64 bits");
		break;
	case FAILURE_ATTRIBUTE:
		add_missing(t, "the record", failure->detail);
		break;
	case FAILURE_ENTITY_ATTRIBUTE:
		add_missing(t, "the entity", failure->detail);
		break;
	case FAILURE_TAG:
		add_uid(t, failure->detail);
		cd_text_puts(t, " has no such tag; test with `hasTag` first");
		break;
	case FAILURE_ENTITY:
		add_uid(t, failure->detail);
		cd_text_puts(t, " does not exist");
		break;
	case FAILURE_ARITY:
		add_arity(t, e);
		break;
	case FAILURE_TEXT:
		cd_text_puts(t, "this text is no ");
		cd_text_puts(t, e->op == FN_IP ? "IP address or range" : cd_functions[e->op].name);
		break;
	case FAILURE_UNHELD:
		add_unheld(t, failure->detail);
		break;
	}
}

bool
cedar_failure_unheld(const struct cedar_failure *failure)
{
	return failure->what == FAILURE_UNHELD;
}

void
cedar_failure_message(const struct cedar_request *rq, const struct cedar_failure *failure,
    struct cedar_place *place, char *buffer, size_t size)
{
	const struct cd_policy *policy = rq->set->policies[failure->policy];
	const struct expr *e = failure->where;
	struct text text;

	if (place != NULL)
		*place = cd_place(policy->source, e->start, e->end);
	if (size == 0)
		return;
	text = cd_text_fixed(buffer, size);
	describe(&text, failure);
}
