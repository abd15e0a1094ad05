/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/uuid.h"
#include "http/response.h"

#define RETRY_AFTER_SECONDS "1"

static bool
is_request_id(const char *text)
{
	static const char allowed[] = "0123456789._-"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t len = strspn(text, allowed);

	return len >= 1 && len <= REQUEST_ID_MAX && text[len] == '\0';
}

/* Without random bytes the request goes on, with an id that says nothing. */
static void
make_request_id(char text[REQUEST_ID_MAX + 1])
{
	struct uuid id = { .octet = { 0 } };

	if (!uuid_make_v7(&id))
		id = (struct uuid){ .octet = { 0 } };
	uuid_print(&id, text);
}

/* The headers that every response carries. */
static void
common_headers(struct response *rs)
{
	response_header(rs, "X-Request-Id", rs->request_id);
	response_header(rs, "Cache-Control", "no-store");
	response_header(rs, "X-Content-Type-Options", "nosniff");
}

/* As response_begin() left it. */
static void
start_over(struct response *rs)
{
	rs->status = 0;
	rs->error = HTTP_ERROR__MAX;
	rs->stream = STREAM_NONE;
	buf_reset(&rs->head);
	buf_reset(&rs->body);
	common_headers(rs);
}

void
response_begin(struct response *rs, const char *request_id)
{
	if (request_id != NULL && is_request_id(request_id))
		(void)snprintf(rs->request_id, sizeof(rs->request_id), "%s", request_id);
	else
		make_request_id(rs->request_id);
	rs->changed = false;
	start_over(rs);
}

enum http_error
response_fallback(const struct response *rs)
{
	return rs->changed ? ERROR_COMMIT_UNKNOWN : ERROR_INTERNAL;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			return true;
	return false;
}

void
response_header(struct response *rs, const char *name, const char *value)
{
	if (has_control(name) || has_control(value)) {
		rs->head.failed = true;
		return;
	}
	buf_adds(&rs->head, name);
	buf_adds(&rs->head, ": ");
	buf_adds(&rs->head, value);
	buf_adds(&rs->head, "\r\n");
}

void
response_json(struct response *rs, int status, struct json_object *value)
{
	size_t len = 0;
	const char *text = NULL;

	if (value != NULL)
		text = json_object_to_json_string_length(value,
		    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	rs->status = status;
	response_header(rs, "Content-Type", "application/json");
	if (text != NULL)
		buf_add(&rs->body, text, len);
	else
		rs->body.failed = true;
	json_object_put(value);
}

void
response_empty(struct response *rs, int status)
{
	rs->status = status;
}

bool
response_stream_begin(struct response *rs, int status)
{
	enum stream_begun begun = STREAM_BEGUN;

	rs->status = status;
	if (response_failed(rs))
		return false;
	if (rs->sink != NULL)
		begun = rs->sink->begin(rs->sink->to, rs);
	if (begun == STREAM_BUSY)
		response_error(rs, ERROR_UNAVAILABLE, NULL, NULL);
	else
		rs->stream = begun == STREAM_BEGUN ? STREAM_OPEN : STREAM_CUT;
	return rs->stream == STREAM_OPEN;
}

bool
response_stream(struct response *rs, const void *data, size_t len)
{
	if (rs->stream != STREAM_OPEN)
		return false;
	if (rs->sink == NULL)
		buf_add(&rs->body, data, len);
	else if (!rs->sink->write(rs->sink->to, data, len))
		rs->stream = STREAM_CUT;
	return rs->stream == STREAM_OPEN && !rs->body.failed;
}

void
response_stream_cut(struct response *rs)
{
	if (rs->stream == STREAM_OPEN)
		rs->stream = STREAM_CUT;
}

/*
 * Add a member, taking the value over; without one (no memory) the object is given up too. NULL
 * stays NULL.
 */
static struct json_object *
with_member(struct json_object *object, const char *name, struct json_object *value)
{
	if (object != NULL && value != NULL && json_object_object_add(object, name, value) == 0)
		return object;
	json_object_put(value);
	json_object_put(object);
	return NULL;
}

/* The error shape: {"code", "message", "details": {…, "request_id"}} and maybe "notices". */
static struct json_object *
error_object(const struct response *rs, enum http_error error, const char *message,
    struct json_object *details, struct json_object *notices)
{
	struct json_object *o = json_object_new_object();

	if (details == NULL)
		details = json_object_new_object();
	details = with_member(details, "request_id", json_object_new_string(rs->request_id));
	o = with_member(o, "code", json_object_new_string(http_error_code(error)));
	o = with_member(o, "message", json_object_new_string(message));
	o = with_member(o, "details", details);
	if (notices != NULL)
		o = with_member(o, "notices", notices);
	return o;
}

void
response_error_message(struct response *rs, enum http_error error, const char *message,
    struct json_object *details, struct json_object *notices)
{
	int status = http_error_status(error);

	if (rs->stream != STREAM_NONE) {
		rs->stream = STREAM_CUT; /* too late to say so */
		json_object_put(details);
		json_object_put(notices);
		return;
	}
	start_over(rs);
	rs->error = error;
	if (status == 401)
		response_header(rs, "WWW-Authenticate", "ApiKey realm=\"grantd\"");
	if (status == 503)
		response_header(rs, "Retry-After", RETRY_AFTER_SECONDS);
	response_json(rs, status, error_object(rs, error, message, details, notices));
}

void
response_error(struct response *rs, enum http_error error, struct json_object *details,
    struct json_object *notices)
{
	response_error_message(rs, error, http_error_message(error), details, notices);
}

struct json_object *
error_detail(const char *name, const char *value)
{
	return with_member(json_object_new_object(), name, json_object_new_string(value));
}

struct json_object *
error_detail_int(const char *name, long long value)
{
	return with_member(json_object_new_object(), name, json_object_new_int64(value));
}

bool
response_failed(const struct response *rs)
{
	return rs->status == 0 || rs->head.failed || rs->body.failed;
}

void
response_clear(struct response *rs)
{
	buf_clear(&rs->head);
	buf_clear(&rs->body);
	*rs = (struct response)RESPONSE_EMPTY;
}

const char *
response_reason(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} table[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++)
		if (table[i].status == status)
			return table[i].phrase;
	return "";
}
