/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/words.h"
#include "db/told_rules.h"

void
told_rules_begin(struct told_rules *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		told_clear(&r->rule[i].told);
	r->count = 0;
	r->failed = false;
}

void
told_rules_clear(struct told_rules *r)
{
	told_rules_begin(r);
	free(r->rule);
	*r = (struct told_rules){ .rule = NULL };
}

bool
told_rule_id(const struct told_entry *e, struct uuid *id)
{
	struct json_raw text = json_raw_member(e->after, "rule_id");

	if (text.text == NULL)
		text = json_raw_member(e->before, "rule_id");
	return text.text != NULL && text.len > 2 && uuid_parse(id, text.text + 1, text.len - 2);
}

/* The place of the first rule that is not before this id. */
static size_t
place_of(const struct told_rules *r, const struct uuid *id)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(&r->rule[middle].told.id, id, sizeof(*id)) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_at(const struct told_rules *r, size_t place, const struct uuid *id)
{
	return place < r->count && uuid_equal(&r->rule[place].told.id, id);
}

static bool
make_room(struct told_rules *r)
{
	size_t size = r->size > 0 ? 2 * r->size : 16;
	struct told_rule *more;

	if (r->count < r->size)
		return true;
	more = realloc(r->rule, size * sizeof(*more));
	if (more == NULL) {
		r->failed = true;
		return false;
	}
	r->rule = more;
	r->size = size;
	return true;
}

static bool
add(struct told_rules *r, size_t place, const struct uuid *id)
{
	if (!make_room(r))
		return false;
	memmove(r->rule + place + 1, r->rule + place, (r->count - place) * sizeof(*r->rule));
	r->rule[place] = (struct told_rule){ .sequence = 0 };
	told_begin(&r->rule[place].told, &told_tables[TOLD_RULES], id);
	r->count++;
	return true;
}

struct told *
told_rules_add(struct told_rules *r, const struct uuid *id, int64_t sequence)
{
	size_t place = place_of(r, id);

	if (is_at(r, place, id) || !add(r, place, id))
		return NULL;
	r->rule[place].sequence = sequence;
	return &r->rule[place].told;
}

static void
take_away(struct told_rules *r, size_t place)
{
	told_clear(&r->rule[place].told);
	r->count--;
	memmove(r->rule + place, r->rule + place + 1, (r->count - place) * sizeof(*r->rule));
}

void
told_rules_take(struct told_rules *r, const struct uuid *id, const struct told_entry *e,
    const struct told_sink *sink)
{
	size_t place = place_of(r, id);

	if (!is_at(r, place, id) && (!e->done || !add(r, place, id)))
		return;
	told_take(&r->rule[place].told, e, sink);
	r->failed = r->failed || r->rule[place].told.failed;
	r->rule[place].sequence = e->sequence;
	if (e->done && e->after.text == NULL)
		take_away(r, place);
}

void
told_rules_end(struct told_rules *r, const struct uuid *policy, const struct told_entry *e,
    const struct told_sink *sink)
{
	const struct json_raw counted = json_raw_member(e->before, "rules");
	struct buf text = BUF_EMPTY;

	if (!e->done || e->before.text == NULL || e->after.text != NULL)
		return;
	buf_addf(&text, "%zu", r->count);
	r->failed = r->failed || text.failed;
	if (!r->failed && counted.text != NULL && !json_raw_is(counted, buf_text(&text)))
		told_differs(sink,
		    &(struct difference){
			.kind = ENTRY_DIFFERS,
			.table = told_tables[OWNER_POLICY].name,
			.id = *policy,
			.column = "rules",
			.sequence = e->sequence,
			.told = json_raw_of(buf_text(&text)),
			.found = counted,
		    });
	while (r->count > 0)
		take_away(r, r->count - 1);
	buf_clear(&text);
}

static void
of_row(const struct told_sink *sink, enum difference_kind kind, const struct uuid *id,
    int64_t sequence)
{
	told_differs(sink,
	    &(struct difference){
		.kind = kind,
		.table = told_tables[TOLD_RULES].name,
		.id = *id,
		.sequence = sequence,
	    });
}

void
told_rules_compare(const struct told_rules *r, size_t *next, const struct uuid *id, const char *row,
    const struct told_sink *sink)
{
	for (; *next < r->count && memcmp(&r->rule[*next].told.id, id, sizeof(*id)) < 0; ++*next)
		of_row(sink, ROW_GONE, &r->rule[*next].told.id, r->rule[*next].sequence);
	if (is_at(r, *next, id)) {
		told_compare(&r->rule[*next].told, row, sink);
		++*next;
	} else {
		sink->count->rows++;
		of_row(sink, ROW_STRANGE, id, 0);
	}
}

void
told_rules_left(const struct told_rules *r, size_t next, const struct told_sink *sink)
{
	for (; next < r->count; next++)
		of_row(sink, ROW_GONE, &r->rule[next].told.id, r->rule[next].sequence);
}
