/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_strict.h"
#include "cedar/cedar.h"
#include "policy/rule_text.h"

void
rule_text_string(struct buf *to, const char *text, size_t len)
{
	size_t i;

	buf_addc(to, '"');
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			buf_addf(to, "\\%c", c);
		else if (c < 0x20 || c == 0x7F)
			buf_addf(to, "\\u{%x}", (unsigned)c);
		else
			buf_addc(to, (char)c);
	}
	buf_addc(to, '"');
}

static void
print_entity(struct buf *to, const char *type, const char *id)
{
	buf_adds(to, type);
	buf_adds(to, "::");
	rule_text_string(to, id, strlen(id));
}

static void
print_scope(struct buf *to, const char *name, const struct rule_scope *s)
{
	buf_adds(to, name);
	if (strcmp(s->type, rule_scope_words[CEDAR_IS]) == 0) {
		buf_addf(to, " is %s", s->entity_type);
		return;
	}
	if (s->is_type != NULL)
		buf_addf(to, " is %s", s->is_type);
	if (s->entity_id != NULL) {
		buf_adds(to, strcmp(s->type, rule_scope_words[CEDAR_EQ]) == 0 ? " == " : " in ");
		print_entity(to, s->entity_type, s->entity_id);
	}
}

/* One action stands alone, several in a list; an empty list is one too, and no action is in it. */
static void
print_actions(struct buf *to, const char *type, struct json_object *ids)
{
	size_t n = json_object_array_length(ids), i;
	bool list = n != 1;

	buf_adds(to, "action");
	if (strcmp(type, rule_scope_words[CEDAR_ANY]) == 0)
		return;
	buf_adds(to, strcmp(type, rule_scope_words[CEDAR_EQ]) == 0 ? " == " : " in ");
	buf_adds(to, list ? "[" : "");
	for (i = 0; i < n; i++) {
		struct json_object *id = json_object_array_get_idx(ids, i);

		buf_adds(to, i > 0 ? ", Action::" : "Action::");
		rule_text_string(to, json_object_get_string(id),
		    (size_t)json_object_get_string_len(id));
	}
	buf_adds(to, list ? "]" : "");
}

/* A comment at the end must not swallow the semicolon. */
static void
print_conditions(struct buf *to, const char *conditions)
{
	const char *last = strrchr(conditions, '\n');

	if (conditions[0] != '\0')
		buf_addf(to, "\n%s", conditions);
	if (strstr(last != NULL ? last : conditions, "//") != NULL)
		buf_addc(to, '\n');
	buf_addc(to, ';');
}

void
rule_text_print(struct buf *to, const struct rule_parts *parts)
{
	struct json_object *ids = NULL;
	struct json_fault fault;

	if (!json_strict_parse(parts->action_ids, strlen(parts->action_ids), 1, &ids, &fault) ||
	    !json_object_is_type(ids, json_type_array)) {
		to->failed = true;
	} else {
		buf_addf(to, "%s (", parts->effect);
		print_scope(to, "principal", &parts->principal);
		buf_adds(to, ", ");
		print_actions(to, parts->action_type, ids);
		buf_adds(to, ", ");
		print_scope(to, "resource", &parts->resource);
		buf_addc(to, ')');
		print_conditions(to, parts->conditions);
	}
	json_object_put(ids);
}

static bool
is_among(struct cedar_str name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == name.len && memcmp(*names, name.data, name.len) == 0)
			return true;
	return false;
}

void
rule_text_annotations(struct buf *to, const struct cedar_set *set, size_t i, const char *const *but)
{
	struct cedar_str name, value;
	size_t n;

	for (n = 0; cedar_policy_annotation_at(set, i, n, &name, &value); n++) {
		if (is_among(name, but))
			continue;
		buf_addc(to, '@');
		buf_add(to, name.data, name.len);
		buf_addc(to, '(');
		rule_text_string(to, value.data, value.len);
		buf_adds(to, ")\n");
	}
}

/* What goes with a scope type: by enum cedar_scope_kind. */
static const struct {
	bool is_type, entity_type, entity_id;
} scope_members[] = {
	[CEDAR_ANY] = { false, false, false },
	[CEDAR_EQ] = { false, true, true },
	[CEDAR_IN] = { false, true, true },
	[CEDAR_IS] = { false, true, false },
	[CEDAR_IS_IN] = { true, true, true },
};

#define EXPECTED_PART "a value, which this scope type needs"
#define EXPECTED_NO_PART "no value, which this scope type has no use for"

static bool
part_fits(const char *value, bool wanted, const char **expected)
{
	*expected = wanted ? EXPECTED_PART : EXPECTED_NO_PART;
	return (value != NULL) == wanted;
}

static size_t
scope_kind(const char *word)
{
	size_t kind = 0;

	while (rule_scope_words[kind + 1] != NULL && strcmp(rule_scope_words[kind], word) != 0)
		kind++;
	return kind;
}

static const char *
check_scope(const struct rule_scope *s, const char *const names[3], const char **expected)
{
	size_t kind = scope_kind(s->type);

	if (!part_fits(s->is_type, scope_members[kind].is_type, expected))
		return names[0];
	if (!part_fits(s->entity_type, scope_members[kind].entity_type, expected))
		return names[1];
	if (!part_fits(s->entity_id, scope_members[kind].entity_id, expected))
		return names[2];
	return NULL;
}

static const char *
check_actions(const struct rule_parts *parts, const char **expected)
{
	struct json_object *ids = NULL;
	struct json_fault fault;
	size_t kind = scope_kind(parts->action_type), n;

	if (!json_strict_parse(parts->action_ids, strlen(parts->action_ids), 1, &ids, &fault))
		return "action_ids";
	n = json_object_array_length(ids);
	json_object_put(ids);
	*expected = kind == CEDAR_ANY ? "no id, as any action is meant" : "one id";
	return (kind == CEDAR_ANY && n != 0) || (kind == CEDAR_EQ && n != 1) ? "action_ids" : NULL;
}

const char *
rule_parts_check(const struct rule_parts *parts, const char **expected)
{
	static const char *const principal[] = { "principal_is_type", "principal_entity_type",
		"principal_entity_id" };
	static const char *const resource[] = { "resource_is_type", "resource_entity_type",
		"resource_entity_id" };
	const char *member = check_scope(&parts->principal, principal, expected);

	if (member == NULL)
		member = check_actions(parts, expected);
	if (member == NULL)
		member = check_scope(&parts->resource, resource, expected);
	return member;
}
