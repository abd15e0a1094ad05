/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/parse.h"

static const char expected_entity[] = "an entity such as `User::\"alice\"`";

/* ---- annotations ---- */

/* `@name` or `@name("value")`; the `@` was taken. Any word will do as a name. */
static struct annotation *
annotation(struct parser *p)
{
	struct annotation *a = cd_arena_zero(&p->set->arena, 1, sizeof(*a));
	struct cedar_str text = cd_token_text(p, &p->token);

	if (!cd_expect(p, TOKEN_WORD, "the annotation's name"))
		return NULL;
	if (a == NULL ||
	    (a->name = cd_intern_name(&p->set->symbols, text.data, text.len)) == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	a->value = (struct cedar_str){ "", 0 };
	a->start = p->last.start;
	a->end = p->last.end;
	if (!cd_accept(p, TOKEN_LPAREN))
		return a;
	if (p->token.kind != TOKEN_STRING) {
		cd_unexpected(p, "a string");
		return NULL;
	}
	if (!cd_string(p, &p->token, &a->value))
		return NULL;
	cd_next(p);
	return cd_expect(p, TOKEN_RPAREN, "`)`") ? a : NULL;
}

/* All annotations of a policy have different names. */
static bool
check_annotations(struct parser *p, const struct cd_policy *policy)
{
	struct arena_mark mark = cd_arena_mark(&p->set->arena);
	struct record names = {
		.fields = cd_arena_zero(&p->set->arena, policy->annotation_count,
		    sizeof(*names.fields)),
	};
	const struct annotation *a;
	const struct name *twice;
	bool seen = false;

	if (names.fields == NULL)
		return cd_no_memory(p);
	for (a = policy->annotations; a != NULL; a = a->next)
		names.fields[names.count++].name = a->name;
	twice = cd_record_normalize(&names);
	cd_arena_release(&p->set->arena, mark);
	for (a = policy->annotations; twice != NULL && a != NULL; a = a->next) {
		if (a->name == twice && seen)
			return cd_fault(p, a->start, a->end, "this annotation is there already",
			    NULL);
		seen |= a->name == twice;
	}
	return true;
}

static bool
annotations(struct parser *p, struct cd_policy *policy)
{
	struct annotation **tail = &policy->annotations;

	while (cd_accept(p, TOKEN_AT)) {
		if ((*tail = annotation(p)) == NULL)
			return false;
		tail = &(*tail)->next;
		policy->annotation_count++;
	}
	return policy->annotation_count < 2 || check_annotations(p, policy);
}

/* ---- scope ---- */

/* An entity, in any number of parentheses. */
static const struct uid *
entity(struct parser *p)
{
	const struct uid *uid;
	unsigned open = 0;

	for (; cd_accept(p, TOKEN_LPAREN); open++)
		if (open == CEDAR_NESTING_MAX) {
			cd_fault(p, p->last.start, p->last.end, "this is nested too deep", NULL);
			return NULL;
		}
	if (p->token.kind != TOKEN_WORD || p->token.word < WORD_PLAIN) {
		cd_unexpected(p, expected_entity);
		return NULL;
	}
	cd_next(p);
	if (cd_path(p, &uid) == NULL)
		return NULL;
	if (uid == NULL) {
		cd_fault(p, p->last.start, p->last.end, "this is no entity", expected_entity);
		return NULL;
	}
	for (; open > 0; open--)
		if (!cd_expect(p, TOKEN_RPAREN, "`)`"))
			return NULL;
	return uid;
}

/* What may follow `principal` or `resource`. */
static bool
constraint(struct parser *p, struct scope *scope)
{
	uint32_t start;

	if (cd_accept(p, TOKEN_EQ)) {
		scope->kind = CEDAR_EQ;
	} else if (cd_accept_word(p, WORD_IN)) {
		scope->kind = CEDAR_IN;
	} else if (cd_accept_word(p, WORD_IS)) {
		scope->kind = CEDAR_IS;
		start = p->token.start;
		if ((scope->type = cd_type(p)) == NULL)
			return false;
		scope->type_at = (struct span){ start, p->last.end };
		if (!cd_accept_word(p, WORD_IN))
			return true;
		scope->kind = CEDAR_IS_IN;
	} else {
		return true;
	}
	start = p->token.start;
	scope->entity = entity(p);
	scope->entity_at = (struct span){ start, p->last.end };
	return scope->entity != NULL;
}

/* Room for a power of two of them is made when their number is one. */
static bool
reserve_action(struct parser *p, struct cd_policy *policy)
{
	uint32_t n = policy->action_count;
	size_t room = n > 0 ? 2 * (size_t)n : 1;
	const struct uid **wider;
	struct span *wider_at;

	if ((n & (n - 1)) != 0)
		return true;
	if ((wider = cd_arena_alloc(&p->set->arena, room * sizeof(*wider))) == NULL ||
	    (wider_at = cd_arena_alloc(&p->set->arena, room * sizeof(*wider_at))) == NULL)
		return cd_no_memory(p);
	if (n > 0) {
		memcpy(wider, policy->actions, n * sizeof(*wider));
		memcpy(wider_at, policy->actions_at, n * sizeof(*wider_at));
	}
	policy->actions = wider;
	policy->actions_at = wider_at;
	return true;
}

static bool
add_action(struct parser *p, struct cd_policy *policy)
{
	uint32_t start = p->token.start;
	const struct uid *uid = entity(p);

	if (uid == NULL)
		return false;
	if (!cd_uid_is_action(uid))
		return cd_fault(p, start, p->last.end,
		    "this entity is no action, as its type does not end in `Action`",
		    "an action such as `Action::\"view\"`");
	if (!reserve_action(p, policy))
		return false;
	policy->actions_at[policy->action_count] = (struct span){ start, p->last.end };
	policy->actions[policy->action_count++] = uid;
	return true;
}

/* Whether the next token that is no `(` is a `[`. */
static bool
list_ahead(const struct parser *p)
{
	struct lexer lex = p->lex;
	struct cd_token token = p->token;

	while (token.kind == TOKEN_LPAREN)
		cd_lex(&lex, &token);
	return token.kind == TOKEN_LBRACKET;
}

/* Actions in brackets, in any number of parentheses. */
static bool
action_list(struct parser *p, struct cd_policy *policy)
{
	unsigned open = 0;

	for (; cd_accept(p, TOKEN_LPAREN); open++)
		if (open == CEDAR_NESTING_MAX)
			return cd_fault(p, p->last.start, p->last.end, "this is nested too deep",
			    NULL);
	cd_next(p);
	policy->action_list = true;
	while (!cd_accept(p, TOKEN_RBRACKET)) {
		if (!add_action(p, policy))
			return false;
		if (!cd_accept(p, TOKEN_COMMA) && p->token.kind != TOKEN_RBRACKET)
			return cd_unexpected(p, "`,` or `]`");
	}
	for (; open > 0; open--)
		if (!cd_expect(p, TOKEN_RPAREN, "`)`"))
			return false;
	return true;
}

static bool
action_constraint(struct parser *p, struct cd_policy *policy)
{
	if (cd_accept(p, TOKEN_EQ)) {
		policy->action = CEDAR_EQ;
		return add_action(p, policy);
	}
	if (!cd_accept_word(p, WORD_IN))
		return true;
	policy->action = CEDAR_IN;
	return list_ahead(p) ? action_list(p, policy) : add_action(p, policy);
}

static bool
scope(struct parser *p, struct cd_policy *policy)
{
	if (!cd_expect(p, TOKEN_LPAREN, "`(`"))
		return false;
	if (!cd_accept_word(p, WORD_PRINCIPAL))
		return cd_unexpected(p, "`principal`");
	if (!constraint(p, &policy->principal) ||
	    !cd_expect(p, TOKEN_COMMA,
		policy->principal.kind == CEDAR_ANY    ? "`==`, `in`, `is` or `,`" :
		    policy->principal.kind == CEDAR_IS ? "`in` or `,`" :
							 "`,`"))
		return false;
	if (!cd_accept_word(p, WORD_ACTION))
		return cd_unexpected(p, "`action`");
	if (!action_constraint(p, policy) ||
	    !cd_expect(p, TOKEN_COMMA, policy->action == CEDAR_ANY ? "`==`, `in` or `,`" : "`,`"))
		return false;
	if (!cd_accept_word(p, WORD_RESOURCE))
		return cd_unexpected(p, "`resource`");
	if (!constraint(p, &policy->resource))
		return false;
	(void)cd_accept(p, TOKEN_COMMA);
	return cd_expect(p, TOKEN_RPAREN,
	    policy->resource.kind == CEDAR_ANY    ? "`==`, `in`, `is` or `)`" :
		policy->resource.kind == CEDAR_IS ? "`in` or `)`" :
						    "`)`");
}

/* ---- statements ---- */

static struct condition *
condition(struct parser *p, bool unless)
{
	struct condition *c = cd_arena_zero(&p->set->arena, 1, sizeof(*c));

	if (c == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	c->unless = unless;
	if (!cd_expect(p, TOKEN_LBRACE, "`{`") || (c->body = cd_expression(p)) == NULL ||
	    !cd_expect(p, TOKEN_RBRACE, "an operator or `}`"))
		return NULL;
	return c;
}

static bool
conditions(struct parser *p, struct cd_policy *policy)
{
	struct condition **tail = &policy->conditions;

	policy->conditions_start = policy->conditions_end = p->last.end;
	while (cd_at_word(p, WORD_WHEN) || cd_at_word(p, WORD_UNLESS)) {
		if (policy->conditions == NULL)
			policy->conditions_start = p->token.start;
		cd_next(p);
		if ((*tail = condition(p, p->last.word == WORD_UNLESS)) == NULL)
			return false;
		tail = &(*tail)->next;
		policy->conditions_end = p->last.end;
	}
	return true;
}

static struct cd_policy *
statement(struct parser *p)
{
	struct cd_policy *policy = cd_arena_zero(&p->set->arena, 1, sizeof(*policy));

	if (policy == NULL) {
		cd_no_memory(p);
		return NULL;
	}
	policy->source = p->source;
	policy->start = p->token.start;
	if (!annotations(p, policy))
		return NULL;
	if (cd_accept_word(p, WORD_FORBID)) {
		policy->effect = CEDAR_FORBID;
	} else if (!cd_accept_word(p, WORD_PERMIT)) {
		cd_unexpected(p,
		    policy->annotation_count > 0 ? "`permit`, `forbid` or `@`" :
						   "a policy: `permit`, `forbid` or an annotation");
		return NULL;
	}
	if (!scope(p, policy) || !conditions(p, policy) ||
	    !cd_expect(p, TOKEN_SEMICOLON, "`when`, `unless` or `;`"))
		return NULL;
	policy->end = p->last.end;
	return policy;
}

/* After an error: behind the next semicolon, where the next statement probably starts. */
static void
recover(struct parser *p)
{
	while (p->token.kind != TOKEN_END && p->token.kind != TOKEN_SEMICOLON)
		cd_next(p);
	(void)cd_accept(p, TOKEN_SEMICOLON);
	p->failed = false;
	p->depth = 0;
}

static void
add_policy(struct parser *p, struct cd_policy *policy)
{
	switch (cd_set_append(p->set, policy, p->id)) {
	case ADD_OK:
		break;
	case ADD_DUPLICATE:
		cd_fault(p, policy->start, policy->end, "a policy of this id is in the set already",
		    NULL);
		break;
	case ADD_MEMORY:
		cd_no_memory(p);
		break;
	}
}

void
cd_parse(struct cedar_set *set, const struct source *source, const struct cedar_str *id)
{
	struct parser p = {
		.set = set,
		.source = source,
		.id = id,
		.lex = { .text = source->text, .len = source->len },
	};
	struct cd_policy *policy;
	bool one = false;

	cd_next(&p);
	while (p.token.kind != TOKEN_END && !(one && id != NULL)) {
		if ((policy = statement(&p)) != NULL)
			add_policy(&p, policy);
		else
			recover(&p);
		one = true;
		p.failed = false;
	}
	if (id != NULL && !one)
		cd_unexpected(&p, "a policy: `permit`, `forbid` or an annotation");
	else if (p.token.kind != TOKEN_END)
		cd_fault(&p, p.token.start, p.token.end, "there is more than the one policy",
		    "the end of the text");
}
