/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/metrics.h"
#include "base/shared.h"

static struct metrics nobodys;
struct metrics *metrics_own = &nobodys;

struct metrics *
metrics_open(size_t n)
{
	return shared_memory(n * sizeof(struct metrics));
}

void
metrics_use(struct metrics *m)
{
	metrics_own = m != NULL ? m : &nobodys;
}

void
metrics_fold(struct metrics *to, struct metrics *from)
{
	int i;

	for (i = 0; i < METRIC__COUNT; i++) {
		atomic_store_explicit(&to->count[i], metrics_get(to, i) + metrics_get(from, i),
		    memory_order_relaxed);
		atomic_store_explicit(&from->count[i], 0, memory_order_relaxed);
	}
	for (i = 0; i < GAUGE__COUNT; i++)
		atomic_store_explicit(&from->gauge[i], 0, memory_order_relaxed);
	atomic_store(&from->operation, 0);
	atomic_store(&from->waits, WAIT_NOTHING);
	atomic_store(&from->waits_since, 0);
	atomic_store(&from->wanted, false);
}

void
metrics_time(int first, int64_t us)
{
	static const int64_t bounds[] = {
#define X(us) us,
		METRICS_BOUNDS(X)
#undef X
	};
	int i = 0;

	if (us < 0)
		us = 0;
	while (i < (int)COUNT_OF(bounds) && us > bounds[i])
		i++;
	metrics_add(first + i, 1);
	metrics_add(first + METRICS_BUCKETS, (uint64_t)us);
}

void
metrics_answer(int operation, int sort, int status, int64_t us)
{
	static const int statuses[] = {
#define X(status) status,
		METRICS_STATUSES(X)
#undef X
	};
	int i = METRICS_STATUS_COUNT - 1;

	while (i > 0 && statuses[i] != status)
		i--;
	metrics_add(METRIC_REQUESTS + operation * METRICS_STATUS_COUNT + i, 1);
	metrics_time(METRIC_REQUEST_TIME + sort * METRICS_HISTOGRAM, us);
}

/* The second number is resident pages (proc(5)). */
static long
resident_pages(void)
{
	char text[128];
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	ssize_t n;
	char *at;

	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	(void)strtol(text, &at, 10);
	return strtol(at, NULL, 10);
}

void
metrics_tell_memory(void)
{
	struct metrics *m = metrics_own;

	if (!atomic_load_explicit(&m->wanted, memory_order_relaxed))
		return;
	atomic_store_explicit(&m->wanted, false, memory_order_relaxed);
	metrics_set(GAUGE_RESIDENT, (uint64_t)resident_pages() * (uint64_t)sysconf(_SC_PAGESIZE));
}
