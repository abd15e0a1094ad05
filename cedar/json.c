/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/json_strict.h"
#include "cedar/lexer.h"
#include "cedar/request.h"

/*
 * Cedar's JSON format for entities and contexts.  The strict reader has refused
 * duplicate keys, lone surrogates and deep nesting, and gives every number that
 * is no 64-bit integer as a double.  Recursion is bounded by the nesting.
 *
 * A function that returns false has left a fault in the request.
 */

static bool read_value(struct cedar_request *, struct json_object *, struct value *);

static bool
refuse(struct cedar_request *rq, const char *why)
{
	cd_request_fail(rq, why, (char *)NULL);
	return false;
}

static bool
no_memory(struct cedar_request *rq)
{
	cd_request_no_memory(rq);
	return false;
}

static bool
is(struct json_object *json, enum json_type type)
{
	return json_object_is_type(json, type);
}

/* A member of an object that has this type; NULL otherwise. */
static struct json_object *
member(struct json_object *json, const char *name, enum json_type type)
{
	struct json_object *found;

	return is(json, json_type_object) && json_object_object_get_ex(json, name, &found) &&
		is(found, type) ?
	    found :
	    NULL;
}

/* The same, where it is the only one. */
static struct json_object *
sole_member(struct json_object *json, const char *name, enum json_type type)
{
	return json_object_object_length(json) == 1 ? member(json, name, type) : NULL;
}

static struct cedar_str
string_of(struct json_object *json)
{
	return (struct cedar_str){ json_object_get_string(json),
		(size_t)json_object_get_string_len(json) };
}

/* A string of the request's own. */
static bool
keep_string(struct cedar_request *rq, struct json_object *json, struct cedar_str *out)
{
	*out = string_of(json);
	out->data = cd_arena_copy(&rq->arena, out->data, out->len);
	return out->data != NULL || no_memory(rq);
}

static const struct name *
keep_name(struct cedar_request *rq, struct cedar_str text)
{
	const struct name *name = cd_find_name(&rq->symbols, text.data, text.len);

	if (name == NULL && (text.data = cd_arena_copy(&rq->arena, text.data, text.len)) != NULL)
		name = cd_intern_name(&rq->symbols, text.data, text.len);
	if (name == NULL)
		cd_request_no_memory(rq);
	return name;
}

/* The name of a member, in which the strict reader has written U+0000 as C0 80. */
static const struct name *
member_name(struct cedar_request *rq, const char *text)
{
	struct cedar_str str = cedar_str(text);
	const char *from = text, *nul;
	char *to;

	if (strchr(text, 0xc0) == NULL)
		return keep_name(rq, str);
	if ((to = cd_arena_alloc(&rq->arena, str.len)) == NULL) {
		cd_request_no_memory(rq);
		return NULL;
	}
	str = (struct cedar_str){ to, 0 };
	for (; (nul = strchr(from, 0xc0)) != NULL; from = nul + 2) {
		memcpy(to + str.len, from, (size_t)(nul - from));
		str.len += (size_t)(nul - from);
		to[str.len++] = '\0';
	}
	memcpy(to + str.len, from, strlen(from));
	str.len += strlen(from);
	return keep_name(rq, str);
}

/* ---- entities as values ---- */

static bool
is_type_and_id(struct json_object *json)
{
	return member(json, "type", json_type_string) != NULL &&
	    member(json, "id", json_type_string) != NULL;
}

/* NULL: a fault was left. */
static const struct uid *
read_type_and_id(struct cedar_request *rq, struct json_object *json)
{
	struct cedar_str type = string_of(member(json, "type", json_type_string)), id;
	const struct name *name;
	const struct uid *uid;

	if (!cd_is_type_path(type.data, type.len)) {
		refuse(rq, "an entity's type is no valid name");
		return NULL;
	}
	if ((name = keep_name(rq, type)) == NULL ||
	    !keep_string(rq, member(json, "id", json_type_string), &id))
		return NULL;
	if ((uid = cd_intern_uid(&rq->symbols, name, id.data, id.len)) == NULL)
		cd_request_no_memory(rq);
	return uid;
}

