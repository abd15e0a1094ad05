/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/words.h"
#include "handlers/answer.h"
#include "handlers/policy_answer.h"
#include "handlers/rule_body.h"
#include "policy/rule_json.h"
#include "policy/vocabulary.h"

#define NAME_MAX_BYTES RULE_TYPE_MAX
#define ACTIONS_MAX 256

static const char *const action_words[] = { "any", "eq", "in", NULL };
static const struct body_member action_id = { .type = MEMBER_STRING, .min = 1, .max = 256 };

#define SCOPE_MEMBERS(of) \
	{ .name = of "_scope_type", .type = MEMBER_STRING, .words = rule_scope_words }, \
	    { .name = of "_is_type", \
		    .type = MEMBER_LINE, \
		    .nullable = true, \
		    .min = 1, \
		    .max = NAME_MAX_BYTES }, \
	    { .name = of "_entity_type", \
		    .type = MEMBER_LINE, \
		    .nullable = true, \
		    .min = 1, \
		    .max = NAME_MAX_BYTES }, \
	{ \
		.name = of "_entity_id", .type = MEMBER_STRING, .nullable = true, .min = 0, \
		.max = NAME_MAX_BYTES \
	}

static const struct body_member members[] = {
	{ .name = "policy_text", .type = MEMBER_STRING, .min = 1, .max = RULE_TEXT_MAX },
	{ .name = "effect", .type = MEMBER_STRING, .words = rule_effect_words },
	SCOPE_MEMBERS("principal"),
	{ .name = "action_scope_type", .type = MEMBER_STRING, .words = action_words },
	{ .name = "action_ids", .type = MEMBER_ARRAY, .max = ACTIONS_MAX, .item = &action_id },
	SCOPE_MEMBERS("resource"),
	{ .name = "conditions", .type = MEMBER_STRING, .max = RULE_TEXT_MAX },
	{
	    .name = "ordinal",
	    .type = MEMBER_INTEGER,
	    .min = -RULE_ORDINAL_MOST,
	    .max = RULE_ORDINAL_MOST,
	},
	{
	    .name = "notice",
	    .type = MEMBER_LINE,
	    .nullable = true,
	    .min = 1,
	    .max = RULE_NOTICE_MAX,
	},
	{ .name = "audit_session", .type = MEMBER_BOOLEAN },
};
const struct body_schema rule_body = { members, COUNT_OF(members) };

const struct query_parameter rule_query[RULE_QUERY_COUNT] = {
	{ .name = "allow_unknown", .type = QUERY_WORD, .words = truth_words },
};

static bool
allows_unknown(const struct call *c)
{
	return c->request.query.value[0].present && c->request.query.value[0].number != 0;
}

/* The members of a scope, in the order of struct rule_scope, and the type that `is ... in` means when none is said. */
struct scope_names {
	const char *type, *is_type, *entity_type, *entity_id;
	const char *usual;
};
static const struct scope_names principal_names = { "principal_scope_type", "principal_is_type",
	"principal_entity_type", "principal_entity_id", "ApiKey" };
static const struct scope_names resource_names = { "resource_scope_type", "resource_is_type",
	"resource_entity_type", "resource_entity_id", "Grant" };

/* A member that is there is put in place, null as NULL; true where one was. */
static bool
take_text(struct json_object *body, const char *name, const char **to)
{
	struct json_object *value;

	if (!json_object_object_get_ex(body, name, &value))
		return false;
	*to = value != NULL ? json_object_get_string(value) : NULL;
	return true;
}

static void
read_scope(struct json_object *body, const struct scope_names *name, struct rule_scope *s)
{
	const char *type;

	if (take_text(body, name->type, &type)) {
		*s = (struct rule_scope){ .type = type };
		if (strcmp(type, "is_in") == 0)
			s->is_type = name->usual;
	}
	(void)take_text(body, name->is_type, &s->is_type);
	(void)take_text(body, name->entity_type, &s->entity_type);
	(void)take_text(body, name->entity_id, &s->entity_id);
}

