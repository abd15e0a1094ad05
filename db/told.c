/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/words.h"
#include "db/told.h"

#define COLUMN(name_, expression, member_, made_, set_by_) \
	{ .name = (name_), .member = (member_), .made = (made_), .set_by = (set_by_) },
#define COUNTED(name_, expression, member_, made_, set_by_) +1
#define LEFT_OUT(name_, why_) { .name = (name_), .why = (why_) },
#define TABLE(name_, columns_, not_) \
	{ \
		.name = (name_), .columns = 0 columns_(COUNTED), .column = { columns_(COLUMN) }, \
		.not_compared = { \
			not_(LEFT_OUT) \
		} \
	}

const struct told_table told_tables[TOLD_TABLES] = {
	[OWNER_TENANT] = TABLE("tenants", TOLD_TENANTS, TOLD_NOT_TENANTS),
	[OWNER_API_KEY] = TABLE("api_keys", TOLD_API_KEYS, TOLD_NOT_API_KEYS),
	[OWNER_GRANT] = TABLE("grants", TOLD_GRANTS, TOLD_NOT_GRANTS),
	[OWNER_POLICY] = TABLE("policies", TOLD_POLICIES, TOLD_NOT_POLICIES),
	[TOLD_RULES] = TABLE("policy_rules", TOLD_POLICY_RULES, TOLD_NOT_POLICY_RULES),
};

const char *
difference_text(enum difference_kind kind)
{
	static const char *const texts[] = {
		[ROW_DIFFERS] = "it is not what the entries tell",
		[ROW_STRANGE] = "no entry tells of this row",
		[ROW_GONE] = "the entries tell of this row, and it is not there",
		[ENTRY_DIFFERS] =
		    "this entry found something else than the one before it left: it was changed in between",
		[ENTRY_STRANGE] = "this entry is of a chain of no known kind",
		[COUNT_DIFFERS] = "there are not as many events as the count says",
		[EVENTS_STRANGE] = "these are of a grant that is not there",
		[TENANT_STRANGE] = "there are rows of a tenant that is not there",
	};

	return texts[kind];
}

void
told_count_add(struct told_count *sum, const struct told_count *more)
{
	sum->rows += more->rows;
	sum->untold += more->untold;
	sum->differences += more->differences;
}

void
told_differs(const struct told_sink *sink, const struct difference *d)
{
	sink->count->differences++;
	if (sink->differs != NULL)
		sink->differs(sink->context, d);
}

bool
told_entry_read(struct told_entry *e, const struct audit_row *row)
{
	struct json_raw name, value, other = JSON_RAW_NONE; /* `other` is for nobody */
	struct json_raw_walk w;

	e->action = row->action;
	e->done = strcmp(row->outcome, "done") == 0;
	e->sequence = row->sequence;
	e->before = e->after = e->policy_version = (struct json_raw)JSON_RAW_NONE;
	if (json_raw_begin(&w, json_raw_of(row->metadata)))
		while (json_raw_next(&w, &name, &value)) {
			struct json_raw *member = json_raw_is(name, "before") ? &e->before :
			    json_raw_is(name, "after")                        ? &e->after :
			    json_raw_is(name, "policy_version")               ? &e->policy_version :
										&other;

			/* The last of a name, which is ours: those before it are of the request. */
			*member = json_raw_is(value, "null") ? (struct json_raw)JSON_RAW_NONE :
							       value;
		}
	e->at[0] = '"';
	if (!time_print(row->created_at, e->at + 1))
		return false;
	memcpy(e->at + 1 + TIME_TEXT_LEN, "\"", sizeof("\""));
	return true;
}

void
told_begin(struct told *t, const struct told_table *table, const struct uuid *id)
{
	size_t i;

	t->table = table;
	t->id = *id;
	t->failed = false;
	t->begun = false;
	for (i = 0; i < TOLD_COLUMNS_MAX; i++)
		t->value[i].is = false;
}

void
told_clear(struct told *t)
{
	size_t i;

	for (i = 0; i < TOLD_COLUMNS_MAX; i++)
		buf_clear(&t->value[i].text);
	*t = (struct told){ .table = NULL };
}

/* The column that entries call so; -1: none. */
static int
column_of(const struct told_table *table, struct json_raw member)
{
	size_t i;

	for (i = 0; i < table->columns; i++)
		if (json_raw_is(member, table->column[i].member))
			return (int)i;
	return -1;
}

static void
set(struct told *t, size_t column, struct json_raw text, int64_t sequence)
{
	struct told_value *v = &t->value[column];

	buf_reset(&v->text);
	buf_add(&v->text, text.text, text.len);
	v->is = true;
	v->sequence = sequence;
	if (v->text.failed)
		t->failed = true;
}

