/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/shared.h"
#include "fcgi/share.h"

/* In a slot's word, beside the tenant: its key is known to be good. */
#define SURE ((uint64_t)1)
/* In each tenant: it is not nobody. */
#define SOMEBODY ((uint64_t)2)
/* Beside SURE: what is in hand is a change. */
#define CHANGES ((uint64_t)4)

struct shares *
shares_open(void)
{
	return shared_memory(sizeof(struct shares));
}

void
share_clear(struct shares *s, int slot)
{
	atomic_store(&s->tenant[slot], 0);
	if (slot >= atomic_load(&s->used))
		atomic_store(&s->used, slot + 1);
}

int
share_most(int workers, int wanted)
{
	int most = wanted > 0 ? wanted : (workers + 1) / 2;

	if (wanted == 0 && most > workers - 1)
		most = workers - 1;
	return most < 1 ? 1 : most;
}

struct share_room
share_room(int workers, int wanted)
{
	int most = share_most(workers, wanted);

	return (struct share_room){ .most = most, .with_read = most + (most + 1 < workers) };
}

uint64_t
share_tenant(const struct uuid *id)
{
	uint64_t half[2];

	memcpy(half, id->octet, sizeof(half));
	/* Multiplied, so that what two ids differ by in one half is not made good by the other, and goes to all bits. */
	half[0] = half[0] * UINT64_C(0x9E3779B97F4A7C15) + half[1] * UINT64_C(0xC2B2AE3D27D4EB4F);
	return ((half[0] ^ half[0] >> 32) & ~(SURE | CHANGES)) | SOMEBODY;
}

/* Of the words that are `is` where `mask` has a bit, those of no more than the slots that were ever used. */
static int
count(const struct shares *s, uint64_t is, uint64_t mask)
{
	int i, n = 0, used = atomic_load_explicit(&s->used, memory_order_relaxed);

	for (i = 0; i < used; i++)
		n += (atomic_load_explicit(&s->tenant[i], memory_order_acquire) & mask) == is;
	return n;
}

/* Is all that is in hand, and so many `more` of a kind, within the room? */
static bool
fits(const struct shares *s, uint64_t tenant, const struct share_room *room, bool changes, int more)
{
	int all = count(s, tenant | SURE, ~CHANGES) + more;

	return all <= room->most ||
	    (!changes && all <= room->with_read && count(s, tenant | SURE, UINT64_MAX) + more == 1);
}

bool
share_take(struct shares *s, int slot, uint64_t tenant, const struct share_room *room, bool changes)
{
	/* First counted, then looked: of two at the same time, one sees the other. */
	atomic_store(&s->tenant[slot], tenant | SURE | (changes ? CHANGES : 0));
	if (fits(s, tenant, room, changes, 0))
		return true;
	share_give_back(s, slot);
	return false;
}

bool
share_guess(struct shares *s, int slot, uint64_t tenant, int most)
{
	atomic_store(&s->tenant[slot], tenant);
	return count(s, tenant, ~(SURE | CHANGES)) <= most;
}

void
share_give_back(struct shares *s, int slot)
{
	atomic_store(&s->tenant[slot], 0);
}

bool
share_is_left(const struct shares *s, uint64_t tenant, const struct share_room *room, bool changes)
{
	return fits(s, tenant, room, changes, 1);
}

uint64_t
share_group(uint64_t tenant, bool changes)
{
	return tenant | (changes ? CHANGES : 0);
}
