/* SPDX-License-Identifier: MIT */
/*
 * Holds a policy to a schema: for each action, and each type of principal and
 * resource that it applies to, is the policy free of errors of type, and can it be
 * true in any of these cases?
 */
#include "config.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cedar/lexer.h"
#include "cedar/validate.h"

/* Comparisons of what is known, of which a policy in earnest takes thousands. */
#define STEPS_MAX 50000000u

/* ---- findings ---- */

bool
cd_no_room(struct validator *v)
{
	v->no_memory = true;
	return false;
}

/* The finding of this place and message, made if need be; NULL where there are too many. */
static struct finding *
place_finding(struct validator *v, struct span at, const struct text *text)
{
	struct cedar_validation *found = v->found;
	const char *message;
	struct finding *f;
	uint32_t i;

	for (i = 0; i < found->count; i++) {
		f = &found->findings[i];
		if (f->error.place.offset == at.start && strcmp(f->error.message, text->data) == 0)
			return f;
	}
	if (found->count == CD_ERRORS_MAX)
		return NULL;
	if ((message = cd_arena_copy(&found->arena, text->data, text->len)) == NULL) {
		(void)cd_no_room(v);
		return NULL;
	}
	f = &found->findings[found->count++];
	*f = (struct finding){
		.error = { .place = cd_place(v->policy->source, at.start, at.end),
		    .id = { v->policy->id->text, v->policy->id->len },
		    .found = "",
		    .expected = "",
		    .message = message },
		.action = v->setting.action,
	};
	return f;
}

static const char *
keep(struct validator *v, const char *text, size_t len)
{
	const char *copy = cd_arena_copy(&v->found->arena, text, len);

	if (copy == NULL)
		(void)cd_no_room(v);
	return copy != NULL ? copy : "";
}

void
cd_find_text(struct validator *v, struct span at, struct text *text, const struct name *near)
{
	struct finding *f;

	v->found->refused = true;
	if (near != NULL) {
		cd_text_puts(text, "; did you mean `");
		cd_text_escaped(text, near->text, near->len, false);
		cd_text_puts(text, "`?");
	}
	if ((f = place_finding(v, at, text)) == NULL)
		return;
	if (near != NULL && f->error.expected[0] == '\0')
		f->error.expected = keep(v, near->text, near->len);
	if (f->last != v->number || f->settings == 0)
		f->settings++;
	f->last = v->number;
}

void
cd_find(struct validator *v, struct span at, const char *part, ...)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));
	va_list ap;

	va_start(ap, part);
	for (; part != NULL; part = va_arg(ap, const char *))
		cd_text_puts(&text, part);
	va_end(ap);
	cd_find_text(v, at, &text, NULL);
}

/* ---- names that the schema does not have ---- */

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

/* The word `permit` or `forbid`, behind the annotations. */
static struct span
effect_span(const struct cd_policy *policy)
{
	struct lexer lex = { .text = policy->source->text,
		.len = policy->end,
		.at = policy->start };
	struct cd_token token = { .kind = TOKEN_END }, last;

	do {
		last = token;
		cd_lex(&lex, &token);
	} while (token.kind != TOKEN_END &&
	    (last.kind == TOKEN_AT || token.kind != TOKEN_WORD ||
		(token.word != WORD_PERMIT && token.word != WORD_FORBID)));
	return (struct span){ token.start, token.end };
}

static void
check_all_names(struct validator *v)
{
	const struct condition *c;
	uint32_t i;

	check_scope_names(v, &v->policy->principal);
	if (v->policy->action_list && v->policy->action_count == 0)
		cd_find(v, effect_span(v->policy),
		    "this can never apply: its list of actions is empty", (char *)NULL);
	for (i = 0; i < v->policy->action_count; i++)
		check_uid(v, v->policy->actions[i], v->policy->actions_at[i]);
	check_scope_names(v, &v->policy->resource);
	for (c = v->policy->conditions; c != NULL; c = c->next)
		check_names(v, c->body);
}

/* ---- what is impossible ---- */

/* Of `== entity`, where nobody is such an entity, but may be in it. */
static bool
find_in_for_equal(struct validator *v, const struct scope *scope, const char *of, bool resource)
{
	const struct cedar_schema *s = v->schema;
	const struct entity_type *type;
	bool fits = false;
	uint32_t i, j;

	if (scope->kind != CEDAR_EQ || (type = cd_uid_type(v, scope->entity)) == NULL ||
	    type == &cd_action_type)
		return false;
	for (i = 0; i < s->action_count; i++) {
		const bool *which = resource ? s->actions[i]->resources : s->actions[i]->principals;

		if (which != NULL && which[type->number])
			return false;
		for (j = 0; which != NULL && j < s->type_count; j++)
			fits |= which[j] && s->type_in[j * s->type_count + type->number];
	}
	if (fits)
		cd_find(v, scope->entity_at, "this can never apply: no ", of,
		    " is such an entity; did you mean `in`?", (char *)NULL);
	return fits;
}

static void
find_impossible(struct validator *v)
{
	char buffer[512];
	struct text text = cd_text_fixed(buffer, sizeof(buffer));

	if (v->admitted == 0) {
		if (!find_in_for_equal(v, &v->policy->principal, "principal", false) &&
		    !find_in_for_equal(v, &v->policy->resource, "resource", true))
			cd_find(v, effect_span(v->policy),
			    "this can never apply: no action has such a principal and such a resource",
			    (char *)NULL);
		return;
	}
	if (v->never == NULL) {
		cd_find(v, effect_span(v->policy),
		    "this can never apply: its conditions are never true", (char *)NULL);
		return;
	}
	cd_text_puts(&text, "this can never apply: there is never an attribute `");
	cd_text_escaped(&text, v->never->text, v->never->len, false);
	cd_text_puts(&text, "`");
	cd_find_text(v, v->never_at, &text, v->never_near.name);
}

