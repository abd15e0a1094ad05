/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tests/bench/http_answer.h"

struct head {
	size_t len; /* with the empty line */
	size_t body_len;
	bool has_length;
	bool chunked;
};

/* The value of a header line, or NULL where the line is another header's. */
static const char *
value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0 || line[len] != ':')
		return NULL;
	return line + len + 1 + strspn(line + len + 1, " \t");
}

static void
read_line(const char *line, struct head *head, struct http_answer *a)
{
	const char *value;

	if ((value = value_of(line, "Content-Length")) != NULL) {
		head->body_len = strtoul(value, NULL, 10);
		head->has_length = true;
	} else if ((value = value_of(line, "Transfer-Encoding")) != NULL) {
		head->chunked = strncasecmp(value, "chunked", 7) == 0;
	} else if ((value = value_of(line, "Connection")) != NULL) {
		a->close = strncasecmp(value, "close", 5) == 0;
	}
}

static bool
read_head(const char *buffer, const char *end, struct head *head, struct http_answer *a)
{
	const char *line = buffer;

	if (strncmp(buffer, "HTTP/1.1 ", 9) != 0)
		return false;
	a->status = (int)strtol(buffer + 9, NULL, 10);
	while ((line = strchr(line, '\n') + 1) < end)
		read_line(line, head, a);
	head->len = (size_t)(end + 2 - buffer);
	return a->status >= 200 && a->status <= 599;
}

/* Walks the chunks; with `into`, puts their contents there, one behind the other. */
static enum http_read
walk_chunks(const char *at, const char *end, char *into, size_t *total)
{
	*total = 0;
	for (;;) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		char *digits_end;
		size_t len;

		if (line_end == NULL)
			return HTTP_MORE;
		len = strtoul(at, &digits_end, 16);
		if (digits_end == at)
			return HTTP_BROKEN;
		at = line_end + 1;
		if ((size_t)(end - at) < len + 2)
			return HTTP_MORE;
		if (into != NULL)
			memmove(into + *total, at, len);
		*total += len;
		at += len + 2;
		if (len == 0)
			return at == end ? HTTP_COMPLETE : HTTP_BROKEN;
	}
}

static enum http_read
read_chunks(char *body, char *end, struct http_answer *a)
{
	enum http_read rc = walk_chunks(body, end, NULL, &a->body_len);

	if (rc == HTTP_COMPLETE)
		rc = walk_chunks(body, end, body, &a->body_len);
	return rc;
}

enum http_read
http_read(char *buffer, size_t len, struct http_answer *a)
{
	struct head head = { 0 };
	char *end;

	*a = (struct http_answer){ 0 };
	buffer[len] = '\0';
	end = strstr(buffer, "\r\n\r\n");
	if (end == NULL)
		return HTTP_MORE;
	if (!read_head(buffer, end + 2, &head, a))
		return HTTP_BROKEN;
	a->body = buffer + head.len;
	if (head.chunked)
		return read_chunks(buffer + head.len, buffer + len, a);
	if (!head.has_length && a->status != 204 && a->status != 304)
		return HTTP_BROKEN;
	a->body_len = head.body_len;
	if (len < head.len + head.body_len)
		return HTTP_MORE;
	return len == head.len + head.body_len ? HTTP_COMPLETE : HTTP_BROKEN;
}