static bool
is_so(const struct told_value *v, struct json_raw text)
{
	return v->text.len == text.len && memcmp(buf_text(&v->text), text.text, text.len) == 0;
}

/* The digests of keys' hashes are no secrets, and of no use to a reader. */
static struct json_raw
shown(const struct told_column *column, struct json_raw text)
{
	return strcmp(column->name, "hash") == 0 ? (struct json_raw)JSON_RAW_NONE : text;
}

static struct json_raw
told_text(const struct told_value *v)
{
	return (struct json_raw){ .text = buf_text(&v->text), .len = v->text.len };
}

static void
compare_before(const struct told *t, const struct told_entry *e, const struct told_sink *sink)
{
	struct json_raw name, value;
	struct json_raw_walk w;

	if (!json_raw_begin(&w, e->before))
		return;
	while (json_raw_next(&w, &name, &value)) {
		int i = column_of(t->table, name);

		if (i < 0 || !t->value[i].is || is_so(&t->value[i], value))
			continue;
		told_differs(sink,
		    &(struct difference){
			.kind = ENTRY_DIFFERS,
			.table = t->table->name,
			.id = t->id,
			.column = t->table->column[i].name,
			.sequence = e->sequence,
			.told = shown(&t->table->column[i], told_text(&t->value[i])),
			.found = shown(&t->table->column[i], value),
		    });
	}
}

/* What the entry sets without a word. */
static void
take_unsaid(struct told *t, const struct told_entry *e)
{
	bool changed = e->before.text != NULL || e->after.text != NULL;
	bool made = !t->begun && e->before.text == NULL && changed;
	size_t i;

	for (i = 0; i < t->table->columns; i++) {
		const struct told_column *c = &t->table->column[i];
		const char *text = made ? c->made : NULL;

		if (c->set_by != NULL && changed &&
		    (strcmp(c->set_by, TOLD_EACH) == 0 || strcmp(c->set_by, e->action) == 0))
			text = TOLD_NOW;
		if (text != NULL && strcmp(text, TOLD_NOW) == 0)
			text = e->at;
		if (text != NULL)
			set(t, i, json_raw_of(text), e->sequence);
	}
	t->begun = t->begun || changed;
}

static void
take_after(struct told *t, const struct told_entry *e)
{
	struct json_raw name, value;
	struct json_raw_walk w;

	if (!json_raw_begin(&w, e->after))
		return;
	while (json_raw_next(&w, &name, &value)) {
		int i = column_of(t->table, name);

		if (i >= 0)
			set(t, (size_t)i, value, e->sequence);
	}
}

/* What ends a row tells nothing of it after that, but it is one version on. */
static void
take_end(struct told *t, const struct told_entry *e)
{
	const struct json_raw was = json_raw_member(e->before, "version");
	const struct json_raw name = json_raw_of("version");
	int column = column_of(t->table, name);
	struct buf text = BUF_EMPTY;
	int64_t version;

	if (was.text == NULL || column < 0 ||
	    !number_parse(&version, was.text, was.len, 1, INT64_MAX - 1))
		return;
	buf_addf(&text, "%" PRId64, version + 1);
	set(t, (size_t)column, json_raw_of(buf_text(&text)), e->sequence);
	t->failed = t->failed || text.failed;
	buf_clear(&text);
}

void
told_take(struct told *t, const struct told_entry *e, const struct told_sink *sink)
{
	compare_before(t, e, sink);
	if (!e->done)
		return;
	take_unsaid(t, e);
	take_after(t, e);
	if (e->after.text == NULL)
		take_end(t, e);
}

void
told_compare(const struct told *t, const char *row, const struct told_sink *sink)
{
	const struct json_raw all = json_raw_of(row);
	struct json_raw name, value;
	struct json_raw_walk w;
	size_t i = 0;

	sink->count->rows++;
	if (!json_raw_begin(&w, all) || !json_raw_next(&w, &name, &value)) /* the id */
		return;
	for (; i < t->table->columns && json_raw_next(&w, &name, &value); i++) {
		const struct told_column *c = &t->table->column[i];
		const struct told_value *v = &t->value[i];

		if (!v->is)
			sink->count->untold++;
		else if (!is_so(v, value))
			told_differs(sink,
			    &(struct difference){
				.kind = ROW_DIFFERS,
				.table = t->table->name,
				.id = t->id,
				.column = c->name,
				.sequence = v->sequence,
				.told = shown(c, told_text(v)),
				.found = shown(c, value),
			    });
	}
}
