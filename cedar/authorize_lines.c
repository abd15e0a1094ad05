/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/json_strict.h"
#include "cedar/authorize_lines.h"
#include "cedar/cedar.h"

#define QUESTION_DEPTH JSON_DEPTH_MAX

/*
 * A question is cut into the texts of its members, and each is read by itself,
 * so that an answer can tell which of them was refused.
 */
struct question {
	struct cedar_str id, policies, entities, request;
	struct cedar_str principal, action, resource, context;
};

/* ---- cutting ---- */

static size_t
skip_blanks(struct cedar_str text, size_t at)
{
	while (at < text.len && strchr(" \t\r\n", text.data[at]) != NULL && text.data[at] != '\0')
		at++;
	return at;
}

/* Behind the string whose quote stands at `at`; text.len where it does not end. */
static size_t
skip_string(struct cedar_str text, size_t at)
{
	for (at++; at < text.len && text.data[at] != '"'; at++)
		if (text.data[at] == '\\')
			at++;
	return at < text.len ? at + 1 : text.len;
}

/* Behind a value: up to the comma or bracket that is not part of it. */
static size_t
skip_value(struct cedar_str text, size_t at)
{
	size_t depth = 0;

	while (at < text.len) {
		char c = text.data[at];

		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			break;
		if (c == '[' || c == '{')
			depth++;
		else if (c == ']' || c == '}')
			depth--;
		at = c == '"' ? skip_string(text, at) : at + 1;
	}
	return at;
}

struct wanted {
	const char *name;
	struct cedar_str *value;
};

/* Keep a member's value if it is wanted. False where it is there already. */
static bool
keep(struct cedar_str name, struct cedar_str value, const struct wanted *wanted, size_t count)
{
	for (; count > 0; count--, wanted++)
		if (strlen(wanted->name) == name.len &&
		    memcmp(wanted->name, name.data, name.len) == 0) {
			if (wanted->value->data != NULL)
				return false;
			*wanted->value = value;
		}
	return true;
}

/* Cut an object into its members. What is in them is not looked at. */
static bool
cut(struct cedar_str text, const struct wanted *wanted, size_t count)
{
	size_t at = skip_blanks(text, 0), end;
	struct cedar_str name, value;

	if (at == text.len || text.data[at] != '{')
		return false;
	at = skip_blanks(text, at + 1);
	while (at < text.len && text.data[at] == '"') {
		end = skip_string(text, at);
		name = (struct cedar_str){ text.data + at + 1, end - at - 2 };
		at = skip_blanks(text, end);
		if (end < 2 || at == text.len || text.data[at] != ':')
			return false;
		at = skip_blanks(text, at + 1);
		end = skip_value(text, at);
		value = (struct cedar_str){ text.data + at, end - at };
		if (!keep(name, value, wanted, count))
			return false;
		if (end == text.len || text.data[end] != ',') {
			at = end;
			break;
		}
		at = skip_blanks(text, end + 1);
	}
	return at < text.len && text.data[at] == '}' && skip_blanks(text, at + 1) == text.len;
}

static bool
read_question(struct cedar_str line, struct question *q)
{
	const struct wanted members[] = {
		{ "id", &q->id },
		{ "policies", &q->policies },
		{ "entities", &q->entities },
		{ "request", &q->request },
	};
	const struct wanted parts[] = {
		{ "principal", &q->principal },
		{ "action", &q->action },
		{ "resource", &q->resource },
		{ "context", &q->context },
	};

	*q = (struct question){ .id = { NULL, 0 } };
	return cut(line, members, sizeof(members) / sizeof(members[0])) &&
	    q->policies.data != NULL && q->entities.data != NULL && q->request.data != NULL &&
	    cut(q->request, parts, sizeof(parts) / sizeof(parts[0])) && q->principal.data != NULL &&
	    q->action.data != NULL && q->resource.data != NULL && q->context.data != NULL;
}

/* ---- answers ---- */

static struct json_object *
new_string(struct cedar_str text)
{
	return json_object_new_string_len(text.data, (int)text.len);
}

static void
refuse(struct json_object *answer, const char *part, const char *message)
{
	json_object_object_add(answer, "refused", json_object_new_string(part));
	json_object_object_add(answer, "message",
	    json_object_new_string(message != NULL ? message : ""));
}

static bool
refuse_policies(struct json_object *answer, const struct cedar_set *set, const char *message)
{
	const struct cedar_error *error = cedar_set_error(set, 0);

	refuse(answer, "policies", error != NULL ? error->message : message);
	if (error != NULL && error->place.line > 0) {
		json_object_object_add(answer, "line", json_object_new_int64(error->place.line));
		json_object_object_add(answer, "column",
		    json_object_new_int64(error->place.column));
	}
	return false;
}

/* ---- policies ---- */

static struct cedar_str
string_of(struct json_object *json)
{
	return (struct cedar_str){ json_object_get_string(json),
		(size_t)json_object_get_string_len(json) };
}

