/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/shared.h"
#include "fcgi/board.h"

struct slot *
board_open(void)
{
	return shared_memory(BOARD_SLOTS * sizeof(struct slot));
}

void
slot_clear(struct slot *s)
{
	atomic_store(&s->busy_since, 0);
	atomic_store(&s->requests, 0);
	atomic_store(&s->ready, false);
	atomic_store(&s->streaming, false);
	atomic_store(&s->naming, 0);
	s->request_id[0] = '\0';
}

void
slot_ready(struct slot *s)
{
	atomic_store(&s->ready, true);
}

void
slot_begin(struct slot *s)
{
	slot_name(s, "");
	atomic_store(&s->busy_since, clock_monotonic_ms());
}

void
slot_name(struct slot *s, const char *request_id)
{
	size_t len = strnlen(request_id, REQUEST_ID_MAX);
	unsigned naming = atomic_load_explicit(&s->naming, memory_order_relaxed);

	atomic_store_explicit(&s->naming, naming | 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	memcpy(s->request_id, request_id, len);
	s->request_id[len] = '\0';
	atomic_store_explicit(&s->naming, (naming | 1) + 1, memory_order_release);
}

void
slot_end(struct slot *s, bool answered)
{
	atomic_store(&s->busy_since, 0);
	atomic_store(&s->streaming, false);
	if (answered)
		atomic_fetch_add(&s->requests, 1);
}

void
slot_progress(struct slot *s)
{
	atomic_store(&s->busy_since, clock_monotonic_ms());
}

bool
slot_stream(struct slot *board, struct slot *s, int most)
{
	int n = 0;
	int i;

	atomic_store(&s->streaming, true);
	for (i = 0; i < BOARD_SLOTS; i++)
		n += atomic_load(&board[i].streaming);
	if (n > most)
		atomic_store(&s->streaming, false);
	return n <= most;
}

int64_t
slot_busy(const struct slot *s, char request_id[REQUEST_ID_MAX + 1])
{
	unsigned naming = atomic_load_explicit(&s->naming, memory_order_acquire);

	memcpy(request_id, s->request_id, REQUEST_ID_MAX);
	request_id[REQUEST_ID_MAX] = '\0';
	atomic_thread_fence(memory_order_acquire);
	if (naming % 2 != 0 || atomic_load_explicit(&s->naming, memory_order_relaxed) != naming)
		request_id[0] = '\0';
	return atomic_load(&s->busy_since);
}
