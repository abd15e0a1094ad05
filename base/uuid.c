/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/mman.h>

#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "base/uuid.h"

#define MILLISECONDS_MOST ((INT64_C(1) << 48) - 1) /* of version 7 */

static bool
is_hyphen_place(size_t i)
{
	return i == 8 || i == 13 || i == 18 || i == 23;
}

bool
uuid_parse(struct uuid *u, const char *text, size_t len)
{
	char digits[2 * sizeof(u->octet)];
	struct uuid parsed;
	size_t i, n = 0;

	if (len != UUID_TEXT_LEN)
		return false;
	for (i = 0; i < len; i++) {
		if (!is_hyphen_place(i))
			digits[n++] = text[i];
		else if (text[i] != '-')
			return false;
	}
	if (!hex_parse(parsed.octet, sizeof(parsed.octet), digits, sizeof(digits)))
		return false;
	*u = parsed;
	return true;
}

void
uuid_print(const struct uuid *u, char text[UUID_TEXT_LEN + 1])
{
	static const char digit[] = "0123456789abcdef";
	char *to = text;
	size_t i;

	for (i = 0; i < sizeof(u->octet); i++) {
		*to++ = digit[u->octet[i] >> 4];
		*to++ = digit[u->octet[i] & 0xF];
		if (i == 3 || i == 5 || i == 7 || i == 9)
			*to++ = '-';
	}
	*to = '\0';
}

/*
 * The next pair of millisecond and 12-bit counter, greater than the last one of this process. The
 * counter starts at random below 2048 in each new millisecond; when it runs over, or while the
 * clock stands behind the last value, the millisecond given out runs ahead of the clock.
 */
static void
next_tick(uint64_t now, unsigned random, uint64_t *milliseconds, unsigned *counter)
{
	static uint64_t last_milliseconds;
	static unsigned last_counter;

	if (now > last_milliseconds) {
		last_milliseconds = now;
		last_counter = random & 0x7FF;
	} else if (++last_counter > 0xFFF) {
		last_milliseconds++;
		last_counter = random & 0x7FF;
	}
	*milliseconds = last_milliseconds;
	*counter = last_counter;
}

/* Random bytes for the next ids: as many as getentropy(3) gives at once. */
struct batch {
	size_t left;
	uint8_t bytes[256];
};

/*
 * In a page of its own that is all zeros in a child (MADV_WIPEONFORK), so that it has an empty one
 * and no two processes give out the same. NULL: there is none to be had.
 */
static struct batch *
batch_open(void)
{
	void *page = mmap(NULL, sizeof(struct batch), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	if (madvise(page, sizeof(struct batch), MADV_WIPEONFORK) == 0)
		return page;
	(void)munmap(page, sizeof(struct batch));
	return NULL;
}

/* Each byte is given out once. */
static bool
take_random(uint8_t *to, size_t len)
{
	static struct batch *batch;

	if (batch == NULL && (batch = batch_open()) == NULL)
		return getentropy(to, len) == 0;
	if (batch->left < len) {
		batch->left = 0;
		if (getentropy(batch->bytes, sizeof(batch->bytes)) != 0)
			return false;
		batch->left = sizeof(batch->bytes);
	}
	batch->left -= len;
	memcpy(to, batch->bytes + batch->left, len);
	explicit_bzero(batch->bytes + batch->left, len);
	return true;
}

bool
uuid_make_v7(struct uuid *u)
{
	uint8_t random[2 + 8]; /* for the counter, and behind it */
	uint64_t milliseconds;
	struct uuid made;
	unsigned counter;
	int i;

	if (!take_random(random, sizeof(random)))
		return false;
	memcpy(made.octet + 8, random + 2, 8);
	next_tick((uint64_t)time_now() / 1000, (unsigned)(random[0] << 8 | random[1]),
	    &milliseconds, &counter);
	for (i = 0; i < 6; i++)
		made.octet[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
	made.octet[6] = (uint8_t)(0x70 | counter >> 8); /* version 7 */
	made.octet[7] = (uint8_t)counter;
	made.octet[8] = (uint8_t)(0x80 | (made.octet[8] & 0x3F)); /* variant 10 */
	*u = made;
	return true;
}

void
uuid_v7_least(struct uuid *u, int64_t time)
{
	int64_t milliseconds = time < 0 ? 0 : time / 1000;
	int i;

	if (milliseconds > MILLISECONDS_MOST)
		milliseconds = MILLISECONDS_MOST;
	memset(u, 0, sizeof(*u));
	for (i = 0; i < 6; i++)
		u->octet[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
}

bool
uuid_equal(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->octet, b->octet, sizeof(a->octet)) == 0;
}