/* Policies of an array have no ids of their own; all are called policy0, so there can be one. */
static bool
add_array(struct cedar_set *set, struct json_object *json)
{
	size_t i;

	for (i = 0; i < json_object_array_length(json); i++) {
		struct json_object *text = json_object_array_get_idx(json, i);

		if (!json_object_is_type(text, json_type_string) ||
		    !cedar_set_add(set, cedar_str("policy0"), string_of(text)))
			return false;
	}
	return true;
}

static bool
add_object(struct cedar_set *set, struct json_object *json)
{
	struct json_object_iterator at = json_object_iter_begin(json),
				    end = json_object_iter_end(json);

	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		struct json_object *text = json_object_iter_peek_value(&at);

		if (!json_object_is_type(text, json_type_string) ||
		    !cedar_set_add(set, cedar_str(json_object_iter_peek_name(&at)),
			string_of(text)))
			return false;
	}
	return true;
}

static bool
add_policies(struct cedar_set *set, struct cedar_str text, struct json_object *answer)
{
	struct json_object *json;
	struct json_fault fault;
	bool good = false;

	if (!json_strict_parse(text.data, text.len, QUESTION_DEPTH, &json, &fault))
		return refuse_policies(answer, set, fault.expected);
	if (json_object_is_type(json, json_type_string))
		good = cedar_set_add_text(set, string_of(json));
	else if (json_object_is_type(json, json_type_array))
		good = add_array(set, json);
	else if (json_object_is_type(json, json_type_object))
		good = add_object(set, json);
	json_object_put(json);
	good = good && cedar_set_seal(set);
	return good ||
	    refuse_policies(answer, set,
		"policies are a text, an array of texts, or an object from ids to texts");
}

/* ---- the rest of the question ---- */

static bool
add_request(struct cedar_request *rq, const struct question *q, struct json_object *answer)
{
	cedar_request_principal(rq, cedar_entity_json(rq, q->principal));
	cedar_request_action(rq, cedar_entity_json(rq, q->action));
	cedar_request_resource(rq, cedar_entity_json(rq, q->resource));
	if (cedar_request_fault(rq) != NULL) {
		refuse(answer, "call", cedar_request_fault(rq));
		return false;
	}
	if (!cedar_request_entities_json(rq, q->entities)) {
		refuse(answer, "entities", cedar_request_fault(rq));
		return false;
	}
	if (!cedar_request_context_json(rq, q->context)) {
		refuse(answer, "context", cedar_request_fault(rq));
		return false;
	}
	return true;
}

static struct cedar_str
policy_id(const struct cedar_set *set, size_t number)
{
	struct cedar_policy policy;

	return cedar_policy(set, number, &policy) ? policy.id : cedar_str("");
}

static int
compare_ids(const void *a, const void *b)
{
	struct cedar_str x = string_of(*(struct json_object *const *)a),
			 y = string_of(*(struct json_object *const *)b);
	int c = memcmp(x.data, y.data, x.len < y.len ? x.len : y.len);

	return c != 0 ? c : (x.len > y.len) - (x.len < y.len);
}

static struct json_object *
describe_failure(const struct cedar_request *rq, const struct cedar_set *set,
    const struct cedar_failure *failure)
{
	struct json_object *json = json_object_new_object();
	struct cedar_place place;
	char text[512];

	cedar_failure_message(rq, failure, &place, text, sizeof(text));
	json_object_object_add(json, "policy", new_string(policy_id(set, failure->policy)));
	json_object_object_add(json, "line", json_object_new_int64(place.line));
	json_object_object_add(json, "column", json_object_new_int64(place.column));
	json_object_object_add(json, "message", json_object_new_string(text));
	return json;
}

static void
answer_result(struct json_object *answer, const struct cedar_request *rq,
    const struct cedar_set *set, const struct cedar_result *result, bool messages)
{
	struct json_object *reason = json_object_new_array(), *errors = json_object_new_array();
	struct json_object *told = json_object_new_array();
	size_t i;

	for (i = 0; i < result->determining_count; i++)
		json_object_array_add(reason, new_string(policy_id(set, result->determining[i])));
	for (i = 0; i < result->failure_count; i++) {
		json_object_array_add(errors,
		    new_string(policy_id(set, result->failures[i].policy)));
		json_object_array_add(told, describe_failure(rq, set, &result->failures[i]));
	}
	json_object_array_sort(reason, compare_ids);
	json_object_array_sort(errors, compare_ids);
	json_object_object_add(answer, "decision",
	    json_object_new_string(result->decision == CEDAR_ALLOW ? "allow" : "deny"));
	json_object_object_add(answer, "reason", reason);
	json_object_object_add(answer, "errors", errors);
	if (messages)
		json_object_object_add(answer, "messages", told);
	else
		json_object_put(told);
}

static void
ask(struct cedar_request *rq, struct cedar_set *set, const struct question *q, bool messages,
    struct json_object *answer)
{
	struct cedar_result result;

	if (!add_policies(set, q->policies, answer))
		return;
	cedar_request_begin(rq, set);
	if (!add_request(rq, q, answer))
		return;
	if (!cedar_authorize(rq, 0, cedar_set_count(set), &result))
		refuse(answer, "call", cedar_request_fault(rq));
	else
		answer_result(answer, rq, set, &result, messages);
}

