/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/mman.h>

#include <string.h>

#include "base/clock.h"
#include "base/shared.h"
#include "fcgi/rooms.h"

/* A room's first pages stay where they are, and that is enough for nearly all. */
#define PAGE ((size_t)4096)
#define ROOM_KEPT (16 * PAGE)

static size_t
whole_pages(size_t bytes)
{
	return (bytes + PAGE - 1) / PAGE * PAGE;
}

bool
rooms_open(struct rooms *r, int count, size_t bytes)
{
	size_t before = whole_pages(((size_t)count + 1) * sizeof(r->group[0]));

	*r = (struct rooms){ .count = count, .size = whole_pages(sizeof(struct room) + bytes) };
	r->memory_size = before + (size_t)count * r->size;
	if ((r->memory = shared_memory(r->memory_size)) == NULL)
		return false;
	r->group = r->memory;
	r->first = (unsigned char *)r->memory + before;
	return true;
}

void
rooms_close(struct rooms *r)
{
	if (r->memory != NULL)
		munmap(r->memory, r->memory_size);
	*r = (struct rooms){ .count = 0 };
}

struct room *
room_at(const struct rooms *r, int room)
{
	return (struct room *)(void *)(r->first + (size_t)room * r->size);
}

int
room_take(const struct rooms *r, int place)
{
	int i, nobody;

	for (i = 0; i < r->count; i++) {
		nobody = 0;
		if (!atomic_compare_exchange_strong(&room_at(r, i)->place, &nobody, place + 1))
			continue;
		atomic_store(&room_at(r, i)->since, clock_monotonic_ms());
		return i;
	}
	return -1;
}

void
room_leave(const struct rooms *r, int room)
{
	struct room *is = room_at(r, room);
	bool large = is->used > ROOM_KEPT;

	atomic_store(&r->group[room], 0);
	explicit_bzero(is->bytes, large ? PAGE - sizeof(*is) : is->used);
	/* And its memory beyond what most need is given back. */
	if (large)
		(void)madvise((unsigned char *)is + PAGE, r->size - PAGE, MADV_REMOVE);
	is->used = 0;
	atomic_store(&is->place, 0);
}

int
rooms_in_group(const struct rooms *r, uint64_t group)
{
	int i, n = 0;

	for (i = 0; i < r->count; i++)
		n += atomic_load_explicit(&r->group[i], memory_order_relaxed) == group;
	return n;
}
