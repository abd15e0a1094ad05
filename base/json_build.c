/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/buf.h"
#include "base/json_build.h"
#include "base/time_text.h"

static void
fail(struct json_build *b)
{
	json_object_put(b->object);
	b->object = NULL;
}

static void
put_null(struct json_build *b, const char *member)
{
	if (b->object != NULL && json_object_object_add(b->object, member, NULL) != 0)
		fail(b);
}

void
json_build_begin(struct json_build *b)
{
	b->object = json_object_new_object();
}

void
json_put_value(struct json_build *b, const char *member, struct json_object *value)
{
	if (value == NULL) {
		fail(b);
	} else if (b->object == NULL || json_object_object_add(b->object, member, value) != 0) {
		json_object_put(value);
		fail(b);
	}
}

void
json_put_text(struct json_build *b, const char *member, const char *text)
{
	if (text == NULL)
		put_null(b, member);
	else
		json_put_value(b, member, json_object_new_string(text));
}

void
json_put_uuid(struct json_build *b, const char *member, const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	if (u != NULL)
		uuid_print(u, text);
	json_put_text(b, member, u != NULL ? text : NULL);
}

void
json_put_time(struct json_build *b, const char *member, const int64_t *t)
{
	char text[TIME_TEXT_LEN + 1];

	if (t != NULL && !time_print(*t, text))
		fail(b);
	json_put_text(b, member, t != NULL ? text : NULL);
}

void
json_put_int(struct json_build *b, const char *member, int64_t value)
{
	json_put_value(b, member, json_object_new_int64(value));
}

void
json_put_bool(struct json_build *b, const char *member, bool value)
{
	json_put_value(b, member, json_object_new_boolean(value));
}

void
json_put_raw(struct json_build *b, const char *member, const char *text)
{
	struct json_object *value = json_object_new_object();
	char *copy = strdup(text);

	if (value == NULL || copy == NULL) {
		free(copy);
		json_object_put(value);
		fail(b);
		return;
	}
	json_object_set_serializer(value, json_object_userdata_to_json_string, copy,
	    json_object_free_userdata);
	json_put_value(b, member, value);
}

struct json_object *
json_build_end(struct json_build *b)
{
	struct json_object *object = b->object;

	b->object = NULL;
	return object;
}

void
json_array_append(struct json_object **array, struct json_object *value)
{
	if (*array != NULL && value != NULL && json_object_array_add(*array, value) == 0)
		return;
	json_object_put(value);
	json_object_put(*array);
	*array = NULL;
}

void
json_print(struct buf *out, struct json_object *value)
{
	const char *text = value != NULL ?
	    json_object_to_json_string_ext(value,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) :
	    NULL;
	size_t at = out->len;

	if (text == NULL)
		out->failed = true;
	else
		buf_adds(out, text);
	json_object_put(value);
	/* JSON as it came (json_put_raw()) may have line ends between its words; within them there is none. */
	for (; !out->failed && at < out->len; at++)
		if (out->data[at] == '\n' || out->data[at] == '\r')
			out->data[at] = ' ';
}