/* The answer to one line, to be released with json_object_put(); NULL without memory. */
static struct json_object *
answer_line(struct cedar_request *rq, struct cedar_str line, bool messages)
{
	struct json_object *answer = json_object_new_object(), *id = NULL;
	struct cedar_set *set = cedar_set_new(0);
	struct json_fault fault;
	struct question q;
	bool whole;

	if (answer == NULL || set == NULL) {
		json_object_put(answer);
		cedar_set_free(set);
		return NULL;
	}
	whole = read_question(line, &q);
	if (q.id.data != NULL &&
	    !json_strict_parse(q.id.data, q.id.len, QUESTION_DEPTH, &id, &fault))
		whole = false;
	json_object_object_add(answer, "id", id);
	if (whole)
		ask(rq, set, &q, messages, answer);
	else
		refuse(answer, "call",
		    "a question is an object with `policies`, `entities` and "
		    "`request`, and that is one with its four members");
	cedar_set_free(set);
	return answer;
}

/* ---- validation ---- */

static struct json_object *
describe_error(const struct cedar_error *error)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "policy", new_string(error->id));
	json_object_object_add(json, "line", json_object_new_int64(error->place.line));
	json_object_object_add(json, "column", json_object_new_int64(error->place.column));
	json_object_object_add(json, "message", json_object_new_string(error->message));
	return json;
}

/* Add what is wrong with one policy; false without memory. */
static bool
validate_one(const struct cedar_schema *schema, const struct cedar_set *set, size_t policy,
    struct json_object *errors)
{
	struct cedar_validation *found = cedar_validate(schema, set, policy);
	const struct cedar_error *error;
	size_t i;

	for (i = 0; found != NULL && (error = cedar_validation_error(found, i)) != NULL; i++)
		json_object_array_add(errors, describe_error(error));
	cedar_validation_free(found);
	return found != NULL;
}

static bool
validate_all(const struct cedar_schema *schema, const struct cedar_set *set,
    struct json_object *answer)
{
	struct json_object *errors = json_object_new_array();
	size_t i;
	bool good = true;

	for (i = 0; i < cedar_set_count(set); i++)
		good = good && validate_one(schema, set, i, errors);
	json_object_object_add(answer, "errors", errors);
	return good;
}

/* The answer to one line: an object with `id` and `policies`. */
static struct json_object *
validate_line(const struct cedar_schema *schema, struct cedar_str line)
{
	struct json_object *answer = json_object_new_object(), *id = NULL;
	struct cedar_set *set = cedar_set_new(0);
	struct cedar_str id_text = { NULL, 0 }, policies = { NULL, 0 };
	const struct wanted members[] = { { "id", &id_text }, { "policies", &policies } };
	struct json_fault fault;
	bool good = answer != NULL && set != NULL;

	if (good && (!cut(line, members, 2) || policies.data == NULL))
		refuse(answer, "call", "a line is an object with `policies`");
	else if (good && id_text.data != NULL &&
	    !json_strict_parse(id_text.data, id_text.len, QUESTION_DEPTH, &id, &fault))
		refuse(answer, "call", fault.expected);
	else if (good && add_policies(set, policies, answer))
		good = validate_all(schema, set, answer);
	if (good)
		json_object_object_add(answer, "id", id);
	cedar_set_free(set);
	if (!good) {
		json_object_put(id);
		json_object_put(answer);
	}
	return good ? answer : NULL;
}

/* ---- lines ---- */

static bool
print_answer(FILE *out, struct json_object *answer)
{
	size_t len;
	const char *text = json_object_to_json_string_length(answer,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	bool good = text != NULL && fwrite(text, 1, len, out) == len && fputc('\n', out) != EOF;

	json_object_put(answer);
	return good;
}

static bool
is_blank(struct cedar_str line)
{
	return skip_blanks(line, 0) == line.len;
}

/* How lines are answered: by decisions of a request, or with what is wrong by a schema. */
struct way {
	struct cedar_request *rq;
	bool messages;
	const struct cedar_schema *schema;
};

static bool
answer_all(const struct way *way, FILE *in, FILE *out)
{
	struct json_object *answer;
	struct cedar_str line;
	char *buffer = NULL;
	size_t room = 0;
	ssize_t len;
	bool good = true;

	errno = 0;
	while (good && (len = getline(&buffer, &room, in)) != -1) {
		line = (struct cedar_str){ buffer, (size_t)len };
		if (is_blank(line))
			continue;
		answer = way->schema != NULL ? validate_line(way->schema, line) :
					       answer_line(way->rq, line, way->messages);
		good = answer != NULL && print_answer(out, answer);
	}
	good = good && !ferror(in);
	free(buffer);
	return good;
}

bool
authorize_lines(FILE *in, FILE *out, bool messages)
{
	struct way way = { .rq = cedar_request_new(0), .messages = messages };
	bool good = way.rq != NULL && answer_all(&way, in, out);

	cedar_request_free(way.rq);
	return good;
}

bool
validate_lines(const struct cedar_schema *schema, FILE *in, FILE *out)
{
	struct way way = { .schema = schema };

	return answer_all(&way, in, out);
}
