/* SPDX-License-Identifier: MIT */
/* What can be known to be wrong with a request before the database is asked. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include <json-c/json.h>

#include "base/api_key.h"
#include "base/field.h"
#include "base/json_strict.h"
#include "base/utf8.h"
#include "handlers/check.h"
#include "handlers/page.h"
#include "http/etag.h"
#include "http/media_type.h"

#define JSON_BODY_DEPTH 32
#define REASON_EXPECTED \
	"at most " TEXT_OF(FIELD_REASON_MOST) " bytes of UTF-8 without control characters"

static bool
refuse(struct fault *f, enum http_error error, struct json_object *details)
{
	f->error = error;
	f->details = details;
	return false;
}

bool
refuse_parameter(struct fault *f, const char *parameter, const char *expected)
{
	struct json_object *details = error_detail("parameter", parameter);

	if (details != NULL)
		json_object_object_add(details, "expected", json_object_new_string(expected));
	return refuse(f, ERROR_INVALID_PARAMETER, details);
}

bool
check_key(struct call *c, struct fault *f)
{
	const char *text = c->request.rq->header[HEADER_API_KEY];

	if (text == NULL || !api_key_check(text, strlen(text), c->caller.key_name))
		return refuse(f, ERROR_UNAUTHENTICATED, NULL);
	if (!api_key_hash(text, strlen(text), c->caller.key_hash))
		return refuse(f, ERROR_INTERNAL, NULL);
	return true;
}

bool
check_tenant_id(struct call *c, struct fault *f)
{
	const char *text = c->request.rq->header[HEADER_TENANT_ID];

	if (text == NULL || !uuid_parse(&c->caller.tenant, text, strlen(text)))
		return refuse(f, ERROR_INVALID_TENANT_ID, NULL);
	return true;
}

static bool
check_path(struct call *c, struct fault *f)
{
	size_t i;

	for (i = 0; i < c->request.path.count; i++) {
		const struct path_value *v = &c->request.path.value[i];
		char name[64];

		if (uuid_parse(&c->request.path_id[i], v->text, v->len))
			continue;
		(void)snprintf(name, sizeof(name), "%.*s", (int)v->name_len, v->name);
		return refuse_parameter(f, name, "a UUID");
	}
	return true;
}

static bool
check_query(struct call *c, struct fault *f)
{
	struct query_fault qf;

	if (!query_parse(&c->request.query, c->request.rq->query, c->op->query, c->op->query_count,
		&qf))
		return refuse_parameter(f, qf.parameter, qf.expected);
	if (c->op->paged && !page_read(c))
		return refuse_parameter(f, "cursor",
		    "next_cursor of the page before, with the same filters");
	return c->op->check_query == NULL || c->op->check_query(c, f);
}

/* draft-ietf-httpapi-idempotency-key-header: any string; ours is one that can be logged and indexed as it is. */
static bool
check_idempotency_key(struct call *c, struct fault *f)
{
	const char *key = c->request.rq->header[HEADER_IDEMPOTENCY_KEY];
	size_t i, len = key != NULL ? strlen(key) : 0;

	if (key == NULL || !c->op->idempotent)
		return true;
	for (i = 0; i < len && key[i] > ' ' && key[i] <= '~'; i++)
		continue;
	if (i < len || len == 0 || len > IDEMPOTENCY_KEY_MOST)
		return refuse_parameter(f, http_header_name(HEADER_IDEMPOTENCY_KEY),
		    "1 to " TEXT_OF(IDEMPOTENCY_KEY_MOST) " visible ASCII characters");
	c->request.once.key = key;
	return true;
}

/* Headers whose malformed values are told apart from absent ones. */
static bool
check_headers(struct call *c, struct fault *f)
{
	const char *reason = c->request.rq->header[HEADER_AUDIT_REASON];
	enum http_header conditional[] = { HEADER_IF_MATCH, HEADER_IF_NONE_MATCH };
	size_t i;

	for (i = 0; i < COUNT_OF(conditional); i++) {
		const char *value = c->request.rq->header[conditional[i]];

		if (value != NULL && etag_list_match(value, "\"\"") == ETAG_MALFORMED)
			return refuse_parameter(f, http_header_name(conditional[i]),
			    "* or a list of entity tags in double quotes");
	}
	if (!check_idempotency_key(c, f))
		return false;
	if (c->op->access != ACCESS_WRITE || reason == NULL || reason[0] == '\0')
		return true;
	if (strlen(reason) > FIELD_REASON_MOST || !utf8_printable(reason, strlen(reason)))
		return refuse_parameter(f, http_header_name(HEADER_AUDIT_REASON), REASON_EXPECTED);
	c->request.reason = reason;
	return true;
}

