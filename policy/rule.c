/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cedar/cedar.h"
#include "policy/rule.h"
#include "policy/rule_text.h"

const char *const rule_scope_words[] = { "any", "eq", "in", "is", "is_in", NULL };
const char *const rule_effect_words[] = { "permit", "forbid", NULL };

/* ---- faults ---- */

/* Copy a text, cut at a character where it is too long. */
static void
copy_text(char to[RULE_FAULT_TEXT_MAX], const char *text)
{
	size_t len = strlen(text), used = 0;

	while (used < len) {
		size_t n = utf8_sequence(text + used, len - used);

		if (n == 0 || used + n >= RULE_FAULT_TEXT_MAX)
			break;
		used += n;
	}
	memcpy(to, text, used);
	to[used] = '\0';
}

static enum rule_result
refuse_rule(struct rule_fault *f, unsigned line, unsigned column, const char *found,
    const char *expected, const char *message)
{
	f->line = line;
	f->column = column;
	copy_text(f->found, found);
	copy_text(f->expected, expected);
	copy_text(f->message, message);
	return RULE_REFUSED;
}

/* A statement that Cedar would take is refused as a whole, at its beginning. */
static enum rule_result
refuse_statement(struct rule_fault *f, const char *expected, const char *message)
{
	return refuse_rule(f, 1, 1, "", expected, message);
}

/* Where a statement begins. */
static void
place_of(const char *text, size_t offset, struct rule_fault *f)
{
	size_t i = 0;

	f->line = f->column = 1;
	while (i < offset) {
		size_t n = utf8_sequence(text + i, offset - i);
		bool end = text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');

		f->line += end ? 1 : 0;
		f->column = end ? 1 : f->column + 1;
		i += n > 0 ? n : 1;
	}
}

/* ---- out of the engine ---- */

/* Take a copy with a NUL behind it from the rule's memory. */
static const char *
take_str(char **to, struct cedar_str str)
{
	char *copy = *to;

	if (str.len > 0)
		memcpy(copy, str.data, str.len);
	copy[str.len] = '\0';
	*to += str.len + 1;
	return copy;
}

static void
take_scope(struct rule_scope *to, const struct cedar_scope *scope, char **memory)
{
	bool entity = scope->kind == CEDAR_EQ || scope->kind == CEDAR_IN ||
	    scope->kind == CEDAR_IS_IN;

	to->type = rule_scope_words[scope->kind];
	if (scope->kind == CEDAR_IS_IN)
		to->is_type = take_str(memory, scope->type);
	if (scope->kind == CEDAR_IS)
		to->entity_type = take_str(memory, scope->type);
	if (entity) {
		to->entity_type = take_str(memory, scope->entity_type);
		to->entity_id = take_str(memory, scope->entity_id);
	}
}

static size_t
scope_size(const struct cedar_scope *scope)
{
	return scope->type.len + scope->entity_type.len + scope->entity_id.len + 3;
}

static bool
has_nul(struct cedar_str str)
{
	return str.len > 0 && memchr(str.data, '\0', str.len) != NULL;
}

