/* SPDX-License-Identifier: MIT */
/* What a policy names: types, actions and entities that the schema has, or could have. */
#include "config.h"

#include <string.h>

#include "cedar/validate.h"

static void
find_name(struct validator *v, struct span at, const char *what, const char *text, size_t len,
    struct nearest *near)
{
	char buffer[512];
	struct text message = cd_text_fixed(buffer, sizeof(buffer));

	cd_text_puts(&message, what);
	cd_text_escaped(&message, text, len, false);
	cd_text_puts(&message, "`");
	cd_find_text(v, at, &message, near->name);
}

static void
check_type_name(struct validator *v, const struct name *name, struct span at)
{
	struct nearest near = { .wanted = { name->text, name->len } };
	uint32_t i;

	if (cd_name_is(name, "Action") || cd_schema_type(v->schema, name->text, name->len) != NULL)
		return;
	for (i = 0; i < v->schema->type_count; i++)
		cd_nearest_try(&near, v->schema->types[i]->name);
	find_name(v, at, "there is no entity type `", name->text, name->len, &near);
}

static void
check_action_id(struct validator *v, const struct uid *uid, struct span at)
{
	struct nearest near = { .wanted = { uid->id, uid->len } };
	uint32_t i;

	if (cd_schema_action(v->schema, uid->id, uid->len) != NULL)
		return;
	for (i = 0; i < v->schema->action_count; i++)
		cd_nearest_try(&near, v->schema->actions[i]->id);
	find_name(v, at, "there is no action `", uid->id, uid->len, &near);
}

/* An entity of a type that has but some is one of these. */
static void
check_listed(struct validator *v, const struct uid *uid, struct span at)
{
	const struct entity_type *type = cd_schema_type(v->schema, uid->type->text, uid->type->len);
	uint32_t i;

	if (type == NULL || !type->enumerated)
		return;
	for (i = 0; i < type->id_count; i++)
		if (type->ids[i].len == uid->len &&
		    memcmp(type->ids[i].data, uid->id, uid->len) == 0)
			return;
	cd_find(v, at, "the schema lists all entities of this type, and this is none of them",
	    (char *)NULL);
}

static bool
is_uuid(const char *id, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ?
			id[i] != '-' :
			!((id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f')))
			return false;
	return len == 36;
}

static bool
is_small_name(const char *id, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!(id[i] >= 'a' && id[i] <= 'z') &&
		    (i == 0 || ((id[i] < '0' || id[i] > '9') && id[i] != '-' && id[i] != '_')))
			return false;
	return len > 0;
}

static bool
has_form(enum id_form form, const char *id, size_t len)
{
	switch (form) {
	case IDS_UUID:
		return is_uuid(id, len);
	case IDS_NAME:
		return is_small_name(id, len);
	case IDS_ANY:
		break;
	}
	return true;
}

/* The id in lower case, if that has the form; else NULL. */
static const struct name *
in_lower_case(struct validator *v, enum id_form form, const struct uid *uid, struct name *lower)
{
	char *copy = cd_arena_copy(&v->scratch, uid->id, uid->len);
	size_t i;

	if (copy == NULL) {
		(void)cd_no_room(v);
		return NULL;
	}
	for (i = 0; i < uid->len; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	*lower = (struct name){ .text = copy, .len = uid->len };
	return has_form(form, copy, uid->len) ? lower : NULL;
}

/* Ids are compared byte by byte, so one that is not written as they are is nobody's. */
static void
check_form(struct validator *v, const struct uid *uid, struct span at)
{
	const struct entity_type *type = cd_schema_type(v->schema, uid->type->text, uid->type->len);
	char buffer[512];
	struct text message = cd_text_fixed(buffer, sizeof(buffer));
	struct name lower;

	if (type == NULL || has_form(type->form, uid->id, uid->len))
		return;
	cd_text_puts(&message, "there can be no such entity: the id of a `");
	cd_text_add(&message, type->name->text, type->name->len);
	cd_text_puts(&message,
	    type->form == IDS_UUID ?
		"` is a UUID in lower case" :
		"` is of lower-case letters, digits, `_` and `-`, with a letter first");
	cd_find_text(v, at, &message, in_lower_case(v, type->form, uid, &lower));
}

static void
check_uid(struct validator *v, const struct uid *uid, struct span at)
{
	if (cd_name_is(uid->type, "Action")) {
		check_action_id(v, uid, at);
		return;
	}
	check_type_name(v, uid->type, at);
	check_listed(v, uid, at);
	check_form(v, uid, at);
}

/* All that an expression names; its depth is bounded by the parser. */
static void
check_names(struct validator *v, const struct expr *e)
{
	const struct expr *operand;

	if (e->kind == EXPR_LITERAL) {
		if (e->value.type == VALUE_ENTITY)
			check_uid(v, e->value.entity, cd_span(e));
		return;
	}
	if (e->kind == EXPR_IS)
		check_type_name(v, e->name, cd_span_after_word(v, e, WORD_IS));
	for (operand = e->first; operand != NULL; operand = operand->next)
		check_names(v, operand);
}

static void
check_scope_names(struct validator *v, const struct scope *scope)
{
	if (scope->type != NULL)
		check_type_name(v, scope->type, scope->type_at);
	if (scope->entity != NULL)
		check_uid(v, scope->entity, scope->entity_at);
}

void
cd_check_names(struct validator *v)
{
	const struct condition *c;
	uint32_t i;

	check_scope_names(v, &v->policy->principal);
	if (v->policy->action_list && v->policy->action_count == 0)
		cd_find(v, cd_span_of_effect(v->policy),
		    "this can never apply: its list of actions is empty", (char *)NULL);
	for (i = 0; i < v->policy->action_count; i++)
		check_uid(v, v->policy->actions[i], v->policy->actions_at[i]);
	check_scope_names(v, &v->policy->resource);
	for (c = v->policy->conditions; c != NULL; c = c->next)
		check_names(v, c->body);
}
