/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_CLOCK_H
#define GRANTD_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/*
 * Milliseconds of a clock that nobody sets and that counts from an arbitrary start; for deadlines. It goes on while the machine sleeps
 * (clock_gettime(2), CLOCK_BOOTTIME): what was learnt before, such as how far the database's clock is, is as old as it is.
 */
static inline int64_t
clock_monotonic_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The same clock in microseconds. */
static inline int64_t
clock_monotonic_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Microseconds since 1970-01-01T00:00:00Z; may jump when the clock is set. */
static inline int64_t
clock_wall_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#endif
