/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "cedar/cedar.h"
#include "policy/instants.h"

/* Different constants that are followed; a set of rules that people write has a few. */
#define POINTS_MAX 1024
#define SPANS_MAX 32

/* Milliseconds that can be told in microseconds. */
#define MS_MOST (INT64_MAX / 1000 - 1)

/* What the rules name, in milliseconds, and each once. */
struct named {
	size_t points, spans;
	int64_t point[POINTS_MAX], span[SPANS_MAX];
};

static void
add_once(int64_t *list, size_t *count, size_t most, int64_t value)
{
	size_t i = 0;

	while (i < *count && list[i] != value)
		i++;
	if (i == *count && i < most && value > -MS_MOST && value < MS_MOST)
		list[(*count)++] = value;
}

static void
note_constant(void *with, bool duration, int64_t ms)
{
	struct named *n = with;

	if (duration)
		add_once(n->span, &n->spans, SPANS_MAX, ms);
	else
		add_once(n->point, &n->points, POINTS_MAX, ms);
}

/* Where it is full, the latest gives way: unless only what is `reckoned` comes, for which there is what room is left. */
static void
add_instant(struct instants *in, int64_t ms, bool reckoned)
{
	const int64_t at = ms * 1000;
	size_t i = in->count;

	while (i > 0 && in->at[i - 1] > at)
		i--;
	if (i == 0 || in->at[i - 1] == at) /* gone by, or there */
		return;
	if (in->count == INSTANTS_MAX && (reckoned || i == INSTANTS_MAX))
		return;
	if (in->count == INSTANTS_MAX)
		in->count--;
	memmove(&in->at[i + 1], &in->at[i], (in->count - i) * sizeof(in->at[0]));
	in->at[i] = at;
	in->count++;
}

/* A comparison with it turns from one of these to the next. */
static void
add_around(struct instants *in, int64_t ms, bool reckoned)
{
	int64_t d;

	for (d = -1; d <= 1; d++)
		if (ms > -MS_MOST && ms < MS_MOST)
			add_instant(in, ms + d, reckoned);
}

void
instants_of(struct instants *in, const struct policy_set *set, int64_t now_us)
{
	struct named n = { .points = 0 };
	size_t i, j;

	*in = (struct instants){ .count = 1, .at = { now_us } };
	cedar_set_times(set->program->cedar, note_constant, &n);
	for (i = 0; i < n.points; i++)
		add_around(in, n.point[i], false);
	for (i = 0; i < n.points; i++)
		for (j = 0; j < n.spans; j++) {
			add_around(in, n.point[i] + n.span[j], true);
			add_around(in, n.point[i] - n.span[j], true);
		}
}
