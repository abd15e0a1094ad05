/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/fastcgi.h"
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

static const struct {
	const char *name;
	size_t len;
} meta_variable[META__MAX] = {
#define VARIABLE(name) \
	{ \
		name, sizeof(name) - 1 \
	}
	[META_METHOD] = VARIABLE("REQUEST_METHOD"),
	[META_SCRIPT_NAME] = VARIABLE("SCRIPT_NAME"),
	[META_PATH_INFO] = VARIABLE("PATH_INFO"),
	[META_QUERY] = VARIABLE("QUERY_STRING"),
	[META_REMOTE_ADDR] = VARIABLE("REMOTE_ADDR"),
#undef VARIABLE
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

/* Which of CGI's own variables this is, or META__MAX. */
static enum meta
find_meta(const struct fcgi_pair *p)
{
	int i;

	for (i = 0; i < META__MAX; i++)
		if (meta_variable[i].len == p->name_len &&
		    memcmp(meta_variable[i].name, p->name, p->name_len) == 0)
			break;
	return (enum meta)i;
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

/* Take in one variable, whose value is a text by now. False: it is one that we read, and has a NUL in it. */
static bool
take(struct request *rq, const char *meta[META__MAX], const struct fcgi_pair *p)
{
	int header = http_header_from_variable(p->name, p->name_len);
	enum meta m = header < 0 ? find_meta(p) : META__MAX;

	if (header < 0 && m == META__MAX)
		return true;
	if (strlen(p->value) != p->value_len)
		return false;
	if (header >= 0)
		take_header(rq, header, p->value);
	else
		meta[m] = p->value;
	return true;
}

/*
 * Values become texts where they are: the byte behind one is the first of the next pair's lengths,
 * and overwritten when that was read. Behind the last is the buffer's own NUL.
 */
static enum params_end
take_all(struct buf *variables, struct request *rq, const char *meta[META__MAX])
{
	char *at = variables->data, *end = at + variables->len;
	struct fcgi_pair p, next;
	bool more, nul = false;

	for (more = fcgi_get_pair(&at, end, &next); more;) {
		p = next;
		more = fcgi_get_pair(&at, end, &next);
		p.value[p.value_len] = '\0';
		nul |= !take(rq, meta, &p);
	}
	if (at != end)
		return PARAMS_WRONG;
	return nul ? PARAMS_NUL : PARAMS_GOOD;
}

enum params_end
params_request(struct buf *variables, const char *base_path, struct buf *path, struct request *rq)
{
	const char *meta[META__MAX] = { "", "", "", "", "" };
	enum params_end end = PARAMS_GOOD;

	*rq = (struct request){ .duplicate = -1 };
	if (variables->failed)
		return PARAMS_MEMORY;
	if (variables->len > 0)
		end = take_all(variables, rq, meta);
	drop_empty(rq, HEADER_CONTENT_LENGTH);
	drop_empty(rq, HEADER_CONTENT_TYPE);
	rq->method = http_method_from_name(meta[META_METHOD]);
	rq->query = meta[META_QUERY];
	rq->remote_addr = meta[META_REMOTE_ADDR];
	rq->path = route_path(path, meta[META_SCRIPT_NAME], meta[META_PATH_INFO], base_path);
	return path->failed ? PARAMS_MEMORY : end;
}
