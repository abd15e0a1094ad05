/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/hex.h"
#include "db/audit_row.h"

bool
audit_row_read(struct audit_row *e, struct db_row *row)
{
	e->tenant = db_get_uuid(row);
	e->id = db_get_uuid(row);
	e->actor_id = db_get_text(row);
	e->actor_type = db_get_text(row);
	e->action = db_get_text(row);
	e->resource_type = db_get_text(row);
	e->resource_id = db_get_uuid(row);
	e->outcome = db_get_text(row);
	e->second_form = db_get_bool(row);
	e->metadata = db_get_text(row);
	e->reasoning = db_get_text_or_null(row);
	e->created_at = db_get_int(row);
	e->sequence = db_get_int(row);
	db_get_bytea(row, e->previous_hash, sizeof(e->previous_hash));
	db_get_bytea(row, e->hash, sizeof(e->hash));
	return !row->failed;
}

static void
add_text(struct buf *form, const char *text)
{
	char length[24];
	size_t len;

	if (text == NULL) {
		buf_add(form, "-,", 2);
		return;
	}
	len = strlen(text);
	(void)snprintf(length, sizeof(length), "%zu:", len);
	buf_adds(form, length);
	buf_add(form, text, len);
	buf_addc(form, ',');
}

static void
add_uuid(struct buf *form, const struct uuid *u)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_print(u, text);
	add_text(form, text);
}

static void
add_int(struct buf *form, int64_t value)
{
	char text[21];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	add_text(form, text);
}

static void
first_form(const struct audit_row *e, struct buf *form)
{
	char previous[AUDIT_HASH_LEN * 2 + 1];

	hex_print(e->previous_hash, sizeof(e->previous_hash), previous);
	add_text(form, "grantd-audit-1");
	add_text(form, previous);
	add_uuid(form, &e->tenant);
	add_uuid(form, &e->id);
	add_text(form, e->resource_type);
	add_uuid(form, &e->resource_id);
	add_int(form, e->sequence);
	add_text(form, e->actor_id);
	add_text(form, e->actor_type);
	add_text(form, e->action);
	add_text(form, e->outcome);
	add_text(form, e->metadata);
	add_text(form, e->reasoning);
	add_int(form, e->created_at);
}

static void
add_int64(struct buf *form, int64_t value)
{
	const uint64_t big = htobe64((uint64_t)value);

	buf_add(form, &big, sizeof(big));
}

/* Its length, and the bytes. */
static void
add_counted(struct buf *form, const char *text)
{
	const uint32_t big = htobe32(text != NULL ? (uint32_t)strlen(text) : UINT32_MAX);

	buf_add(form, &big, sizeof(big));
	if (text != NULL)
		buf_adds(form, text);
}

static void
second_form(const struct audit_row *e, struct buf *form)
{
	buf_adds(form, "grantd-audit-2");
	buf_add(form, e->previous_hash, sizeof(e->previous_hash));
	buf_add(form, e->tenant.octet, sizeof(e->tenant.octet));
	buf_add(form, e->id.octet, sizeof(e->id.octet));
	buf_add(form, e->resource_id.octet, sizeof(e->resource_id.octet));
	add_int64(form, e->sequence);
	add_int64(form, e->created_at - MICROSECONDS_TO_2000);
	add_counted(form, e->resource_type);
	add_counted(form, e->actor_id);
	add_counted(form, e->actor_type);
	add_counted(form, e->action);
	add_counted(form, e->outcome);
	add_counted(form, e->reasoning);
	buf_adds(form, e->metadata);
}

bool
audit_row_hash(const struct audit_row *e, struct buf *work, uint8_t hash[AUDIT_HASH_LEN])
{
	unsigned made = 0;

	buf_reset(work);
	(e->second_form ? second_form : first_form)(e, work);
	return !work->failed &&
	    EVP_Digest(work->data, work->len, hash, &made, EVP_sha256(), NULL) == 1 &&
	    made == AUDIT_HASH_LEN;
}
