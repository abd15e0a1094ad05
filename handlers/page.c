/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/time_text.h"
#include "handlers/page.h"

#define KEY_BYTES 24 /* the number, most significant byte first, and the id */

/* RFC 4648 section 5; 24 bytes need no padding. */
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void
cursor_print(const struct page_key *key, char text[PAGE_CURSOR_LEN + 1])
{
	uint8_t bytes[KEY_BYTES];
	uint64_t number = (uint64_t)key->number;
	size_t i;

	for (i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	memcpy(bytes + 8, key->id.octet, sizeof(key->id.octet));
	for (i = 0; i < KEY_BYTES / 3; i++) {
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
cursor_parse(struct page_key *key, const char *text)
{
	uint8_t bytes[KEY_BYTES];
	uint64_t number = 0;
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < PAGE_CURSOR_LEN; i++) {
		const char *digit = text[i] != '\0' ? strchr(base64url, text[i]) : NULL;

		if (digit == NULL)
			return false;
		bits = bits << 6 | (uint32_t)(digit - base64url);
		if (i % 4 == 3) {
			bytes[i / 4 * 3] = (uint8_t)(bits >> 16);
			bytes[i / 4 * 3 + 1] = (uint8_t)(bits >> 8);
			bytes[i / 4 * 3 + 2] = (uint8_t)bits;
			bits = 0;
		}
	}
	for (i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	memcpy(&key->number, &number, sizeof(number));
	memcpy(key->id.octet, bytes + 8, sizeof(key->id.octet));
	return key->number >= TIME_LEAST && key->number <= TIME_MOST;
}

bool
page_read(struct call *c)
{
	const struct query_value *limit = &c->query.value[PAGE_QUERY_LIMIT];
	const struct query_value *cursor = &c->query.value[PAGE_QUERY_CURSOR];
	struct page_key key;

	c->page = (struct page){
		.after = false,
		.limit = limit->present ? (int)limit->number : PAGE_LIMIT_DEFAULT,
	};
	if (!cursor->present)
		return true;
	if (!cursor_parse(&key, cursor->text))
		return false;
	c->page.after = true;
	c->page.created_at = key.number;
	c->page.id = key.id;
	return true;
}

void
page_answer(struct call *c, page_item *item)
{
	struct json_object *data = json_object_new_array();
	char cursor[PAGE_CURSOR_LEN + 1];
	struct page_key key = { .number = 0 };
	struct json_build b;
	int i;

	for (i = 0; data != NULL && i < c->list.count; i++) {
		struct json_object *row = item(&c->list, i, &key);

		if (row == NULL || json_object_array_add(data, row) != 0) {
			json_object_put(row);
			json_object_put(data);
			data = NULL;
		}
	}
	cursor_print(&key, cursor);
	json_build_begin(&b);
	json_put_value(&b, "data", data);
	json_put_text(&b, "next_cursor", c->list.more ? cursor : NULL);
	json_put_bool(&b, "has_more", c->list.more);
	response_json(c->rs, 200, json_build_end(&b));
}
