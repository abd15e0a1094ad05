/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <json-c/json.h>

#include "handlers/answer.h"
#include "handlers/service.h"
#include "http/etag.h"
#include "http/prefer.h"

static void
answer_empty(struct call *c, int status, struct json_object *unsent)
{
	json_object_put(unsent);
	response_empty(c->rs, status);
}

void
answer_read(struct call *c, const char *etag, struct json_object *value)
{
	const char *known = c->request.rq->header[HEADER_IF_NONE_MATCH];

	response_header(c->rs, "ETag", etag);
	if (known != NULL && etag_list_match(known, etag) == ETAG_MATCH)
		answer_empty(c, 304, value);
	else
		response_json(c->rs, 200, value);
}

void
answer_changed(struct call *c, const char *etag, struct json_object *value)
{
	response_header(c->rs, "ETag", etag);
	if (prefer_return_minimal(c->request.rq->header[HEADER_PREFER])) {
		response_header(c->rs, "Preference-Applied", "return=minimal");
		answer_empty(c, 204, value);
	} else {
		response_json(c->rs, 200, value);
	}
}

void
answer_created(struct call *c, const char *path, const char *etag, struct json_object *value)
{
	struct buf location = BUF_EMPTY;

	buf_addf(&location, "%s%s", c->service->settings->base_path, path);
	if (location.failed)
		json_object_put(value), value = NULL;
	response_header(c->rs, "Location", buf_text(&location));
	response_header(c->rs, "ETag", etag);
	response_json(c->rs, 201, value);
	buf_clear(&location);
}

void
answer_invalid_member(struct call *c, const char *member, const char *expected)
{
	struct json_object *details = error_detail("member", member);

	if (details != NULL)
		json_object_object_add(details, "expected", json_object_new_string(expected));
	response_error(c->rs, ERROR_INVALID_BODY, details, NULL);
}

void
answer_nothing(struct call *c)
{
	response_empty(c->rs, 204);
}
