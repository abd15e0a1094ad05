/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "db/told_state.h"

/* ---- writing ---- */

static void
write_told(const struct told *t, struct buf *out)
{
	const char *comma = "";
	size_t i;

	buf_addf(out, "{\"begun\":%s,\"columns\":{", t->begun ? "true" : "false");
	for (i = 0; i < t->table->columns; i++) {
		const struct told_value *v = &t->value[i];

		if (!v->is)
			continue;
		buf_addf(out, "%s\"%s\":{\"at\":%" PRId64 ",\"value\":", comma,
		    t->table->column[i].name, v->sequence);
		buf_add(out, v->text.data, v->text.len);
		buf_addc(out, '}');
		comma = ",";
	}
	buf_adds(out, "}}");
}

void
told_state_write(const struct told *t, const struct told_rules *r, const struct policies_told *p,
    struct buf *out)
{
	char id[UUID_TEXT_LEN + 1];
	size_t i;

	buf_adds(out, "{\"row\":");
	write_told(t, out);
	buf_adds(out, ",\"rules\":{");
	for (i = 0; i < r->count; i++) {
		uuid_print(&r->rule[i].told.id, id);
		buf_addf(out, "%s\"%s\":{\"at\":%" PRId64 ",\"told\":", i > 0 ? "," : "", id,
		    r->rule[i].sequence);
		write_told(&r->rule[i].told, out);
		buf_addc(out, '}');
	}
	buf_addf(out, "},\"policies\":{\"version\":%" PRId64 ",\"untold\":%s}}", p->version,
	    p->untold ? "true" : "false");
}

/* ---- reading ---- */

static bool
read_int(struct json_raw object, const char *name, int64_t *value)
{
	struct json_raw text = json_raw_member(object, name);

	return text.text != NULL && number_parse(value, text.text, text.len, 0, INT64_MAX);
}

static bool
read_bool(struct json_raw object, const char *name, bool *value)
{
	struct json_raw text = json_raw_member(object, name);

	*value = json_raw_is(text, "true");
	return *value || json_raw_is(text, "false");
}

/* A member that has to be there; it may be null, which json_raw_member() takes for none. */
static bool
member_of(struct json_raw object, const char *name, struct json_raw *value)
{
	struct json_raw at;
	struct json_raw_walk w;
	bool found = false;

	if (!json_raw_begin(&w, object))
		return false;
	while (!found && json_raw_next(&w, &at, value))
		found = json_raw_is(at, name);
	return found;
}

static bool
read_column(struct told *t, struct json_raw name, struct json_raw value)
{
	struct json_raw text;
	struct told_value *v;
	size_t i = 0;

	while (i < t->table->columns && !json_raw_is(name, t->table->column[i].name))
		i++;
	if (i == t->table->columns) /* a column that is not any more */
		return true;
	v = &t->value[i];
	if (!read_int(value, "at", &v->sequence) || !member_of(value, "value", &text))
		return false;
	buf_reset(&v->text);
	buf_add(&v->text, text.text, text.len);
	v->is = true;
	return !v->text.failed;
}

static bool
read_told(struct told *t, struct json_raw object)
{
	struct json_raw columns = json_raw_member(object, "columns"), name, value;
	struct json_raw_walk w;

	if (!read_bool(object, "begun", &t->begun) || columns.text == NULL ||
	    !json_raw_begin(&w, columns))
		return false;
	while (json_raw_next(&w, &name, &value))
		if (!read_column(t, name, value))
			return false;
	return true;
}

static bool
read_rules(struct told_rules *r, struct json_raw object)
{
	struct json_raw name, value;
	struct json_raw_walk w;
	struct told *told;
	struct uuid id;
	int64_t at;

	if (object.text == NULL || !json_raw_begin(&w, object))
		return false;
	while (json_raw_next(&w, &name, &value)) {
		if (!uuid_parse(&id, name.text, name.len) || !read_int(value, "at", &at))
			return false;
		told = told_rules_add(r, &id, at);
		if (told == NULL || !read_told(told, json_raw_member(value, "told")))
			return false;
	}
	return true;
}

bool
told_state_read(struct told *t, struct told_rules *r, struct policies_told *p, const char *text)
{
	const struct json_raw all = json_raw_of(text);
	const struct json_raw policies = json_raw_member(all, "policies");

	return read_told(t, json_raw_member(all, "row")) &&
	    read_rules(r, json_raw_member(all, "rules")) && policies.text != NULL &&
	    read_int(policies, "version", &p->version) && read_bool(policies, "untold", &p->untold);
}