/* Where nothing but an entity can stand, the escape is optional. */
static const struct uid *
read_uid(struct cedar_request *rq, struct json_object *json)
{
	struct json_object *inner = member(json, "__entity", json_type_object);

	if (inner != NULL && is_type_and_id(inner))
		return read_type_and_id(rq, inner);
	if (is_type_and_id(json) && member(json, "__expr", json_type_string) == NULL)
		return read_type_and_id(rq, json);
	refuse(rq, "an entity is written as {\"type\": ..., \"id\": ...}, both strings");
	return NULL;
}

/* ---- extension values ---- */

static bool
call(struct cedar_request *rq, struct json_object *name, const struct value *args, size_t argc,
    struct value *out)
{
	struct cedar_str text = string_of(name);
	enum function fn = cd_function_find(text.data, text.len);
	size_t bad;

	if (fn == FN_COUNT || fn < FN_CORE_COUNT)
		return refuse(rq, "`__extn` names a function that does not exist");
	switch (cd_ext_call(fn, args, argc, &rq->arena, out, &bad)) {
	case EXT_OK:
		return true;
	case EXT_ARITY:
		cd_request_fail(rq, "`", cd_functions[fn].name,
		    "` takes another number of arguments", (char *)NULL);
		return false;
	case EXT_TYPE:
		cd_request_fail(rq, "`", cd_functions[fn].name,
		    "` takes an argument of another type", (char *)NULL);
		return false;
	case EXT_TEXT:
		cd_request_fail(rq, "a text is no ", cd_functions[fn].name, (char *)NULL);
		return false;
	case EXT_OVERFLOW:
		cd_request_fail(rq, "the result of `", cd_functions[fn].name, "` is beyond 64 bits",
		    (char *)NULL);
		return false;
	case EXT_MEMORY:
	default:
		return no_memory(rq);
	}
}

static bool
read_arguments(struct cedar_request *rq, struct json_object *list,
    struct value args[FN_ARGUMENTS_MAX], size_t *argc)
{
	struct value value;

	for (*argc = 0; *argc < json_object_array_length(list); ++*argc) {
		if (!read_value(rq, json_object_array_get_idx(list, *argc), &value))
			return false;
		if (*argc < FN_ARGUMENTS_MAX)
			args[*argc] = value;
	}
	return true;
}

/* Whether an object is what `__extn` wants to have; `arg` goes before `args`. */
static bool
is_call(struct json_object *json)
{
	return member(json, "fn", json_type_string) != NULL &&
	    (json_object_object_get_ex(json, "arg", NULL) ||
		member(json, "args", json_type_array) != NULL);
}

static bool
read_call(struct cedar_request *rq, struct json_object *json, struct value *out)
{
	struct value args[FN_ARGUMENTS_MAX];
	struct json_object *arg;
	size_t argc = 1;

	if (json_object_object_get_ex(json, "arg", &arg)) {
		if (!read_value(rq, arg, &args[0]))
			return false;
	} else if (!read_arguments(rq, member(json, "args", json_type_array), args, &argc)) {
		return false;
	}
	return call(rq, member(json, "fn", json_type_string), args, argc, out);
}

/* ---- sets and records ---- */

static bool
read_set(struct cedar_request *rq, struct json_object *json, struct value *out)
{
	size_t count = json_object_array_length(json), i;
	struct set *set = cd_set_new(&rq->arena, count);

	if (set == NULL)
		return no_memory(rq);
	for (i = 0; i < count; i++)
		if (!read_value(rq, json_object_array_get_idx(json, i), &set->items[set->count++]))
			return false;
	cd_set_normalize(set);
	*out = value_set(set);
	return true;
}

/* The members of an object, whatever their names. */
static bool
read_fields(struct cedar_request *rq, struct json_object *json, struct record *record)
{
	struct json_object_iterator at = json_object_iter_begin(json),
				    end = json_object_iter_end(json);
	struct field *field;

	record->count = 0;
	record->fields = cd_arena_alloc(&rq->arena,
	    (size_t)json_object_object_length(json) * sizeof(*record->fields));
	if (record->fields == NULL)
		return no_memory(rq);
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		field = &record->fields[record->count++];
		if ((field->name = member_name(rq, json_object_iter_peek_name(&at))) == NULL ||
		    !read_value(rq, json_object_iter_peek_value(&at), &field->value))
			return false;
	}
	/* No name can be there twice. */
	(void)cd_record_normalize(record);
	return true;
}

