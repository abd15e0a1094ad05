/* SPDX-License-Identifier: MIT */
/* What came over HTTP, for people and for programs. */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/time_text.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"

#define PAGE_MOST 250 /* rows that a page over HTTP has */
#define MEMBER_MAX 32
#define OBJECT_STYLE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

/* NULL: null, or not there. Borrowed. */
static struct json_object *
find(struct json_object *object, const char *member)
{
	struct json_object *value = NULL;
	const char *dot = strchr(member, '.');
	char name[MEMBER_MAX];
	size_t len = dot != NULL ? (size_t)(dot - member) : strlen(member);

	if (len >= sizeof(name))
		return NULL;
	memcpy(name, member, len);
	name[len] = '\0';
	if (!json_object_object_get_ex(object, name, &value))
		return NULL;
	return dot != NULL ? find(value, dot + 1) : value;
}

static void
add_array(struct table *t, struct json_object *array)
{
	struct buf text = BUF_EMPTY;
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++)
		buf_addf(&text, "%s%s", i > 0 ? " " : "",
		    json_object_get_string(json_object_array_get_idx(array, i)));
	table_text(t, buf_text(&text));
	buf_clear(&text);
}

static void
add_time(struct table *t, struct json_object *value)
{
	const char *text = json_object_get_string(value);
	int64_t time;

	table_time(t, text != NULL && time_parse(&time, text, strlen(text)) ? &time : NULL);
}

static void
add_cell(struct table *t, const struct shown *s, struct json_object *of)
{
	struct json_object *value = find(of, s->member);
	const char *text = value != NULL ? json_object_get_string(value) : "-";
	struct uuid id;

	switch (s->as) {
	case SHOW_ID:
		if (uuid_parse(&id, text, strlen(text)))
			table_uuid(t, &id);
		else
			table_text(t, text);
		break;
	case SHOW_TIME:
		add_time(t, value);
		break;
	case SHOW_SWITCH:
		table_text(t, json_object_get_boolean(value) ? "on" : "off");
		break;
	case SHOW_YES:
		table_text(t, json_object_get_boolean(value) ? "yes" : "no");
		break;
	case SHOW_TEXT:
		if (json_object_is_type(value, json_type_array))
			add_array(t, value);
		else if (json_object_is_type(value, json_type_object))
			table_text(t, json_object_to_json_string_ext(value, OBJECT_STYLE));
		else
			table_text(t, text);
		break;
	}
}

enum status
remote_show(struct ctl *c, const struct shown *shown, int count, struct json_object *value)
{
	struct table t;
	int i;

	if (c->json)
		return output_json(c, value);
	table_begin(&t, NULL, 2);
	for (i = 0; i < count; i++) {
		table_text(&t, shown[i].name);
		add_cell(&t, &shown[i], value);
	}
	json_object_put(value);
	return output_table(c, &t);
}

/* The page behind `cursor`, with `limit` rows at most. */
static enum status
read_page(struct ctl *c, const struct buf *path, const char *cursor, int64_t limit,
    struct json_object **page)
{
	struct buf whole = BUF_EMPTY;
	char number[24];
	enum status st;

	(void)snprintf(number, sizeof(number), "%d", (int)(limit < PAGE_MOST ? limit : PAGE_MOST));
	whole.failed = path->failed;
	buf_adds(&whole, buf_text(path));
	remote_query(c, &whole, "limit", number);
	remote_query(c, &whole, "cursor", cursor);
	st = remote_call(c, "GET", &whole, NULL, page);
	buf_clear(&whole);
	return st;
}

/* Told each page's rows. */
typedef enum status take_rows(struct ctl *, struct json_object *rows, bool first, void *of);

/* `page` is the first, or NULL; what is read is released. */
static enum status
each_page(struct ctl *c, const struct buf *path, int64_t limit, take_rows *take, void *of)
{
	struct json_object *page = NULL, *next = NULL, *rows = NULL;
	enum status st = read_page(c, path, NULL, limit, &page);
	int64_t got = 0;

	while (st == STATUS_DONE) {
		rows = find(page, "data");
		if (!json_object_is_type(rows, json_type_array)) {
			st = session_refuse(c, "what came is no list");
			break;
		}
		st = take(c, rows, got == 0, of);
		got += (int64_t)json_object_array_length(rows);
		if (st != STATUS_DONE || got >= limit || *remote_text(page, "next_cursor") == '\0')
			break;
		st = read_page(c, path, remote_text(page, "next_cursor"), limit - got, &next);
		json_object_put(page);
		page = next;
	}
	json_object_put(page);
	return st;
}

struct print {
	const struct shown *shown;
	int columns;
	struct table table;
};

static enum status
print_rows(struct ctl *c, struct json_object *rows, bool first, void *of)
{
	struct print *p = of;
	enum status st = STATUS_DONE;
	struct json_object *row;
	size_t i;
	int j;

	for (i = 0; st == STATUS_DONE && i < json_object_array_length(rows); i++) {
		row = json_object_array_get_idx(rows, i);
		if (c->json) {
			(void)fputs(first && i == 0 ? "" : ",", stdout);
			st = output_json(c, json_object_get(row));
		}
		for (j = 0; !c->json && j < p->columns; j++)
			add_cell(&p->table, &p->shown[j], row);
	}
	if (!c->json && !table_print(&p->table, stdout))
		return session_refuse(c, "out of memory");
	return st;
}

/* `headings` are those of p->table, which borrows them. */
static void
print_begin(struct print *p, const char *headings[TABLE_COLUMNS_MAX])
{
	int i;

	for (i = 0; i < p->columns; i++)
		headings[i] = p->shown[i].name;
	table_begin(&p->table, headings, p->columns);
}

enum status
remote_table(struct ctl *c, const struct shown *shown, int columns, struct json_object *rows)
{
	const char *headings[TABLE_COLUMNS_MAX];
	struct print p = { .shown = shown, .columns = columns };
	enum status st;

	print_begin(&p, headings);
	st = print_rows(c, rows, true, &p);
	table_clear(&p.table);
	return st;
}

enum status
remote_list(struct ctl *c, const struct shown *shown, int columns, const struct buf *path)
{
	const int64_t *limit = args_number(&c->args, "limit");
	const char *headings[TABLE_COLUMNS_MAX];
	struct print p = { .shown = shown, .columns = columns };
	enum status st;

	print_begin(&p, headings);
	if (c->json)
		(void)fputs("[", stdout);
	st = each_page(c, path, limit != NULL ? *limit : INT64_MAX, print_rows, &p);
	if (c->json && st == STATUS_DONE)
		(void)puts("]");
	table_clear(&p.table);
	return st;
}

static enum status
gather(struct ctl *c, struct json_object *rows, bool first, void *of)
{
	struct json_object **all = of;
	size_t i;

	(void)first;
	for (i = 0; i < json_object_array_length(rows); i++)
		json_array_append(all, json_object_get(json_object_array_get_idx(rows, i)));
	return *all != NULL ? STATUS_DONE : session_refuse(c, "out of memory");
}

enum status
remote_rows(struct ctl *c, const struct buf *path, struct json_object **rows)
{
	enum status st;

	*rows = json_object_new_array();
	st = each_page(c, path, INT64_MAX, gather, rows);
	if (st == STATUS_DONE)
		return st;
	json_object_put(*rows);
	*rows = NULL;
	return st;
}
