/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "fcgi/params.h"
#include "fcgi/route.h"
#include "http/request.h"

/* CGI's own variables, which no client can set. */
enum meta {
	META_METHOD,
	META_SCRIPT_NAME,
	META_PATH_INFO,
	META_QUERY,
	META_REMOTE_ADDR,
	META__MAX
};

static const char *const meta_variable[META__MAX] = {
	[META_METHOD] = "REQUEST_METHOD",
	[META_SCRIPT_NAME] = "SCRIPT_NAME",
	[META_PATH_INFO] = "PATH_INFO",
	[META_QUERY] = "QUERY_STRING",
	[META_REMOTE_ADDR] = "REMOTE_ADDR",
};

/*
 * What a web server puts between two values of one header, for the headers that can hold only
 * one. The others are lists (If-Match) or free text (User-Agent). A request id that is
 * malformed is replaced and refuses nothing, so only the form in which web servers really join
 * counts there.
 */
static const char *const joiner[HTTP_HEADER__MAX] = {
	[HEADER_API_KEY] = ",",
	[HEADER_TENANT_ID] = ",",
	[HEADER_REQUEST_ID] = ", ",
	[HEADER_IDEMPOTENCY_KEY] = ",",
	[HEADER_CONTENT_TYPE] = ",",
	[HEADER_CONTENT_LENGTH] = ",",
	[HEADER_ORIGIN] = ",",
	[HEADER_AC_REQUEST_METHOD] = ",",
};

/* Whether `sep` stands in the value outside a quoted string (RFC 9110 section 5.6.4). */
static bool
is_joined(const char *value, const char *sep)
{
	bool quoted = false;

	for (; *value != '\0'; value++) {
		if (*value == '"')
			quoted = !quoted;
		else if (quoted && *value == '\\' && value[1] != '\0')
			value++;
		else if (!quoted && strncmp(value, sep, strlen(sep)) == 0)
			return true;
	}
	return false;
}

static void
take_meta(const char *meta[META__MAX], const char *name, size_t len, const char *value)
{
	for (int i = 0; i < META__MAX; i++)
		if (strlen(meta_variable[i]) == len && memcmp(meta_variable[i], name, len) == 0)
			meta[i] = value;
}

static void
take_header(struct request *rq, int header, const char *value)
{
	bool twice = rq->header[header] != NULL;

	if (joiner[header] != NULL && is_joined(value, joiner[header]))
		twice = true;
	if (twice && rq->duplicate < 0)
		rq->duplicate = header;
	rq->header[header] = value;
}

/* Web servers say "no body" and "no type" with an empty variable, too. */
static void
drop_empty(struct request *rq, enum http_header header)
{
	if (rq->header[header] != NULL && rq->header[header][0] == '\0')
		rq->header[header] = NULL;
}

bool
params_request(const char *const *env, const char *base_path, struct buf *path, struct request *rq)
{
	const char *meta[META__MAX] = { "", "", "", "", "" };

	*rq = (struct request){ .duplicate = -1 };
	for (; *env != NULL; env++) {
		const char *eq = strchr(*env, '=');
		int header;

		if (eq == NULL)
			continue;
		if ((header = http_header_from_variable(*env, (size_t)(eq - *env))) >= 0)
			take_header(rq, header, eq + 1);
		else
			take_meta(meta, *env, (size_t)(eq - *env), eq + 1);
	}
	drop_empty(rq, HEADER_CONTENT_LENGTH);
	drop_empty(rq, HEADER_CONTENT_TYPE);
	rq->method = http_method_from_name(meta[META_METHOD]);
	rq->query = meta[META_QUERY];
	rq->remote_addr = meta[META_REMOTE_ADDR];
	rq->path = route_path(path, meta[META_SCRIPT_NAME], meta[META_PATH_INFO], base_path);
	return !path->failed;
}
