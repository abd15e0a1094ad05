/* SPDX-License-Identifier: MIT */
#include "config.h"

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

bool
audit_row_hash(const struct audit_row *e, struct buf *work, uint8_t hash[AUDIT_HASH_LEN])
{
	char previous[AUDIT_HASH_LEN * 2 + 1];
	unsigned made = 0;

	hex_print(e->previous_hash, sizeof(e->previous_hash), previous);
	buf_reset(work);
	add_text(work, "grantd-audit-1");
	add_text(work, previous);
	add_uuid(work, &e->tenant);
	add_uuid(work, &e->id);
	add_text(work, e->resource_type);
	add_uuid(work, &e->resource_id);
	add_int(work, e->sequence);
	add_text(work, e->actor_id);
	add_text(work, e->actor_type);
	add_text(work, e->action);
	add_text(work, e->outcome);
	add_text(work, e->metadata);
	add_text(work, e->reasoning);
	add_int(work, e->created_at);
	return !work->failed &&
	    EVP_Digest(work->data, work->len, hash, &made, EVP_sha256(), NULL) == 1 &&
	    made == AUDIT_HASH_LEN;
}