bool
check_parameters(struct call *c, struct fault *f)
{
	return check_path(c, f) && check_query(c, f) && check_headers(c, f);
}

bool
refuse_member(struct fault *f, const char *member, const char *expected)
{
	struct json_object *details = error_detail("member", member);

	if (details != NULL)
		json_object_object_add(details, "expected", json_object_new_string(expected));
	return refuse(f, ERROR_INVALID_BODY, details);
}

static const char *
accepted(const struct operation *op)
{
	return op->merge_patch ? "application/json, application/merge-patch+json" :
				 "application/json";
}

static bool
check_media_type(struct call *c, struct fault *f)
{
	switch (media_type_of(c->request.rq->header[HEADER_CONTENT_TYPE])) {
	case MEDIA_JSON:
		return true;
	case MEDIA_MERGE_PATCH:
		if (c->op->merge_patch)
			return true;
		break;
	case MEDIA_NONE:
	case MEDIA_OTHER:
		break;
	}
	return refuse(f, ERROR_UNSUPPORTED_MEDIA_TYPE, error_detail("accepted", accepted(c->op)));
}

/* A content coding, such as gzip: none is taken. */
static bool
is_coded(const struct call *c)
{
	const char *coding = c->request.rq->header[HEADER_CONTENT_ENCODING];

	return coding != NULL && coding[strspn(coding, " \t,")] != '\0' &&
	    strcasecmp(coding, "identity") != 0;
}

static bool
check_coding(const struct call *c, struct fault *f)
{
	struct json_object *details;

	if (!is_coded(c))
		return true;
	details = error_detail("header", http_header_name(HEADER_CONTENT_ENCODING));
	if (details != NULL)
		json_object_object_add(details, "accepted", json_object_new_string("identity"));
	return refuse(f, ERROR_UNSUPPORTED_MEDIA_TYPE, details);
}

/* RFC 5789 section 2.2, the Linked Data Platform's section 7.1, and RFC 9110 section 15.5.16: a 415 says what is taken. */
void
answer_fault(struct call *c, struct fault *f)
{
	response_error(c->rs, f->error, f->details, NULL);
	f->details = NULL;
	if (f->error != ERROR_UNSUPPORTED_MEDIA_TYPE)
		return;
	response_header(c->rs, c->op->method == HTTP_PATCH ? "Accept-Patch" : "Accept-Post",
	    accepted(c->op));
	if (is_coded(c))
		response_header(c->rs, "Accept-Encoding", "identity");
}

static bool
read_body(struct call *c, struct buf *text, struct fault *f)
{
	switch (c->request.rq->read_body(c->request.rq->body_source, c->op->body_max, text)) {
	case BODY_WHOLE:
		return true;
	case BODY_TOO_LARGE:
		return refuse(f, ERROR_BODY_TOO_LARGE,
		    error_detail_int("limit", (long long)c->op->body_max));
	case BODY_LENGTH:
		return refuse_parameter(f, http_header_name(HEADER_CONTENT_LENGTH),
		    "the number of bytes in the body");
	case BODY_TIMEOUT:
	case BODY_GONE: /* whoever is gone does not read the answer */
		return refuse(f, ERROR_BODY_TIMEOUT, NULL);
	case BODY_MEMORY:
		break;
	}
	return refuse(f, ERROR_INTERNAL, NULL);
}

static bool
refuse_json(struct fault *f, const struct json_fault *jf)
{
	struct json_object *details;

	if (jf->kind == JSON_MEMORY)
		return refuse(f, ERROR_INTERNAL, NULL);
	details = error_detail_int("offset", (long long)jf->offset);
	if (details != NULL && jf->expected != NULL)
		json_object_object_add(details, "expected", json_object_new_string(jf->expected));
	return refuse(f, ERROR_INVALID_JSON, details);
}

bool
check_body(struct call *c, struct fault *f)
{
	struct buf text = BUF_EMPTY;
	struct json_fault jf;
	struct body_fault bf;
	bool ok;

	if (c->op->body == NULL)
		return true;
	if (!check_media_type(c, f) || !check_coding(c, f))
		return false;
	ok = read_body(c, &text, f);
	if (ok && c->op->idempotent &&
	    !api_key_hash(buf_text(&text), text.len, c->request.once.body_hash))
		ok = refuse(f, ERROR_INTERNAL, NULL);
	if (ok &&
	    !json_strict_parse(buf_text(&text), text.len, JSON_BODY_DEPTH, &c->request.body, &jf))
		ok = refuse_json(f, &jf);
	buf_clear(&text);
	if (!ok)
		return false;
	if (!body_check(c->op->body, c->request.body, &bf))
		return refuse_member(f, bf.member, bf.expected);
	return c->op->check == NULL || c->op->check(c, f);
}
