/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "handlers/answer.h"
#include "handlers/evaluate_edits.h"
#include "handlers/policy_answer.h"
#include "policy/guard.h"
#include "policy/vocabulary.h"

/* One of them, as the body has it. */
struct edit {
	struct uuid rule_id, policy_id;
	bool has_priority, has_notice;
	bool used; /* its rule is in force */
	int64_t priority;
	const char *text; /* NULL: the rule is left out */
	const char *notice;
};

struct edits {
	struct edit *edit;
	size_t count;
};

static struct json_object *
member_of(struct json_object *object, const char *name)
{
	struct json_object *value = NULL;

	(void)json_object_object_get_ex(object, name, &value);
	return value;
}

bool
edits_given(const struct call *c)
{
	return member_of(c->request.body, "edits") != NULL;
}

static bool
take_uuid(struct json_object *from, const char *name, struct uuid *to)
{
	const char *text = json_object_get_string(member_of(from, name));

	return text != NULL && uuid_parse(to, text, strlen(text));
}

/* Its members are there, and of their types, as the schema says. */
static bool
take_edit(struct json_object *from, struct edit *e)
{
	struct json_object *text = member_of(from, "policy_text"),
			   *notice = member_of(from, "notice");
	struct json_object *priority = member_of(from, "priority");

	e->has_priority = priority != NULL;
	if (priority != NULL)
		e->priority = json_object_get_int64(priority);
	e->has_notice = json_object_object_get_ex(from, "notice", NULL);
	if (notice != NULL)
		e->notice = json_object_get_string(notice);
	if (text != NULL)
		e->text = json_object_get_string(text);
	return take_uuid(from, "rule_id", &e->rule_id) &&
	    take_uuid(from, "policy_id", &e->policy_id);
}

static bool
take_edits(const struct call *c, struct edits *list)
{
	struct json_object *from = member_of(c->request.body, "edits");
	size_t n = json_object_array_length(from);

	list->edit = calloc(n + 1, sizeof(*list->edit));
	if (list->edit == NULL)
		return false;
	for (; list->count < n; list->count++)
		if (!take_edit(json_object_array_get_idx(from, list->count),
			&list->edit[list->count]))
			return false;
	return true;
}

/* That of this rule among the first `end`, or NULL. */
static struct edit *
edit_of(const struct edits *list, const struct uuid *rule_id, size_t end)
{
	size_t i;

	for (i = 0; i < end; i++)
		if (uuid_equal(&list->edit[i].rule_id, rule_id))
			return &list->edit[i];
	return NULL;
}

/* No rule twice, and each text one that could be stored. */
static enum prepared
check_edit(struct call *c, const struct cedar_schema *schema, const struct edits *list, size_t i)
{
	const struct edit *e = &list->edit[i];
	char member[BODY_MEMBER_MAX];
	struct rule_fault fault;
	enum rule_result rc;

	if (edit_of(list, &e->rule_id, i) != NULL) {
		(void)snprintf(member, sizeof(member), "edits[%zu].rule_id", i);
		answer_invalid_member(c, member, "another rule than those before");
		return PREPARED_REFUSED;
	}
	rc = e->text != NULL ? rule_text_known(schema, e->text, &fault) : RULE_DONE;
	if (rc != RULE_REFUSED)
		return rc == RULE_DONE ? PREPARED : PREPARED_FAILED;
	(void)snprintf(member, sizeof(member), "edits[%zu].policy_text", i);
	answer_invalid_policy(c, &fault, NULL, member);
	return PREPARED_REFUSED;
}

static enum prepared
check_edits(struct call *c, const struct edits *list)
{
	struct cedar_schema *schema = vocabulary_new();
	enum prepared rc = schema != NULL ? PREPARED : PREPARED_FAILED;
	size_t i;

	for (i = 0; rc == PREPARED && i < list->count; i++)
		rc = check_edit(c, schema, list, i);
	vocabulary_free(schema);
	return rc;
}

static void
put_edit(struct policy_rule *rule, const struct edit *e)
{
	rule->text = e->text;
	if (e->has_notice)
		rule->notice = e->notice;
	if (e->has_priority)
		rule->priority = e->priority;
}

/* The rules in force, edited. */
static bool
take_stored(const struct policy_rules *stored, struct edits *edits, struct edited *list)
{
	size_t i;

	for (i = 0; i < stored->count; i++) {
		struct policy_rule *rule = &list->rule[list->count];
		struct edit *e;

		if (!policy_rules_at(stored, i, rule))
			return false;
		if ((e = edit_of(edits, &rule->id, edits->count)) != NULL) {
			e->used = true;
			put_edit(rule, e);
		}
		if (rule->text != NULL)
			list->count++;
	}
	return true;
}

/* The priority of a policy of which rules are in force; else 0. */
static int64_t
priority_of(const struct edited *list, const struct uuid *policy_id)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (uuid_equal(&list->rule[i].policy_id, policy_id))
			return list->rule[i].priority;
	return 0;
}

static void
add_new(const struct edits *edits, struct edited *list)
{
	size_t i;

	for (i = 0; i < edits->count; i++) {
		const struct edit *e = &edits->edit[i];

		if (e->used || e->text == NULL)
			continue;
		list->rule[list->count] = (struct policy_rule){
			.policy_id = e->policy_id,
			.priority = priority_of(list, &e->policy_id),
			.id = e->rule_id,
			.audit_session = true,
		};
		put_edit(&list->rule[list->count++], e);
	}
}

/* From high priority to low; those of one stay in their order. The list is in order but for the edits. */
static void
put_in_order(struct edited *list)
{
	size_t i, at;

	for (i = 1; i < list->count; i++) {
		struct policy_rule rule = list->rule[i];

		for (at = i; at > 0 && list->rule[at - 1].priority < rule.priority; at--)
			list->rule[at] = list->rule[at - 1];
		list->rule[at] = rule;
	}
}

/* As many and as long as a tenant may have. */
static enum prepared
check_size(struct call *c, const struct edited *list)
{
	size_t text = 0, i;

	for (i = 0; i < list->count; i++)
		text += strlen(list->rule[i].text);
	if (list->count <= POLICY_RULES_MAX && text <= POLICY_TEXT_MAX)
		return PREPARED;
	answer_invalid_member(c, "edits", "no more rules than a tenant may have in force");
	return PREPARED_REFUSED;
}

static enum prepared
edit_rules(struct call *c, struct edits *edits, struct edited *list)
{
	const struct policy_rules *stored = &c->of.question.rules;

	list->rule = calloc(stored->count + edits->count + 1, sizeof(*list->rule));
	if (list->rule == NULL || !take_stored(stored, edits, list))
		return PREPARED_FAILED;
	add_new(edits, list);
	put_in_order(list);
	return check_size(c, list);
}

enum prepared
edits_read(struct call *c, struct edited *list)
{
	struct edits edits = { .edit = NULL, .count = 0 };
	enum prepared rc = PREPARED_FAILED;

	*list = (struct edited)EDITED_EMPTY;
	if (take_edits(c, &edits))
		rc = check_edits(c, &edits);
	if (rc == PREPARED)
		rc = edit_rules(c, &edits, list);
	free(edits.edit);
	return rc;
}

void
edited_clear(struct edited *list)
{
	free(list->rule);
	*list = (struct edited)EDITED_EMPTY;
}
