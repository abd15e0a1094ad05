/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "fcgi/share.h"

static void
half_of_them(void **state)
{
	static const int most[] = { 1, 1, 1, 2, 2, 3, 3, 4, 4 };
	int workers;

	(void)state;
	for (workers = 0; workers <= 8; workers++)
		assert_int_equal(share_most(workers, 0), most[workers]);
	assert_int_equal(share_most(4, 1), 1);
	assert_int_equal(share_most(4, 1024), 1024); /* no limit, as is asked for */
}

/* One more place, for a read, where a worker is left to the others. */
static void
a_place_for_a_read(void **state)
{
	static const struct share_room wanted[] = { { 1, 1 }, { 1, 1 }, { 1, 1 }, { 2, 2 },
		{ 2, 3 }, { 3, 4 }, { 3, 4 }, { 4, 5 }, { 4, 5 } };
	int workers;

	(void)state;
	for (workers = 0; workers <= 8; workers++) {
		assert_int_equal(share_room(workers, 0).most, wanted[workers].most);
		assert_int_equal(share_room(workers, 0).with_read, wanted[workers].with_read);
	}
	assert_int_equal(share_room(4, 2).with_read, 3);
	assert_int_equal(share_room(4, 3).with_read, 3);
}

static bool
take(struct shares *s, int slot, uint64_t tenant, int most)
{
	return share_take(s, slot, tenant, &(struct share_room){ most, most }, false);
}

static bool
is_left(struct shares *s, uint64_t tenant, int most)
{
	return share_is_left(s, tenant, &(struct share_room){ most, most }, false);
}

static void
take_and_give_back(void **state)
{
	struct shares *s = shares_open();
	int i;

	(void)state;
	assert_non_null(s);
	for (i = 0; i < 5; i++)
		share_clear(s, i);
	assert_true(is_left(s, 10, 2));
	assert_true(take(s, 0, 10, 2));
	assert_true(take(s, 4, 10, 2));
	assert_false(is_left(s, 10, 2));
	/* One that is refused does not count, and another tenant is served. */
	assert_false(take(s, 2, 10, 2));
	assert_false(take(s, 2, 10, 2));
	assert_true(take(s, 2, 18, 2));
	share_give_back(s, 0);
	assert_true(take(s, 3, 10, 2));
	/* So does what a worker had that was killed: whoever clears its slot gives it back. */
	assert_false(take(s, 0, 10, 2));
	share_clear(s, 4);
	assert_true(take(s, 0, 10, 2));
}

/* Changes may all wait for one thing: one read is served all the same, and more are not. */
static void
a_read_beside_changes(void **state)
{
	static const struct share_room room = { 2, 3 };
	struct shares *s = shares_open();
	int i;

	(void)state;
	assert_non_null(s);
	for (i = 0; i < 5; i++)
		share_clear(s, i);
	assert_true(share_take(s, 0, 10, &room, true));
	assert_true(share_take(s, 1, 10, &room, true));
	assert_false(share_take(s, 2, 10, &room, true));
	assert_false(share_is_left(s, 10, &room, true));
	assert_true(share_is_left(s, 10, &room, false));
	assert_true(share_take(s, 2, 10, &room, false));
	assert_false(share_is_left(s, 10, &room, false));
	assert_false(share_take(s, 3, 10, &room, false));
	assert_false(share_take(s, 3, 10, &room, true));
	/* Whoever reads alone has the share and no more. */
	share_give_back(s, 0);
	assert_false(share_take(s, 3, 10, &room, false));
	share_give_back(s, 1);
	assert_true(share_take(s, 3, 10, &room, false));
	assert_false(share_take(s, 4, 10, &room, false));
	assert_true(share_group(10, true) != share_group(10, false));
}

/* Whoever names a tenant takes nothing from it. */
static void
strangers(void **state)
{
	struct shares *s = shares_open();
	int i;

	(void)state;
	assert_non_null(s);
	for (i = 0; i < 5; i++)
		share_clear(s, i);
	assert_true(share_guess(s, 0, 10, 2));
	assert_true(share_guess(s, 1, 10, 2));
	assert_false(share_guess(s, 2, 10, 2)); /* to be looked up by itself */
	assert_true(take(s, 3, 10, 2));
	assert_true(take(s, 4, 10, 2));
	/* One of the former turns out to have a good key. */
	assert_false(take(s, 0, 10, 2));
	share_give_back(s, 3);
	assert_true(take(s, 1, 10, 2));
}

static void
tenants_differ(void **state)
{
	struct uuid a, b;
	uint64_t first;
	size_t i;
	int bit;

	(void)state;
	memset(&a, 0x5a, sizeof(a));
	first = share_tenant(&a);
	for (i = 0; i < sizeof(a.octet); i++) {
		for (bit = 0; bit < 8; bit++) {
			b = a;
			b.octet[i] ^= (uint8_t)(1 << bit);
			assert_int_equal(share_tenant(&b) & 7, 2);
			assert_true(share_tenant(&b) != first);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_of_them),
		cmocka_unit_test(a_place_for_a_read),
		cmocka_unit_test(take_and_give_back),
		cmocka_unit_test(a_read_beside_changes),
		cmocka_unit_test(strangers),
		cmocka_unit_test(tenants_differ),
	};

	return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
