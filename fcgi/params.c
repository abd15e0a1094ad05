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
	META_URI,
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
	[META_URI] = VARIABLE("REQUEST_URI"),
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

/* One more line of a header that is a list; to be joined with the first when all are there. */
struct line {
	int header;
	const char *value;
};

static void
take_header(struct request *rq, struct buf *lines, int header, const char *value)
{
	bool twice = rq->header[header] != NULL;

	if (twice && http_header_is_list((enum http_header)header)) {
		buf_add(lines, &(struct line){ header, value }, sizeof(struct line));
		return;
	}

	if (joiner[header] != NULL && is_joined(value, joiner[header]))
		twice = true;
	if (twice && rq->duplicate < 0)
		rq->duplicate = header;
	rq->header[header] = value;
}

/* All lines of the header as one, at the end of `texts`. */
static void
join_lines(struct buf *texts, const struct line *line, size_t count, int header, const char *first)
{
	size_t i;

	buf_adds(texts, first);
	for (i = 0; i < count; i++) {
		if (line[i].header != header)
			continue;
		buf_adds(texts, ", ");
		buf_adds(texts, line[i].value);
	}
	buf_add(texts, "", 1);
}

/*
 * Behind the path, which is the end of `texts` and moves when there is not enough room: so where
 * each text begins is noted first.
 */
static void
join_lists(struct buf *texts, const struct buf *lines, struct request *rq)
{
	const struct line *line = (const struct line *)(const void *)lines->data;
	size_t count = lines->len / sizeof(*line), len = strlen(rq->path), path = texts->len - len;
	size_t at[HTTP_HEADER__MAX] = { 0 }, i;

	buf_add(texts, "", 1); /* the path's own end, and no text begins at 0 */
	for (i = 0; i < count; i++) {
		int header = line[i].header;

		if (at[header] != 0)
			continue;
		at[header] = texts->len;
		join_lines(texts, line, count, header, rq->header[header]);
	}
	for (i = 0; i < HTTP_HEADER__MAX && !texts->failed; i++)
		if (at[i] != 0)
			rq->header[i] = texts->data + at[i];
	rq->path = len > 1 ? texts->data + path : "/";
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
take(struct request *rq, struct buf *lines, const char *meta[META__MAX], const struct fcgi_pair *p)
{
	int header = http_header_from_variable(p->name, p->name_len);
	enum meta m = header < 0 ? find_meta(p) : META__MAX;

	if (header < 0 && m == META__MAX)
		return true;
	if (strlen(p->value) != p->value_len)
		return false;
	if (header >= 0)
		take_header(rq, lines, header, p->value);
	else
		meta[m] = p->value;
	return true;
}

/*
 * Values become texts where they are: the byte behind one is the first of the next pair's lengths,
 * and overwritten when that was read. Behind the last is the buffer's own NUL.
 */
static enum params_end
take_all(struct buf *variables, struct request *rq, struct buf *lines, const char *meta[META__MAX])
{
	char *at = variables->data, *end = at + variables->len;
	struct fcgi_pair p, next;
	bool more, nul = false;

	for (more = fcgi_get_pair(&at, end, &next); more;) {
		p = next;
		more = fcgi_get_pair(&at, end, &next);
		p.value[p.value_len] = '\0';
		nul |= !take(rq, lines, meta, &p);
	}
	if (at != end)
		return PARAMS_WRONG;
	return nul ? PARAMS_NUL : PARAMS_GOOD;
}

enum params_end
params_request(struct buf *variables, const char *base_path, struct buf *texts, struct request *rq)
{
	const char *meta[META__MAX] = { "", "", "", "", "", "" };
	struct buf lines = BUF_EMPTY;
	enum params_end end = PARAMS_GOOD;

	*rq = (struct request){ .duplicate = -1 };
	if (variables->failed)
		return PARAMS_MEMORY;
	if (variables->len > 0)
		end = take_all(variables, rq, &lines, meta);
	drop_empty(rq, HEADER_CONTENT_LENGTH);
	drop_empty(rq, HEADER_CONTENT_TYPE);
	rq->method = http_method_from_name(meta[META_METHOD]);
	rq->query = meta[META_QUERY];
	rq->uri = meta[META_URI];
	rq->remote_addr = meta[META_REMOTE_ADDR];
	rq->path = route_path(texts, meta[META_SCRIPT_NAME], meta[META_PATH_INFO], meta[META_URI],
	    base_path);
	if (lines.len > 0)
		join_lists(texts, &lines, rq);
	texts->failed = texts->failed || lines.failed;
	buf_clear(&lines);
	return texts->failed ? PARAMS_MEMORY : end;
}
