/* SPDX-License-Identifier: MIT */
/*
 * A query string. What is accepted is, encoded anew from its values, accepted with the same values.
 */
#include "config.h"

#include "fuzz.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "http/query.h"

static const char *const words[] = { "active", "expired", NULL };
static const struct query_parameter parameters[] = {
	{ .name = "i", .type = QUERY_INTEGER, .min = -9, .max = 250 },
	{ .name = "u", .type = QUERY_UUID },
	{ .name = "t", .type = QUERY_TIME },
	{ .name = "w", .type = QUERY_WORD, .words = words },
	{ .name = "text", .type = QUERY_TEXT, .min = 0, .max = 1000 },
};

/* Every byte encoded, since any may be. */
static void
encode(struct buf *b, const struct query *query)
{
	const char *p;
	size_t i;

	for (i = 0; i < COUNT_OF(parameters); i++) {
		if (!query->value[i].present)
			continue;
		buf_addf(b, "&%s=", parameters[i].name);
		for (p = query->value[i].text; *p != '\0'; p++)
			buf_addf(b, "%%%02x", (unsigned char)*p);
	}
}

static void
compare(const struct query *a, const struct query *b)
{
	size_t i;

	for (i = 0; i < COUNT_OF(parameters); i++) {
		HOLDS(a->value[i].present == b->value[i].present);
		HOLDS(a->value[i].number == b->value[i].number);
		HOLDS(uuid_equal(&a->value[i].uuid, &b->value[i].uuid));
		HOLDS(!a->value[i].present || strcmp(a->value[i].text, b->value[i].text) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct query query, again;
	char *text = fuzz_text(data, size);
	struct query_fault fault;
	struct buf b = BUF_EMPTY;

	if (query_parse(&query, text, parameters, COUNT_OF(parameters), &fault)) {
		encode(&b, &query);
		if (b.len <= QUERY_MAX) {
			HOLDS(query_parse(&again, buf_text(&b), parameters, COUNT_OF(parameters),
			    &fault));
			compare(&query, &again);
		}
		buf_clear(&b);
	} else {
		HOLDS(utf8_printable(fault.parameter,
		    strnlen(fault.parameter, sizeof(fault.parameter))));
		HOLDS(utf8_printable(fault.expected,
		    strnlen(fault.expected, sizeof(fault.expected))));
		HOLDS(fault.expected[0] != '\0');
	}
	free(text);
	return 0;
}