/* ---- settings ---- */

static struct answer
check_condition(struct validator *v, const struct known *known, const struct condition *c)
{
	struct answer a = cd_want(v, known, c->body, WANT_BOOL, NULL);

	if (!c->unless)
		return a;
	a.learned = NULL;
	if (a.type == NULL)
		a.type = &cd_type_bool;
	else if (a.type->kind != TYPE_BOOL)
		a.type = cd_bool_type(a.type->kind == TYPE_FALSE);
	return a;
}

/*
 * Each condition after those before it: first && (second && ...).  What each is
 * is kept until the end, and then joined from there.
 */
struct checked {
	struct checked *before;
	struct known known;
	struct answer answer;
};

static struct answer
check_conditions(struct validator *v)
{
	struct answer whole = { .type = &cd_type_true, .good = true };
	const struct condition *c;
	struct checked *last = NULL, *made;

	for (c = v->policy->conditions; c != NULL; c = c->next) {
		if ((made = cd_arena_zero(&v->scratch, 1, sizeof(*made))) == NULL) {
			(void)cd_no_room(v);
			return whole;
		}
		if (last != NULL)
			made->known = (struct known){ &last->known, last->answer.learned };
		made->before = last;
		made->answer = check_condition(v, &made->known, c);
		last = made;
		if (made->answer.type != NULL && made->answer.type->kind == TYPE_FALSE)
			break;
	}
	if (last != NULL)
		for (whole = last->answer; (last = last->before) != NULL;)
			whole = cd_both(v, last->answer, whole);
	return whole;
}

/* True where the policy is always false in this setting. */
static bool
check_setting(struct validator *v)
{
	struct answer head, all;

	v->number++;
	cd_arena_reset(&v->scratch);
	head = cd_check_head(v);
	if (head.type != NULL && head.type->kind == TYPE_FALSE)
		return true;
	v->admitted++;
	all = cd_both(v, head, check_conditions(v));
	return all.type != NULL && all.type->kind == TYPE_FALSE;
}

/* True where it is so in all of them. */
static bool
check_settings(struct validator *v)
{
	const struct cedar_schema *s = v->schema;
	bool all_false = true;
	uint32_t i, p, r;

	for (i = 0; i < s->action_count; i++) {
		v->setting.action = s->actions[i];
		if (s->actions[i]->principals == NULL)
			continue;
		for (p = 0; p < s->type_count; p++)
			for (r = 0; s->actions[i]->principals[p] && r < s->type_count; r++) {
				if (!s->actions[i]->resources[r])
					continue;
				v->setting.principal = s->types[p];
				v->setting.resource = s->types[r];
				all_false &= check_setting(v);
			}
	}
	return all_false;
}

/* ---- all of it ---- */

/* Where something is wrong in some settings only, say in which. */
static void
name_settings(struct validator *v)
{
	char buffer[640];
	struct text text;
	uint32_t i;

	for (i = 0; i < v->found->count; i++) {
		struct finding *f = &v->found->findings[i];

		if (f->action == NULL || f->settings >= v->admitted)
			continue;
		text = cd_text_fixed(buffer, sizeof(buffer));
		cd_text_puts(&text, "where the action is `");
		cd_text_escaped(&text, f->action->id->text, f->action->id->len, false);
		cd_text_puts(&text, "`: ");
		cd_text_puts(&text, f->error.message);
		f->error.message = keep(v, text.data, text.len);
	}
}

static void
validate(struct validator *v)
{
	bool impossible;

	check_all_names(v);
	impossible = check_settings(v);
	v->number = 0;
	v->setting.action = NULL;
	if (v->left == 0) {
		v->found->count = 0;
		cd_find(v, effect_span(v->policy),
		    "checking this against the schema takes too long", (char *)NULL);
	} else if (impossible && !v->found->refused) {
		find_impossible(v);
	}
	name_settings(v);
}

struct cedar_validation *
cedar_validate(const struct cedar_schema *schema, const struct cedar_set *set, size_t policy)
{
	struct cedar_validation *found = calloc(1, sizeof(*found));
	struct validator v = { .found = found, .schema = schema, .set = set, .left = STEPS_MAX };

	if (found == NULL)
		return NULL;
	cd_arena_init_tight(&found->arena, CEDAR_MEMORY_DEFAULT);
	cd_arena_init(&v.scratch, CEDAR_MEMORY_DEFAULT);
	found->findings = cd_arena_zero(&found->arena, CD_ERRORS_MAX, sizeof(*found->findings));
	v.no_memory = found->findings == NULL;
	if (!v.no_memory && policy < set->count) {
		v.policy = set->policies[policy];
		validate(&v);
	}
	cd_arena_free(&v.scratch);
	if (v.no_memory) {
		cedar_validation_free(found);
		return NULL;
	}
	return found;
}

void
cedar_validation_free(struct cedar_validation *found)
{
	if (found == NULL)
		return;
	cd_arena_free(&found->arena);
	free(found);
}

size_t
cedar_validation_count(const struct cedar_validation *found)
{
	return found->count;
}

const struct cedar_error *
cedar_validation_error(const struct cedar_validation *found, size_t i)
{
	return i < found->count ? &found->findings[i].error : NULL;
}