/* An escape is one only as the sole member of its object, and with what it needs inside. */
static bool
read_object(struct cedar_request *rq, struct json_object *json, struct value *out)
{
	struct json_object *inner;
	struct record *record;
	const struct uid *uid;

	if ((inner = sole_member(json, "__entity", json_type_object)) != NULL &&
	    is_type_and_id(inner)) {
		if ((uid = read_type_and_id(rq, inner)) == NULL)
			return false;
		*out = value_entity(uid);
		return true;
	}
	if ((inner = sole_member(json, "__extn", json_type_object)) != NULL && is_call(inner))
		return read_call(rq, inner, out);
	if (sole_member(json, "__expr", json_type_string) != NULL)
		return refuse(rq, "`__expr` is not supported");
	if ((record = cd_arena_alloc(&rq->arena, sizeof(*record))) == NULL)
		return no_memory(rq);
	*out = value_record(record);
	return read_fields(rq, json, record);
}

static bool
read_value(struct cedar_request *rq, struct json_object *json, struct value *out)
{
	struct cedar_str text;

	switch ((int)json_object_get_type(json)) {
	case json_type_boolean:
		*out = value_bool(json_object_get_boolean(json));
		return true;
	case json_type_int:
		*out = value_number(VALUE_LONG, json_object_get_int64(json));
		return true;
	case json_type_double:
		return refuse(rq, "a number is no integer of 64 bits");
	case json_type_string:
		if (!keep_string(rq, json, &text))
			return false;
		*out = value_string(text.data, text.len);
		return true;
	case json_type_array:
		return read_set(rq, json, out);
	case json_type_object:
		return read_object(rq, json, out);
	case json_type_null:
	default:
		return refuse(rq, "`null` is no value");
	}
}

/* ---- entities ---- */

/* An entity as it is read, to be compared with one of the same uid. */
struct entry {
	const struct uid *uid;
	struct record attributes, tags;
	struct cedar_entity **parents;
	uint32_t parent_count;
};

static int
compare_entities(const void *a, const void *b)
{
	uint32_t x = (*(const struct cedar_entity *const *)a)->serial;
	uint32_t y = (*(const struct cedar_entity *const *)b)->serial;

	return (x > y) - (x < y);
}

/* Sorted, each once. */
static bool
read_parents(struct cedar_request *rq, struct json_object *json, struct entry *entry)
{
	size_t count = json_object_array_length(json), i;
	const struct uid *uid;
	uint32_t kept = 0;

	if (count > UINT32_MAX ||
	    (entry->parents = cd_arena_zero(&rq->arena, count, sizeof(*entry->parents))) == NULL)
		return no_memory(rq);
	for (i = 0; i < count; i++) {
		if ((uid = read_uid(rq, json_object_array_get_idx(json, i))) == NULL ||
		    (entry->parents[i] = cd_request_entity(rq, uid)) == NULL)
			return false;
		if (cd_uid_is_action(entry->uid) && !cd_uid_is_action(uid))
			return refuse(rq, "an action has a parent that is no action");
	}
	cd_sort(entry->parents, count, sizeof(*entry->parents), compare_entities);
	for (i = 0; i < count; i++)
		if (kept == 0 || entry->parents[kept - 1] != entry->parents[i])
			entry->parents[kept++] = entry->parents[i];
	entry->parent_count = kept;
	return true;
}

static bool
read_entry(struct cedar_request *rq, struct json_object *json, struct entry *entry)
{
	struct json_object *uid, *tags, *attributes = member(json, "attrs", json_type_object);
	struct json_object *parents = member(json, "parents", json_type_array);

	if (!is(json, json_type_object) || !json_object_object_get_ex(json, "uid", &uid))
		return refuse(rq, "an entity is an object with `uid`, `attrs` and `parents`");
	if (attributes == NULL)
		return refuse(rq, "an entity has no object `attrs`");
	if (parents == NULL)
		return refuse(rq, "an entity has no array `parents`");
	if (json_object_object_get_ex(json, "tags", &tags) && !is(tags, json_type_object))
		return refuse(rq, "`tags` is no object");
	*entry = (struct entry){ .uid = read_uid(rq, uid) };
	return entry->uid != NULL && read_fields(rq, attributes, &entry->attributes) &&
	    (tags == NULL || read_fields(rq, tags, &entry->tags)) &&
	    read_parents(rq, parents, entry);
}

static bool
same_record(const struct record *a, const struct record *b)
{
	struct value x = value_record(a), y = value_record(b);

	return cd_value_equal(&x, &y);
}