static void
read_parts(struct json_object *body, struct rule_parts *parts)
{
	struct json_object *ids;

	(void)take_text(body, "effect", &parts->effect);
	read_scope(body, &principal_names, &parts->principal);
	if (take_text(body, "action_scope_type", &parts->action_type))
		parts->action_ids = "[]";
	if (json_object_object_get_ex(body, "action_ids", &ids))
		parts->action_ids = json_object_to_json_string_ext(ids,
		    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
	read_scope(body, &resource_names, &parts->resource);
	(void)take_text(body, "conditions", &parts->conditions);
}

/* What is wrong with a body: one of its parts, or the rule that it makes. */
struct refusal {
	const char *member, *expected; /* NULL: the rule */
	struct rule_fault rule;
	bool made; /* the rule's text was made of parts, so it is shown */
};

static enum prepared
refuse_part(struct refusal *no, const char *member, const char *expected)
{
	no->member = member;
	no->expected = expected;
	return PREPARED_REFUSED;
}

/* What the parser said, or the vocabulary. */
static enum prepared
conclude(enum rule_result result)
{
	return result == RULE_REFUSED ? PREPARED_REFUSED :
	    result == RULE_NO_MEMORY  ? PREPARED_FAILED :
					PREPARED;
}

/* Parts over those of the rule that was, or over none. Where they change nothing, *rule takes over the old one. */
static enum prepared
make_rule(struct json_object *body, struct rule *old, struct rule *rule, struct refusal *no)
{
	struct rule_parts parts = {
		.principal = { .type = "any" },
		.action_type = "any",
		.action_ids = "[]",
		.resource = { .type = "any" },
		.conditions = "",
	};
	const char *member, *expected;

	if (old != NULL)
		parts = old->parts;
	read_parts(body, &parts);
	if (parts.effect == NULL)
		return refuse_part(no, "effect",
		    "the rule as policy_text, or its parts with an effect");
	if (parts.action_ids == NULL)
		return PREPARED_FAILED;
	if ((member = rule_parts_check(&parts, &expected)) != NULL)
		return refuse_part(no, member, expected);
	no->made = true;
	if (old == NULL || !rule_says(old, &parts))
		return conclude(rule_make(rule, &parts, old, &no->rule));
	*rule = *old;
	*old = (struct rule)RULE_EMPTY;
	return PREPARED;
}

/* The members that are not of the parts, nor the text. */
static bool
is_beside(const char *member)
{
	return strcmp(member, "ordinal") == 0 || strcmp(member, "notice") == 0 ||
	    strcmp(member, "audit_session") == 0;
}

static bool
gives_parts(struct json_object *body)
{
	json_object_object_foreach(body, member, value)
	{
		(void)value;
		if (!is_beside(member))
			return true;
	}
	return false;
}

static enum prepared
read_rule(struct json_object *body, const struct rule_record *was, struct rule *rule,
    struct refusal *no)
{
	struct rule old = RULE_EMPTY;
	const char *text;
	enum prepared rc = PREPARED_FAILED;

	*no = (struct refusal){ .member = NULL };
	if (take_text(body, "policy_text", &text))
		return conclude(rule_read(rule, text, strlen(text), &no->rule));
	if (was == NULL)
		return make_rule(body, NULL, rule, no);
	rule->text = was->is.text;
	if (!gives_parts(body))
		return PREPARED;
	if (rule_read(&old, was->is.text, strlen(was->is.text), &no->rule) == RULE_DONE)
		rc = make_rule(body, &old, rule, no);
	rule_clear(&old);
	return rc;
}

/* A text that is new speaks of what there is, unless that is not asked for. */
static enum prepared
hold_to_vocabulary(const struct call *c, const struct rule_record *was, const struct rule *rule,
    struct refusal *no)
{
	if (allows_unknown(c) || (was != NULL && strcmp(rule->text, was->is.text) == 0))
		return PREPARED;
	return conclude(rule_known(rule, &no->rule));
}

enum prepared
rule_body_read(struct call *c, const struct rule_record *was)
{
	struct rule_settings *s = &c->of.policy.rule_set;
	struct rule *rule = &c->of.policy.rule;
	struct json_object *value;
	struct refusal no;
	enum prepared rc;

	rule_clear(rule);
	rc = read_rule(c->request.body, was, rule, &no);
	if (rc == PREPARED)
		rc = hold_to_vocabulary(c, was, rule, &no);
	if (rc == PREPARED_REFUSED && no.member != NULL)
		answer_invalid_member(c, no.member, no.expected);
	else if (rc == PREPARED_REFUSED)
		answer_invalid_policy(c, &no.rule, no.made ? rule->text : NULL, NULL);
	*s = (struct rule_settings){
		.text = rule->text,
		.audit_session = true,
	};
	if (was != NULL) {
		s->has_ordinal = true;
		s->ordinal = was->is.ordinal;
		s->notice = was->is.notice;
		s->audit_session = was->is.audit_session;
	}
	if (json_object_object_get_ex(c->request.body, "ordinal", &value)) {
		s->has_ordinal = true;
		s->ordinal = json_object_get_int64(value);
	}
	(void)take_text(c->request.body, "notice", &s->notice);
	if (json_object_object_get_ex(c->request.body, "audit_session", &value))
		s->audit_session = json_object_get_boolean(value);
	return rc;
}

bool
rule_body_look(struct call *c, const struct rule_record *was)
{
	struct refusal no;

	rule_clear(&c->of.policy.rule);
	return read_rule(c->request.body, was, &c->of.policy.rule, &no) == PREPARED;
}

/* What is wrong with a rule that is stored all the same. */
static bool
put_warning(struct json_object *object, const struct rule_fault *f)
{
	struct json_build b;
	struct json_object *warning;

	json_build_begin(&b);
	json_put_int(&b, "line", f->line);
	json_put_int(&b, "column", f->column);
	json_put_text(&b, "expected", f->expected);
	json_put_text(&b, "message", f->message);
	warning = json_build_end(&b);
	if (warning != NULL && json_object_object_add(object, "warning", warning) == 0)
		return true;
	json_object_put(warning);
	return false;
}

struct json_object *
rule_body_answer(const struct call *c, const struct rule_record *r)
{
	struct json_object *object = rule_record_json(r);
	struct cedar_schema *schema;
	struct rule_fault f;
	enum rule_result rc = RULE_NO_MEMORY;

	if (object == NULL || !allows_unknown(c))
		return object;
	if ((schema = vocabulary_new()) != NULL)
		rc = rule_text_known(schema, r->is.text, &f);
	vocabulary_free(schema);
	if (rc == RULE_DONE || (rc == RULE_REFUSED && put_warning(object, &f)))
		return object;
	json_object_put(object);
	return NULL;
}
