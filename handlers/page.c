/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/time_text.h"
#include "handlers/page.h"

/* Most significant byte first: the number, the id, the list. */
#define NUMBER_BYTES 8
#define ID_BYTES sizeof(((struct uuid *)0)->octet)
#define LIST_BYTES 6
#define CURSOR_BYTES (NUMBER_BYTES + ID_BYTES + LIST_BYTES)

/* RFC 4648 section 5; a multiple of 3 bytes needs no padding. */
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
_Static_assert(CURSOR_BYTES % 3 == 0 && CURSOR_BYTES / 3 * 4 == PAGE_CURSOR_LEN, "cursor");

/* FNV-1a, 64 bits. */
#define HASH_EMPTY UINT64_C(0xCBF29CE484222325)
#define HASH_PRIME UINT64_C(0x100000001B3)

static uint64_t
hash_add(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *bytes = data;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * HASH_PRIME;
	return hash;
}

/* With its end, so that where a text ends counts too. */
static uint64_t
hash_add_text(uint64_t hash, const char *text)
{
	return hash_add(hash, text, strlen(text) + 1);
}

/* By its value: what is spelled differently and means the same is the same filter. */
static uint64_t
hash_add_value(uint64_t hash, const struct query_parameter *parameter, const struct query_value *v)
{
	switch (parameter->type) {
	case QUERY_UUID:
		return hash_add(hash, v->uuid.octet, sizeof(v->uuid.octet));
	case QUERY_INTEGER:
	case QUERY_TIME:
		return hash_add(hash, &v->number, sizeof(v->number));
	case QUERY_WORD:
	case QUERY_TEXT:
		break;
	}
	return hash_add_text(hash, v->text);
}

/* Which list this is, in the lowest LIST_BYTES. */
static uint64_t
list_of(const struct call *c)
{
	uint64_t hash = hash_add_text(HASH_EMPTY, c->op->id);
	size_t i;

	hash = hash_add(hash, c->caller.tenant.octet, sizeof(c->caller.tenant.octet));
	for (i = 0; i < c->request.path.count; i++)
		hash = hash_add(hash, c->request.path_id[i].octet,
		    sizeof(c->request.path_id[i].octet));
	for (i = PAGE_QUERY_OWN; i < c->op->query_count; i++) {
		const struct query_parameter *parameter = &c->op->query[i];

		if (!c->request.query.value[i].present)
			continue;
		hash = hash_add_text(hash, parameter->name);
		hash = hash_add_value(hash, parameter, &c->request.query.value[i]);
	}
	return (hash ^ hash >> 48) & ((UINT64_C(1) << 8 * LIST_BYTES) - 1);
}

static uint8_t *
put_number(uint8_t *to, uint64_t number, size_t bytes)
{
	size_t i;

	for (i = 0; i < bytes; i++)
		to[i] = (uint8_t)(number >> 8 * (bytes - 1 - i));
	return to + bytes;
}

static uint64_t
get_number(const uint8_t *from, size_t bytes)
{
	uint64_t number = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
		number = number << 8 | from[i];
	return number;
}

static void
cursor_print(const struct page_key *key, uint64_t list, char text[PAGE_CURSOR_LEN + 1])
{
	uint8_t bytes[CURSOR_BYTES], *at;
	size_t i;

	at = put_number(bytes, (uint64_t)key->number, NUMBER_BYTES);
	memcpy(at, key->id.octet, ID_BYTES);
	(void)put_number(at + ID_BYTES, list, LIST_BYTES);
	for (i = 0; i < CURSOR_BYTES / 3; i++) {
		const uint8_t *b = bytes + 3 * i;
		char *t = text + 4 * i;

		t[0] = base64url[b[0] >> 2];
		t[1] = base64url[(b[0] & 3) << 4 | b[1] >> 4];
		t[2] = base64url[(b[1] & 15) << 2 | b[2] >> 6];
		t[3] = base64url[b[2] & 63];
	}
	text[PAGE_CURSOR_LEN] = '\0';
}

static bool
cursor_bytes(uint8_t bytes[CURSOR_BYTES], const char *text)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < PAGE_CURSOR_LEN; i++) {
		const char *digit = text[i] != '\0' ? strchr(base64url, text[i]) : NULL;

		if (digit == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(digit - base64url);
		if (i % 4 == 3)
			(void)put_number(bytes + i / 4 * 3, bits & 0xFFFFFF, 3);
	}
	return true;
}

static bool
cursor_parse(struct page_key *key, uint64_t list, const char *text)
{
	uint8_t bytes[CURSOR_BYTES];
	uint64_t number;

	if (!cursor_bytes(bytes, text))
		return false;
	number = get_number(bytes, NUMBER_BYTES);
	memcpy(&key->number, &number, sizeof(number));
	memcpy(key->id.octet, bytes + NUMBER_BYTES, ID_BYTES);
	return get_number(bytes + NUMBER_BYTES + ID_BYTES, LIST_BYTES) == list &&
	    key->number >= TIME_LEAST && key->number <= TIME_MOST;
}

bool
page_read(struct call *c)
{
	const struct query_value *limit = &c->request.query.value[PAGE_QUERY_LIMIT];
	const struct query_value *cursor = &c->request.query.value[PAGE_QUERY_CURSOR];

	c->request.page = (struct page){
		.after = cursor->present,
		.limit = limit->present ? (int)limit->number : PAGE_LIMIT_DEFAULT,
	};
	return !cursor->present || cursor_parse(&c->request.page.key, list_of(c), cursor->text);
}

void
page_answer(struct call *c, page_item *item)
{
	struct json_object *data = json_object_new_array();
	char cursor[PAGE_CURSOR_LEN + 1];
	struct json_build b;
	int i;

	for (i = 0; data != NULL && i < c->list.count; i++) {
		struct json_object *row = item(&c->list, i);

		if (row == NULL || json_object_array_add(data, row) != 0) {
			json_object_put(row);
			json_object_put(data);
			data = NULL;
		}
	}
	cursor_print(&c->list.next, list_of(c), cursor);
	json_build_begin(&b);
	json_put_value(&b, "data", data);
	json_put_text(&b, "next_cursor", c->list.more ? cursor : NULL);
	json_put_bool(&b, "has_more", c->list.more);
	response_json(c->rs, 200, json_build_end(&b));
}
