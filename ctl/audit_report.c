/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/utf8.h"
#include "ctl/audit_report.h"

#define SHOWN_MOST 120 /* bytes of a value in a line for people */

void
audit_report_begin(struct audit_report *r, bool json)
{
	*r = (struct audit_report){ .json = json };
	if (!json)
		return;
	r->faults = json_object_new_array();
	r->differences = json_object_new_array();
}

void
audit_report_clear(struct audit_report *r)
{
	json_object_put(r->faults);
	json_object_put(r->differences);
	r->faults = r->differences = NULL;
}

static struct json_object *
fault_json(const struct uuid *tenant, const struct audit_verdict *v)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "tenant_id", tenant);
	json_put_text(&b, "resource_type", v->resource_type);
	json_put_uuid(&b, "resource_id", &v->resource_id);
	json_put_int(&b, "sequence", v->sequence);
	json_put_uuid(&b, "entry_id", v->has_entry ? &v->entry : NULL);
	json_put_text(&b, "what", chain_fault_text(v->fault));
	return json_build_end(&b);
}

void
audit_report_fault(struct audit_report *r, const struct uuid *tenant, const struct audit_verdict *v)
{
	char tenant_text[UUID_TEXT_LEN + 1], resource[UUID_TEXT_LEN + 1], entry[UUID_TEXT_LEN + 1];

	if (r->json) {
		json_array_append(&r->faults, fault_json(tenant, v));
		return;
	}
	uuid_print(tenant, tenant_text);
	uuid_print(&v->resource_id, resource);
	uuid_print(&v->entry, entry);
	(void)printf("tenant %s, %s %s, entry %" PRId64 "%s%s%s: %s\n", tenant_text,
	    v->resource_type, resource, v->sequence, v->has_entry ? " (" : "",
	    v->has_entry ? entry : "", v->has_entry ? ")" : "", chain_fault_text(v->fault));
}

/* A value that is JSON; none: null, for it is not there, or not to be shown. */
static void
put_json(struct json_build *b, const char *member, struct json_raw value)
{
	struct buf text = BUF_EMPTY;

	buf_add(&text, value.text != NULL ? value.text : "null",
	    value.text != NULL ? value.len : strlen("null"));
	if (text.failed)
		json_put_value(b, member, NULL);
	else
		json_put_raw(b, member, buf_text(&text));
	buf_clear(&text);
}

static struct json_object *
difference_json(const struct uuid *tenant, const struct difference *d)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "tenant_id", d->kind == TENANT_STRANGE ? &d->id : tenant);
	json_put_text(&b, "table", d->table);
	json_put_uuid(&b, "id", d->kind == TENANT_STRANGE ? NULL : &d->id);
	json_put_text(&b, "column", d->column);
	if (d->sequence > 0)
		json_put_int(&b, "sequence", d->sequence);
	else
		json_put_text(&b, "sequence", NULL);
	put_json(&b, "told", d->told);
	put_json(&b, "found", d->found);
	json_put_text(&b, "what", difference_text(d->kind));
	return json_build_end(&b);
}

/* A value on a line for people: not all of a long one, and '?' for what could move a cursor. */
static void
print_value(const char *name, struct json_raw value)
{
	size_t at = 0, n;

	if (value.text == NULL)
		return;
	(void)printf("; %s ", name);
	while (at < value.len && at < SHOWN_MOST) {
		n = utf8_sequence(value.text + at, value.len - at);
		if (n > 0 && utf8_printable(value.text + at, n))
			(void)printf("%.*s", (int)n, value.text + at);
		else
			(void)putchar('?');
		at += n > 0 ? n : 1;
	}
	(void)fputs(at < value.len ? "..." : "", stdout);
}

void
audit_report_difference(struct audit_report *r, const struct uuid *tenant,
    const struct difference *d)
{
	char tenant_text[UUID_TEXT_LEN + 1], id[UUID_TEXT_LEN + 1];

	if (r->json) {
		json_array_append(&r->differences, difference_json(tenant, d));
		return;
	}
	uuid_print(d->kind == TENANT_STRANGE ? &d->id : tenant, tenant_text);
	uuid_print(&d->id, id);
	(void)printf("tenant %s, %s", tenant_text, d->table);
	if (d->kind != TENANT_STRANGE)
		(void)printf(" %s", id);
	if (d->column != NULL)
		(void)printf(", %s", d->column);
	if (d->sequence > 0)
		(void)printf(", entry %" PRId64, d->sequence);
	(void)printf(": %s", difference_text(d->kind));
	print_value("told", d->told);
	print_value("found", d->found);
	(void)putchar('\n');
}
