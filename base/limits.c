/* SPDX-License-Identifier: MIT */
/*
 * A count is the time at which it would be nothing again (the generic cell rate algorithm, ITU-T I.371): each failure moves that on by
 * 60/N seconds, and who is more than a minute ahead of the clock is over the limit. That is one number, and time alone makes it go down.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/random.h>

#include <arpa/inet.h>

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#include "base/limits.h"
#include "base/shared.h"

#define MINUTE_MS 60000
#define ROW 8 /* words: what a processor fetches at once */
#define ROWS (LIMITS_PLACES / ROW)

/* A word: who it is in the upper bits, and the time in milliseconds (34 years) in the lower. */
#define TIME_BITS 40
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

typedef _Atomic uint64_t row_of[ROW];

struct limits {
	uint64_t secret[2]; /* so that nobody can choose his row */
	row_of address[ROWS], name[ROWS], both[ROWS], key[ROWS];
	row_of good[ROWS]; /* the first 8 bytes of hashes */
};

struct limits *
limits_open(void)
{
	struct limits *l = shared_memory(sizeof(*l));

	if (l == NULL)
		return NULL;
	if (getrandom(l->secret, sizeof(l->secret), 0) == (ssize_t)sizeof(l->secret))
		return l;
	(void)munmap(l, sizeof(*l));
	errno = EIO;
	return NULL;
}

/* ---- who is who ---- */

static uint64_t
first_eight(const void *data)
{
	uint64_t x;

	memcpy(&x, data, sizeof(x));
	return x;
}

/* One to one, so that two who differ never are the same by more than chance. */
static uint64_t
scatter(const struct limits *l, uint64_t x)
{
	x = (x ^ l->secret[0]) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 31 ^ l->secret[1]) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 29;
}

/* An IPv4 address, also one that is written as IPv6; the network of an IPv6 one; whatever else it is, by its text. */
static uint64_t
address_of(const char *text)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
	uint8_t ip[16], v4[8] = { 0, 0, 0, 1 };
	uint64_t x = UINT64_C(0xCBF29CE484222325);

	if (inet_pton(AF_INET, text, v4 + 4) == 1)
		return first_eight(v4);
	if (inet_pton(AF_INET6, text, ip) != 1) {
		while (*text != '\0')
			x = (x ^ (unsigned char)*text++) * UINT64_C(0x100000001B3);
		return x;
	}
	if (memcmp(ip, mapped, sizeof(mapped)) != 0)
		return first_eight(ip);
	memcpy(v4 + 4, ip + 12, 4);
	return first_eight(v4);
}

static uint64_t
name_of(const char *name)
{
	char text[8] = "";

	memcpy(text, name, strnlen(name, sizeof(text)));
	return first_eight(text);
}

/* ---- counts ---- */

static _Atomic uint64_t *
row_at(row_of *table, uint64_t who)
{
	return table[who % ROWS];
}

static uint64_t
tag_of(uint64_t who)
{
	return who & ~TIME_MASK;
}

static int64_t
time_of(uint64_t word)
{
	return (int64_t)(word & TIME_MASK);
}

/* How far he is ahead of the clock, in milliseconds. */
static int64_t
ahead(row_of *table, uint64_t who, int64_t now)
{
	_Atomic uint64_t *row = row_at(table, who);
	int64_t most = 0;
	int i;

	for (i = 0; i < ROW; i++) {
		uint64_t word = atomic_load_explicit(&row[i], memory_order_relaxed);

		if (word != 0 && tag_of(word) == tag_of(who) && time_of(word) - now > most)
			most = time_of(word) - now;
	}
	return most;
}

/* His own word, or that of whoever counts least: *word is what it holds. */
static _Atomic uint64_t *
word_for(row_of *table, uint64_t who, uint64_t *word)
{
	_Atomic uint64_t *row = row_at(table, who), *least = NULL;
	uint64_t here;
	int i;

	for (i = 0; i < ROW; i++) {
		here = atomic_load_explicit(&row[i], memory_order_relaxed);
		if (least == NULL || time_of(here) < time_of(*word) ||
		    (here != 0 && tag_of(here) == tag_of(who))) {
			least = &row[i];
			*word = here;
		}
		if (here != 0 && tag_of(here) == tag_of(who))
			break;
	}
	return least;
}

