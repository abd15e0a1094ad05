/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_LOG_REPEAT_H
#define GRANTD_BASE_LOG_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Lines that say the same again and again, for base/log.c alone. The first REPEAT_SHOWN of a kind are written; those that follow
 * within REPEAT_WINDOW_MS are counted, and their number is told when that time is over. A process has its own count.
 *
 * A kind is a number that the caller makes of what is the same. There is room for REPEAT_KINDS at a time.
 */
#define REPEAT_SHOWN 3
#define REPEAT_WINDOW_MS 10000
#define REPEAT_KINDS 32
#define REPEAT_TEXT_MAX 256

/* The kind of all that there is no room for. It has a place of its own. */
#define REPEAT_REST UINT64_MAX

enum repeat { REPEAT_WRITE, REPEAT_COUNTED, REPEAT_FULL };

/*
 * A line of this kind, which is not 0: to be written, or counted with the text; or there is no room for another kind. What is over
 * at `now` was taken out before, with repeat_next().
 */
enum repeat repeat_take(uint64_t kind, int level, const char *text, int64_t now);

/* What was counted: times in so many seconds, and the last one's text (cut). */
struct repeated {
	int level;
	unsigned long times;
	long seconds;
	char text[REPEAT_TEXT_MAX];
};

/* Take out one kind whose time is over at `now` (INT64_MAX: any), where something was counted. False: there is none. */
bool repeat_next(int64_t now, struct repeated *);

/* When the first of the times is over; INT64_MAX: there is nothing to tell. */
int64_t repeat_due(void);

/* Forget all: in a new process, whose parent tells its own. */
void repeat_forget(void);

#endif
