/* SPDX-License-Identifier: MIT */
/* The head of a policy in one setting: whether it lets that in at all. */
#include "config.h"

#include "cedar/validate.h"

static struct answer
answer_of(const struct type *type, bool good)
{
	return (struct answer){ .type = type, .good = good };
}

static struct answer
check_entity(struct validator *v, const struct entity_type *is, const struct scope *scope)
{
	const struct entity_type *of = cd_uid_type(v, scope->entity);
	bool may;

	if (of == NULL)
		return answer_of(&cd_type_bool, false);
	if (scope->kind == CEDAR_EQ || of == &cd_action_type)
		may = is == of;
	else
		may = v->schema->type_in[is->number * v->schema->type_count + of->number];
	return answer_of(may ? &cd_type_bool : &cd_type_false, true);
}

static struct answer
check_scope(struct validator *v, const struct entity_type *is, const struct scope *scope)
{
	struct answer type = answer_of(&cd_type_true, true);

	if (scope->type != NULL)
		type.type = cd_bool_type(
		    cd_schema_type(v->schema, scope->type->text, scope->type->len) == is);
	if (scope->entity == NULL || type.type == &cd_type_false)
		return type;
	return cd_both(v, type, check_entity(v, is, scope));
}

static struct answer
check_action(struct validator *v)
{
	const struct cd_policy *policy = v->policy;
	bool in = false, good = true;
	uint32_t i;

	if (policy->action == CEDAR_ANY)
		return answer_of(&cd_type_true, true);
	for (i = 0; i < policy->action_count; i++) {
		const struct uid *uid = policy->actions[i];
		struct cedar_str id = { uid->id, uid->len };
		const struct schema_action *named = cd_schema_action(v->schema, id.data, id.len);

		good &= named != NULL && cd_name_is(uid->type, "Action");
		in |= policy->action == CEDAR_EQ ? named == v->setting.action :
						   cd_action_in(v, v->setting.action, id);
	}
	if (good && i > 0)
		return answer_of(cd_bool_type(in), true);
	return answer_of(policy->action == CEDAR_EQ ? &cd_type_false : &cd_type_bool, false);
}

/* What is always false keeps the rest from being looked at. */
struct answer
cd_check_head(struct validator *v)
{
	struct answer a = check_scope(v, v->setting.principal, &v->policy->principal);

	if (a.type != &cd_type_false)
		a = cd_both(v, a, check_action(v));
	if (a.type != &cd_type_false)
		a = cd_both(v, a, check_scope(v, v->setting.resource, &v->policy->resource));
	return a;
}
