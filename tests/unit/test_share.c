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

static void
take_and_give_back(void **state)
{
	struct shares *s = shares_open();
	int i;

	(void)state;
	assert_non_null(s);
	for (i = 0; i < 5; i++)
		share_clear(s, i);
	assert_true(share_is_left(s, 10, 2));
	assert_true(share_take(s, 0, 10, 2));
	assert_true(share_take(s, 4, 10, 2));
	assert_false(share_is_left(s, 10, 2));
	/* One that is refused does not count, and another tenant is served. */
	assert_false(share_take(s, 2, 10, 2));
	assert_false(share_take(s, 2, 10, 2));
	assert_true(share_take(s, 2, 14, 2));
	share_give_back(s, 0);
	assert_true(share_take(s, 3, 10, 2));
	/* So does what a worker had that was killed: whoever clears its slot gives it back. */
	assert_false(share_take(s, 0, 10, 2));
	share_clear(s, 4);
	assert_true(share_take(s, 0, 10, 2));
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
	assert_true(share_take(s, 3, 10, 2));
	assert_true(share_take(s, 4, 10, 2));
	/* One of the former turns out to have a good key. */
	assert_false(share_take(s, 0, 10, 2));
	share_give_back(s, 3);
	assert_true(share_take(s, 1, 10, 2));
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
			assert_int_equal(share_tenant(&b) & 3, 2);
			assert_true(share_tenant(&b) != first);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_of_them),
		cmocka_unit_test(take_and_give_back),
		cmocka_unit_test(strangers),
		cmocka_unit_test(tenants_differ),
	};

	return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
