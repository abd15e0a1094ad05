/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include <json-c/json.h>

#include "base/hex.h"
#include "base/json_build.h"
#include "base/time_text.h"
#include "db/audit_text.h"
#include "db/json.h"

#define CSV_HEADER \
	"id,actor_id,actor_type,action,resource_type,resource_id,outcome,metadata,reasoning," \
	"created_at,sequence,hash,previous_hash\r\n"
#define CSV_COLUMNS 13

const char *const audit_format_names[] = { "ndjson", "csv", NULL };

const char *
audit_format_type(enum audit_format format)
{
	return format == AUDIT_CSV ? "text/csv; charset=utf-8" : "application/x-ndjson";
}

/* Always in quotes, which may stand around any field (RFC 4180 section 2, rule 5). */
static void
csv_text(struct buf *out, const char *text)
{
	size_t len;

	if (text == NULL)
		return;
	buf_addc(out, '"');
	if (text[0] != '\0' && strchr("=+-@'", text[0]) != NULL)
		buf_addc(out, '\'');
	for (; *text != '\0'; text += len) {
		len = strcspn(text, "\"");
		buf_add(out, text, len);
		if (text[len] == '"') {
			buf_add(out, "\"\"", 2);
			len++;
		}
	}
	buf_addc(out, '"');
}

static void
csv_uuid(struct buf *out, const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_print(u, text);
	buf_adds(out, text);
}

static void
csv_hash(struct buf *out, const uint8_t hash[AUDIT_HASH_LEN])
{
	char text[AUDIT_HASH_LEN * 2 + 1];

	hex_print(hash, AUDIT_HASH_LEN, text);
	buf_adds(out, text);
}

static void
csv_time(struct buf *out, int64_t t)
{
	char text[TIME_TEXT_LEN + 1];

	if (!time_print(t, text))
		out->failed = true;
	buf_adds(out, text);
}

static void
csv_entry(struct buf *out, const struct audit_row *e)
{
	csv_uuid(out, &e->id);
	buf_addc(out, ',');
	csv_text(out, e->actor_id);
	buf_addf(out, ",%s,", e->actor_type);
	csv_text(out, e->action);
	buf_addf(out, ",%s,", e->resource_type);
	csv_uuid(out, &e->resource_id);
	buf_addf(out, ",%s,", e->outcome);
	csv_text(out, e->metadata);
	buf_addc(out, ',');
	csv_text(out, e->reasoning);
	buf_addc(out, ',');
	csv_time(out, e->created_at);
	buf_addf(out, ",%" PRId64 ",", e->sequence);
	csv_hash(out, e->hash);
	buf_addc(out, ',');
	csv_hash(out, e->previous_hash);
	buf_add(out, "\r\n", 2);
}

static void
ndjson_line(struct buf *out, struct json_object *o)
{
	json_print(out, o);
	buf_addc(out, '\n');
}

void
audit_text_begin(struct audit_text *t)
{
	if (t->format == AUDIT_CSV)
		buf_adds(&t->out, t->with_tenant ? "tenant_id," CSV_HEADER : CSV_HEADER);
}

void
audit_text_entry(struct audit_text *t, const struct audit_row *e)
{
	t->entries++;
	if (t->format == AUDIT_NDJSON) {
		ndjson_line(&t->out, audit_row_json(e, t->with_tenant));
		return;
	}
	if (t->with_tenant) {
		csv_uuid(&t->out, &e->tenant);
		buf_addc(&t->out, ',');
	}
	csv_entry(&t->out, e);
}

void
audit_text_end(struct audit_text *t)
{
	int i;

	if (t->format == AUDIT_NDJSON) {
		buf_addf(&t->out, "{\"complete\":true,\"entries\":%" PRId64 "}\n", t->entries);
		return;
	}
	buf_addf(&t->out, "complete,%" PRId64, t->entries);
	for (i = 2; i < CSV_COLUMNS + t->with_tenant; i++)
		buf_addc(&t->out, ',');
	buf_add(&t->out, "\r\n", 2);
}
