/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/log_repeat.h"

static struct kind {
	uint64_t kind;       /* 0: free */
	int64_t since, last; /* its first and its last line, in milliseconds */
	unsigned long n;     /* lines, those that were written included */
	int level;
	char text[REPEAT_TEXT_MAX];
} kinds[REPEAT_KINDS + 1]; /* the last is for the rest */

#define REST (&kinds[REPEAT_KINDS])
#define KINDS_END (&kinds[REPEAT_KINDS + 1])

static int64_t first_due = INT64_MAX;

static bool
is_over(const struct kind *k, int64_t now)
{
	return now == INT64_MAX || now - k->since >= REPEAT_WINDOW_MS;
}

/* The kind's own place, or a free one; NULL: all are taken. */
static struct kind *
place_of(uint64_t kind, int64_t now)
{
	struct kind *k, *room = NULL;

	if (kind == REPEAT_REST)
		return REST;
	for (k = kinds; k < REST; k++) {
		if (k->kind == kind)
			return k;
		if (room == NULL && (k->kind == 0 || (k->n <= REPEAT_SHOWN && is_over(k, now))))
			room = k;
	}
	return room;
}

enum repeat
repeat_take(uint64_t kind, int level, const char *text, int64_t now)
{
	struct kind *k = place_of(kind, now);

	if (k == NULL)
		return REPEAT_FULL;
	if (k->kind != kind || is_over(k, now)) {
		k->kind = kind;
		k->since = now;
		k->n = 0;
		k->level = level;
	}
	k->last = now;
	if (++k->n <= REPEAT_SHOWN)
		return REPEAT_WRITE;
	if (first_due > k->since + REPEAT_WINDOW_MS)
		first_due = k->since + REPEAT_WINDOW_MS;
	(void)snprintf(k->text, sizeof(k->text), "%s", text);
	return REPEAT_COUNTED;
}

bool
repeat_next(int64_t now, struct repeated *r)
{
	struct kind *k;

	for (k = kinds; k < KINDS_END; k++) {
		if (k->kind == 0 || k->n <= REPEAT_SHOWN || !is_over(k, now))
			continue;
		r->level = k->level;
		r->times = k->n - REPEAT_SHOWN;
		r->seconds = (long)((k->last - k->since + 999) / 1000);
		memcpy(r->text, k->text, sizeof(r->text));
		k->kind = 0;
		return true;
	}
	first_due = INT64_MAX;
	for (k = kinds; k < KINDS_END; k++)
		if (k->kind != 0 && k->n > REPEAT_SHOWN && k->since + REPEAT_WINDOW_MS < first_due)
			first_due = k->since + REPEAT_WINDOW_MS;
	return false;
}

int64_t
repeat_due(void)
{
	return first_due;
}

void
repeat_forget(void)
{
	memset(kinds, 0, sizeof(kinds));
	first_due = INT64_MAX;
}
