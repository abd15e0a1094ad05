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

struct span
cd_span_of_effect(const struct cd_policy *policy)
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
			cd_find(v, cd_span_of_effect(v->policy),
			    "this can never apply: no action has such a principal and such a resource",
			    (char *)NULL);
		return;
	}
	if (v->never == NULL) {
		cd_find(v, cd_span_of_effect(v->policy),
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

	cd_check_names(v);
	impossible = check_settings(v);
	v->number = 0;
	v->setting.action = NULL;
	if (v->left == 0) {
		v->found->count = 0;
		cd_find(v, cd_span_of_effect(v->policy),
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