static int64_t
step_of(int per_minute)
{
	return per_minute < MINUTE_MS ? MINUTE_MS / per_minute : 1;
}

static void
count(row_of *table, uint64_t who, int per_minute, int64_t now)
{
	int64_t step = step_of(per_minute), from;
	uint64_t word = 0;
	_Atomic uint64_t *at;
	int tries;

	for (tries = 0; tries < ROW; tries++) { /* others may come between */
		at = word_for(table, who, &word);
		from = time_of(word);
		if (tag_of(word) != tag_of(who) && from > now + step)
			return; /* all of them count more */
		if (tag_of(word) != tag_of(who) || from < now)
			from = now;
		if (from > now + MINUTE_MS)
			return;
		if (atomic_compare_exchange_strong(at, &word,
			tag_of(who) | ((uint64_t)(from + step) & TIME_MASK)))
			return;
	}
}

/* Seconds until one more is within the limit. */
static int
seconds_over(int64_t ahead_ms, int per_minute)
{
	int64_t over = ahead_ms + step_of(per_minute) - MINUTE_MS;

	return over > 0 ? (int)((over + 999) / 1000) : 0;
}

/* ---- keys that are good ---- */

static bool
is_good(struct limits *l, const uint8_t *hash)
{
	_Atomic uint64_t *row = row_at(l->good, first_eight(hash + 8));
	int i;

	for (i = 0; i < ROW; i++)
		if (atomic_load_explicit(&row[i], memory_order_relaxed) == first_eight(hash))
			return true;
	return false;
}

void
limits_good(struct limits *l, const uint8_t hash[API_KEY_HASH_LEN])
{
	_Atomic uint64_t *row = row_at(l->good, first_eight(hash + 8));
	uint64_t none;
	int i;

	if (is_good(l, hash))
		return;
	for (i = 0; i < ROW; i++) {
		none = 0;
		if (atomic_compare_exchange_strong(&row[i], &none, first_eight(hash)))
			return;
	}
	atomic_store(&row[hash[16] % ROW], first_eight(hash));
}

static void
forget_good(struct limits *l, const uint8_t *hash)
{
	_Atomic uint64_t *row = row_at(l->good, first_eight(hash + 8));
	uint64_t word;
	int i;

	for (i = 0; i < ROW; i++) {
		word = first_eight(hash);
		(void)atomic_compare_exchange_strong(&row[i], &word, 0);
	}
}

/* ---- the whole ---- */

/* What is counted of him. */
struct traces {
	uint64_t address, name, both;
};

static struct traces
traces_of(const struct limits *l, const struct limits_who *who)
{
	struct traces t;

	t.address = scatter(l, address_of(who->address));
	t.name = scatter(l, name_of(who->name));
	t.both = scatter(l, t.address ^ t.name);
	return t;
}

int
limits_wait(struct limits *l, const struct limits_allowed *allowed, const struct limits_who *who,
    int64_t now)
{
	struct traces t = traces_of(l, who);
	int wait = 0, wait_name = 0;

	if (allowed->address > 0)
		wait = seconds_over(ahead(l->address, t.address, now), allowed->address);
	if (*who->name == '\0')
		return wait;
	if (allowed->name > 0 && ahead(l->both, t.both, now) > 0)
		wait_name = seconds_over(ahead(l->name, t.name, now), allowed->name);
	wait = wait > wait_name ? wait : wait_name;
	return wait > 0 && is_good(l, who->hash) ? 0 : wait;
}

void
limits_failed(struct limits *l, const struct limits_allowed *allowed, const struct limits_who *who,
    int64_t now)
{
	struct traces t = traces_of(l, who);

	if (allowed->address > 0)
		count(l->address, t.address, allowed->address, now);
	if (*who->name == '\0')
		return;
	forget_good(l, who->hash);
	if (allowed->name > 0) {
		count(l->name, t.name, allowed->name, now);
		count(l->both, t.both, 1, now); /* for a minute, or two */
	}
}

int
limits_request(struct limits *l, const struct limits_allowed *allowed,
    const uint8_t hash[API_KEY_HASH_LEN], int64_t now)
{
	uint64_t who = scatter(l, first_eight(hash));
	int wait;

	if (allowed->key == 0)
		return 0;
	wait = seconds_over(ahead(l->key, who, now), allowed->key);
	if (wait == 0)
		count(l->key, who, allowed->key, now);
	return wait;
}
