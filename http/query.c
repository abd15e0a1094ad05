/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/expected.h"
#include "base/hex.h"
#include "base/number.h"
#include "base/time_text.h"
#include "base/utf8.h"
#include "base/words.h"
#include "http/query.h"

/* A query string being taken apart. */
struct splitter {
	struct query *query;
	size_t used; /* of query->text */
	const struct query_parameter *parameters;
	size_t count;
	struct query_fault *fault;
};

static void
fault_name(struct query_fault *fault, const char *name, size_t len)
{
	(void)expected_show(fault->parameter, sizeof(fault->parameter), 0, name, len);
}

/* Name the parameter and what was expected; always false. */
static bool
refuse(struct query_fault *fault, const char *name, size_t len, const char *expected)
{
	fault_name(fault, name, len);
	(void)snprintf(fault->expected, sizeof(fault->expected), "%s", expected);
	return false;
}

/* One decoded byte at text[*i], which moves past it; -1 for a '%' without two digits. */
static int
decode_byte(const char *text, size_t len, size_t *i)
{
	char c = text[(*i)++];
	int high, low;

	if (c == '+')
		return ' ';
	if (c != '%')
		return (unsigned char)c;
	if (len - *i < 2 || (high = hex_digit(text[*i])) < 0 || (low = hex_digit(text[*i + 1])) < 0)
		return -1;
	*i += 2;
	return high << 4 | low;
}

/*
 * Decode into query->text; NULL where it is malformed. There is room: decoding never lengthens a
 * text, and each piece leaves a '=' or '&' for its NUL, or ends the query string.
 */
static const char *
decode(struct splitter *s, const char *text, size_t len)
{
	char *out = s->query->text + s->used;
	size_t i = 0, n = 0;
	int byte;

	while (i < len) {
		if ((byte = decode_byte(text, len, &i)) < 0)
			return NULL;
		out[n++] = (char)byte;
	}
	if (!utf8_printable(out, n))
		return NULL;
	out[n] = '\0';
	s->used += n + 1;
	return out;
}

/* ---- values ---- */

static bool
parse_value(struct query_value *v, const struct query_parameter *p)
{
	size_t len = strlen(v->text);

	switch (p->type) {
	case QUERY_INTEGER:
		return number_parse(&v->number, v->text, len, p->min, p->max);
	case QUERY_UUID:
		return uuid_parse(&v->uuid, v->text, len);
	case QUERY_TIME:
		return time_parse(&v->number, v->text, len);
	case QUERY_WORD:
		return (v->number = words_find(p->words, v->text)) >= 0;
	case QUERY_TEXT:
		return (long)len >= p->min && (long)len <= p->max;
	}
	return false;
}

static bool
refuse_value(struct query_fault *fault, const struct query_parameter *p)
{
	char *out = fault->expected;
	size_t size = sizeof(fault->expected);

	fault_name(fault, p->name, strlen(p->name));
	switch (p->type) {
	case QUERY_INTEGER:
		expected_range(out, size, "an integer", p->min, p->max, "");
		break;
	case QUERY_UUID:
		(void)snprintf(out, size, "a UUID");
		break;
	case QUERY_TIME:
		(void)snprintf(out, size, "an RFC 3339 time");
		break;
	case QUERY_WORD:
		expected_words(out, size, p->words);
		break;
	case QUERY_TEXT:
		expected_range(out, size, "text", p->min, p->max, " bytes long");
		break;
	}
	return false;
}

/* ---- pairs ---- */

/* The parameters that there are, for whoever sent another one. */
static bool
refuse_unknown(struct splitter *s, const char *name)
{
	const char *names[QUERY_PARAMETERS_MAX + 1];
	size_t i;

	if (s->count == 0)
		return refuse(s->fault, name, strlen(name), "no parameter");
	for (i = 0; i < s->count; i++)
		names[i] = s->parameters[i].name;
	names[i] = NULL;
	fault_name(s->fault, name, strlen(name));
	expected_words(s->fault->expected, sizeof(s->fault->expected), names);
	return false;
}

static bool
store(struct splitter *s, const char *name, const char *value)
{
	struct query_value *v;
	size_t i;

	for (i = 0; i < s->count && strcmp(s->parameters[i].name, name) != 0; i++)
		continue;
	if (i == s->count)
		return refuse_unknown(s, name);
	v = &s->query->value[i];
	if (v->present)
		return refuse(s->fault, name, strlen(name), "at most once");
	v->present = true;
	v->text = value;
	return parse_value(v, &s->parameters[i]) || refuse_value(s->fault, &s->parameters[i]);
}

/* "name=value", or "name" for an empty value; `len` bytes. */
static bool
split_pair(struct splitter *s, const char *pair, size_t len)
{
	const char *equals = memchr(pair, '=', len), *name, *value = "";
	size_t name_len = equals != NULL ? (size_t)(equals - pair) : len;

	if ((name = decode(s, pair, name_len)) == NULL)
		return refuse(s->fault, pair, name_len,
		    "percent-encoded UTF-8 without control characters");
	if (equals != NULL && (value = decode(s, equals + 1, len - name_len - 1)) == NULL)
		return refuse(s->fault, name, strlen(name),
		    "percent-encoded UTF-8 without control characters");
	return store(s, name, value);
}

bool
query_parse(struct query *query, const char *text, const struct query_parameter *parameters,
    size_t count, struct query_fault *fault)
{
	struct splitter s = {
		.query = query,
		.parameters = parameters,
		.count = count,
		.fault = fault,
	};
	size_t len;

	memset(query->value, 0, sizeof(query->value));
	if (strlen(text) > QUERY_MAX)
		return refuse(fault, "(query)", strlen("(query)"),
		    "a query string of at most 4096 bytes");
	for (;;) {
		len = strcspn(text, "&");
		if (len > 0 && !split_pair(&s, text, len))
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}
