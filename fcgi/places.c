/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/epoll.h>
#include <sys/mman.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/shared.h"
#include "fcgi/places.h"

bool
places_open(struct places *ps, int most, int rooms, size_t room_bytes)
{
	*ps = (struct places){ .most = most, .self = place_holder(0) };
	ps->epoll = epoll_create1(EPOLL_CLOEXEC);
	ps->table_size = sizeof(*ps->table) + (size_t)most * sizeof(ps->table->place[0]);
	return ps->epoll != -1 && (ps->table = shared_memory(ps->table_size)) != NULL &&
	    (ps->generation = calloc((size_t)most + 1, sizeof(ps->generation[0]))) != NULL &&
	    rooms_open(&ps->rooms, rooms, room_bytes);
}

void
places_close(struct places *ps)
{
	int place;

	for (place = 0; ps->generation != NULL && place < ps->most; place++)
		if (place_is_open(ps->generation[place]))
			close(place_fd(place));
	if (ps->epoll != -1)
		close(ps->epoll);
	if (ps->table != NULL)
		munmap(ps->table, ps->table_size);
	rooms_close(&ps->rooms);
	free(ps->generation);
}

int
place_take(struct places *ps, int who, uint32_t *generation)
{
	int i, place;

	for (i = 0; i < ps->most; i++) {
		uint64_t was;

		place = (ps->next + i) % ps->most;
		was = place_load(ps, place);
		*generation = place_generation(was) + 1;
		if (place_is_open(*generation - 1) ||
		    !atomic_compare_exchange_strong(&place_at(ps, place)->holder, &was,
			place_word(*generation, who)))
			continue;
		ps->next = place + 1;
		return place;
	}
	return -1;
}

void
place_leave(struct places *ps, int place, uint32_t generation)
{
	place_pause(ps, place, PAUSE_NONE, 0);
	ps->generation[place] = generation + 1;
	place_release(ps, place, generation + 1);
}

bool
place_settle(struct places *ps, int fd, int place, uint32_t generation)
{
	bool ok = fd == place_fd(place) || dup3(fd, place_fd(place), O_CLOEXEC) != -1;

	if (fd != place_fd(place))
		close(fd);
	ps->generation[place] = ok ? generation : 0;
	return ok;
}

bool
place_hold(const struct places *ps, int place, uint32_t generation)
{
	uint64_t nobody = place_word(generation, NOBODY);

	return atomic_compare_exchange_strong(&place_at(ps, place)->holder, &nobody,
	    place_word(generation, ps->self));
}

void
place_release(const struct places *ps, int place, uint32_t generation)
{
	atomic_store(&place_at(ps, place)->holder, place_word(generation, NOBODY));
}

void
place_let_go(const struct places *ps, int place, uint32_t generation, uint32_t events)
{
	place_release(ps, place, generation);
	(void)place_arm(ps, EPOLL_CTL_MOD, place, generation, events);
}

bool
place_arm(const struct places *ps, int operation, int place, uint32_t generation, uint32_t events)
{
	struct epoll_event event = {
		.events = events | EPOLLONESHOT,
		.data.u64 = place_word(generation, place),
	};

	return epoll_ctl(ps->epoll, operation, place_fd(place), &event) == 0;
}

/*
 * Who waits for a share has nothing to hear from its web server but that it is gone; here it is told to look again, as it
 * may just have been told, or been told while it was held.
 */
uint32_t
place_events(const struct places *ps, int place)
{
	return place_at(ps, place)->pause == PAUSE_SHARE ? EPOLLOUT : EPOLLIN;
}

void
place_pause(const struct places *ps, int place, enum pool_pause pause, int64_t due)
{
	struct place *at = place_at(ps, place);

	atomic_fetch_add(&ps->table->paused, (pause != PAUSE_NONE) - (at->pause != PAUSE_NONE));
	if ((pause == PAUSE_SHARE) != (at->pause == PAUSE_SHARE))
		atomic_fetch_add(&ps->table->sharing, pause == PAUSE_SHARE ? 1 : -1);
	at->pause = pause;
	at->late = false;
	atomic_store(&at->due, due);
	if (at->room == 0 || pause == PAUSE_REST || pause == PAUSE_SHARE)
		return;
	room_leave(&ps->rooms, at->room - 1);
	at->room = 0;
}

struct room *
place_room(const struct places *ps, int place)
{
	int room = place_at(ps, place)->room;

	return room != 0 ? room_at(&ps->rooms, room - 1) : NULL;
}