static bool
same_entity(const struct cedar_entity *e, const struct entry *entry)
{
	return same_record(&e->attributes.record, &entry->attributes) &&
	    same_record(&e->tags.record, &entry->tags) && e->parent_count == entry->parent_count &&
	    (e->parent_count == 0 ||
		memcmp(e->parents, entry->parents, e->parent_count * sizeof(*e->parents)) == 0);
}

static void
fill_record(struct cedar_record *record, const struct record *from)
{
	record->record = *from;
	record->room = from->count;
}

static bool
add_entry(struct cedar_request *rq, const struct entry *entry)
{
	struct cedar_entity *e = cd_request_entity(rq, entry->uid);

	if (e == NULL)
		return false;
	if (e->listed)
		return same_entity(e, entry) ||
		    refuse(rq, "an entity is given twice, with differences");
	fill_record(cedar_entity_attributes(e), &entry->attributes);
	fill_record(cedar_entity_tags(e), &entry->tags);
	e->parents = entry->parents;
	e->parent_count = e->parent_room = entry->parent_count;
	return true;
}

/*
 * No entity may be its own ancestor.  Take away, again and again, entities that
 * are no one's parent; what cannot be taken away lies on a cycle, or above one.
 */
static bool
check_cycles(struct cedar_request *rq)
{
	struct cedar_entity **queue = cd_arena_alloc(&rq->arena, rq->entity_count * sizeof(*queue)),
			    *e;
	uint32_t met = 0, done = 0, i;

	if (queue == NULL)
		return no_memory(rq);
	for (e = rq->entities; e != NULL; e = e->next)
		for (i = 0; i < e->parent_count; i++)
			e->parents[i]->children++;
	for (e = rq->entities; e != NULL; e = e->next)
		if (e->children == 0)
			queue[met++] = e;
	for (; done < met; done++)
		for (e = queue[done], i = 0; i < e->parent_count; i++)
			if (--e->parents[i]->children == 0)
				queue[met++] = e->parents[i];
	return met == rq->entity_count || refuse(rq, "an entity is its own ancestor");
}

/* ---- texts ---- */

/* The JSON of a text, in *json, to be released with json_object_put(). */
static bool
parse(struct cedar_request *rq, struct cedar_str text, struct json_object **json)
{
	struct json_fault fault;
	char offset[32];

	if (rq->faulty)
		return false;
	rq->prepared = false;
	if (json_strict_parse_any_name(text.data, text.len, CEDAR_NESTING_MAX, json, &fault))
		return true;
	(void)snprintf(offset, sizeof(offset), "%zu", fault.offset);
	cd_request_fail(rq, "the JSON is not valid at byte ", offset, ": expected ", fault.expected,
	    (char *)NULL);
	return false;
}

struct cedar_entity *
cedar_entity_json(struct cedar_request *rq, struct cedar_str text)
{
	struct json_object *json;
	const struct uid *uid;

	if (!parse(rq, text, &json))
		return NULL;
	uid = read_uid(rq, json);
	json_object_put(json);
	return uid != NULL ? cd_request_entity(rq, uid) : NULL;
}

bool
cedar_request_entities_json(struct cedar_request *rq, struct cedar_str text)
{
	struct json_object *json;
	struct entry entry;
	bool fine;
	size_t i;

	if (!parse(rq, text, &json))
		return false;
	fine = is(json, json_type_array) || refuse(rq, "entities are an array");
	for (i = 0; fine && i < json_object_array_length(json); i++)
		fine = read_entry(rq, json_object_array_get_idx(json, i), &entry) &&
		    add_entry(rq, &entry);
	json_object_put(json);
	return fine && check_cycles(rq);
}

bool
cedar_request_context_json(struct cedar_request *rq, struct cedar_str text)
{
	struct json_object *json;
	struct value value;
	bool fine;

	if (!parse(rq, text, &json))
		return false;
	fine = is(json, json_type_object) ? read_object(rq, json, &value) :
					    refuse(rq, "the context is no object");
	json_object_put(json);
	if (fine && value.type != VALUE_RECORD)
		fine = refuse(rq, "the context is an escape, not a record");
	if (fine && rq->context.record.count > 0)
		fine = refuse(rq, "the context is given twice");
	if (fine)
		fill_record(&rq->context, value.record);
	return fine;
}