static enum rule_result
take_actions(struct rule *rule, const struct cedar_set *set, size_t statement, struct rule_fault *f)
{
	struct cedar_str type, id;
	size_t i;

	rule->actions = json_object_new_array();
	if (rule->actions == NULL)
		return RULE_NO_MEMORY;
	for (i = 0; cedar_policy_action(set, statement, i, &type, &id); i++) {
		if (type.len != strlen("Action") || memcmp(type.data, "Action", type.len) != 0)
			return refuse_statement(f, "Action::\"...\"",
			    "operations here are of the type Action, so a rule about another type "
			    "of action would never apply");
		if (has_nul(id))
			return refuse_statement(f, "ids without U+0000",
			    "an id holds U+0000, which cannot be stored");
		if (json_object_array_add(rule->actions,
			json_object_new_string_len(id.data, (int)id.len)) != 0)
			return RULE_NO_MEMORY;
	}
	rule->parts.action_ids = json_object_to_json_string_ext(rule->actions,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	return rule->parts.action_ids != NULL ? RULE_DONE : RULE_NO_MEMORY;
}

static bool
types_fit(const struct cedar_scope *scope)
{
	return scope->type.len <= RULE_TYPE_MAX && scope->entity_type.len <= RULE_TYPE_MAX;
}

static enum rule_result
take_heads(struct rule *rule, const struct cedar_policy *p, struct rule_fault *f)
{
	struct rule_parts *parts = &rule->parts;
	char *memory;

	if (has_nul(p->principal.entity_id) || has_nul(p->resource.entity_id))
		return refuse_statement(f, "ids without U+0000",
		    "an id holds U+0000, which cannot be stored");
	if (!types_fit(&p->principal) || !types_fit(&p->resource))
		return refuse_statement(f, "types of at most 1024 bytes",
		    "the name of a type is longer than 1024 bytes");
	memory = rule->memory = malloc(
	    scope_size(&p->principal) + scope_size(&p->resource) + p->conditions.len + 1);
	if (memory == NULL)
		return RULE_NO_MEMORY;
	parts->effect = rule_effect_words[p->effect == CEDAR_FORBID];
	take_scope(&parts->principal, &p->principal, &memory);
	parts->action_type = rule_scope_words[p->action];
	take_scope(&parts->resource, &p->resource, &memory);
	parts->conditions = take_str(&memory, p->conditions);
	return RULE_DONE;
}

static enum rule_result
take_parts(struct rule *rule, const struct cedar_set *set, size_t i, struct rule_fault *f)
{
	struct cedar_policy p;
	enum rule_result rc = RULE_NO_MEMORY;

	if (cedar_policy(set, i, &p))
		rc = take_heads(rule, &p, f);
	return rc == RULE_DONE ? take_actions(rule, set, i, f) : rc;
}

enum rule_result
rule_take(struct rule *rule, const struct cedar_set *set, size_t i, struct rule_fault *f)
{
	enum rule_result rc;

	*rule = (struct rule)RULE_EMPTY;
	rc = take_parts(rule, set, i, f);
	if (rc != RULE_DONE)
		rule_clear(rule);
	return rc;
}

static enum rule_result
read_statement(struct rule *rule, const char *text, size_t len, struct rule_fault *f)
{
	const struct cedar_error *e;
	struct cedar_policy p;
	enum rule_result rc;

	if (!cedar_set_add(rule->set, cedar_str("rule"), (struct cedar_str){ text, len })) {
		e = cedar_set_error(rule->set, 0);
		if (e == NULL)
			return RULE_NO_MEMORY;
		return refuse_rule(f, e->place.line, e->place.column, e->found, e->expected,
		    e->message);
	}
	rule->text = text;
	rc = take_parts(rule, rule->set, 0, f);
	if (rc == RULE_REFUSED && cedar_policy(rule->set, 0, &p))
		place_of(text, p.offset, f);
	return rc;
}

enum rule_result
rule_text_fits(const char *text, size_t len, struct rule_fault *f)
{
	if (len > RULE_TEXT_MAX)
		return refuse_rule(f, 1, 1, "", "at most " TEXT_OF(RULE_TEXT_MAX) " bytes",
		    "the text of a rule is at most " TEXT_OF(RULE_TEXT_MAX) " bytes long");
	if (memchr(text, '\0', len) != NULL)
		return refuse_rule(f, 1, 1, "", "text without U+0000",
		    "the text holds U+0000, which cannot be stored");
	return RULE_DONE;
}

enum rule_result
rule_read(struct rule *rule, const char *text, size_t len, struct rule_fault *f)
{
	enum rule_result rc = rule_text_fits(text, len, f);

	*rule = (struct rule)RULE_EMPTY;
	if (rc != RULE_DONE)
		return rc;
	rule->set = cedar_set_new(0);
	rc = rule->set != NULL ? read_statement(rule, text, len, f) : RULE_NO_MEMORY;
	if (rc != RULE_DONE)
		rule_clear(rule);
	return rc;
}

const char *
rule_effect(const char *text)
{
	struct rule rule = RULE_EMPTY;
	struct rule_fault f;
	const char *effect = rule_read(&rule, text, strlen(text), &f) == RULE_DONE ?
	    rule.parts.effect :
	    NULL;

	rule_clear(&rule); /* the word is not the rule's */
	return effect;
}

void
rule_clear(struct rule *rule)
{
	cedar_set_free(rule->set);
	json_object_put(rule->actions);
	free(rule->memory);
	free(rule->made);
	*rule = (struct rule)RULE_EMPTY;
}

/* ---- from parts ---- */

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_scope(const struct rule_scope *a, const struct rule_scope *b)
{
	return same_text(a->type, b->type) && same_text(a->is_type, b->is_type) &&
	    same_text(a->entity_type, b->entity_type) && same_text(a->entity_id, b->entity_id);
}

/* All but the conditions, which the parser gives back without what is around them. */
static bool
same_head(const struct rule_parts *a, const struct rule_parts *b)
{
	return same_text(a->effect, b->effect) && same_scope(&a->principal, &b->principal) &&
	    same_text(a->action_type, b->action_type) && same_text(a->action_ids, b->action_ids) &&
	    same_scope(&a->resource, &b->resource);
}

bool
rule_says(const struct rule *rule, const struct rule_parts *parts)
{
	return same_head(&rule->parts, parts) &&
	    same_text(rule->parts.conditions, parts->conditions);
}

/* The text goes with the rule, also with one that is refused, to be shown. */
static void
keep_text(struct rule *rule, struct buf *text)
{
	rule->made = text->data;
	rule->text = rule->made;
	*text = (struct buf)BUF_EMPTY;
}

enum rule_result
rule_make(struct rule *rule, const struct rule_parts *parts, const struct rule *old,
    struct rule_fault *f)
{
	static const char *const none[] = { NULL };
	struct buf text = BUF_EMPTY;
	enum rule_result rc = RULE_NO_MEMORY;

	*rule = (struct rule)RULE_EMPTY;
	if (old != NULL)
		rule_text_annotations(&text, old->set, 0, none);
	rule_text_print(&text, parts);
	if (!text.failed)
		rc = rule_read(rule, text.data, text.len, f);
	if (rc == RULE_DONE && !same_head(&rule->parts, parts)) {
		rule_clear(rule);
		rc = refuse_rule(f, 1, 1, "",
		    "types, ids and conditions that are each what their name says",
		    "the parts do not make the rule that they describe");
	}
	if (rc != RULE_NO_MEMORY)
		keep_text(rule, &text);
	buf_clear(&text);
	return rc;
}
