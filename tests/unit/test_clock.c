/* SPDX-License-Identifier: MIT */
/* What is made of the times that the database tells. */
#include "config.h"

#include "base/clock.h"
#include "db/connection.h"
#include "tests/unit/unit.h"

#define SECOND INT64_C(1000000)
#define DATABASE INT64_C(1800000000000000) /* what its clock reads when ours reads 0 */

/* An exchange from `sent` on, which took so long; the database's clock was read after `until` of it. */
static void
exchange(struct db *db, int64_t sent, int64_t took, int64_t until)
{
	db->sent = sent;
	db->heard = sent + took;
	db_clock_saw(db, DATABASE + sent + until);
}

static void
nothing_is_known_at_first(void **state)
{
	struct db db = { .conn = NULL };
	int64_t now = 42;

	(void)state;
	assert_false(db_clock_now(&db, &now));
	exchange(&db, clock_monotonic_us(), 10, 5);
	assert_true(db_clock_now(&db, &now));
	assert_in_range(now - DATABASE, db.sent, clock_monotonic_us() + 5);
}

/* It is never before what it was by the whole of an exchange, and a longer one makes it no worse. */
static void
the_shortest_exchange_tells_best(void **state)
{
	struct db db = { .conn = NULL };

	(void)state;
	exchange(&db, 100 * SECOND, 5000, 100);
	assert_int_equal(db.clock.offset, DATABASE + 100);
	/* Somebody held the row for seconds. */
	exchange(&db, 101 * SECOND, 3 * SECOND, 2 * SECOND);
	assert_int_equal(db.clock.offset, DATABASE + 100);
	exchange(&db, 105 * SECOND, 200, 50);
	assert_int_equal(db.clock.offset, DATABASE + 50);
	/* As time goes by, clocks drift, and a little more may be right: 100 microseconds each second. */
	exchange(&db, 106 * SECOND, 400, 200);
	assert_int_equal(db.clock.offset, DATABASE + 50);
	exchange(&db, 108 * SECOND, 400, 200);
	assert_int_equal(db.clock.offset, DATABASE + 200);
}

static void
what_is_old_gives_way(void **state)
{
	struct db db = { .conn = NULL };
	int64_t now, at = clock_monotonic_us();

	(void)state;
	exchange(&db, at - 61 * SECOND, 10, 5);
	assert_false(db_clock_now(&db, &now));
	exchange(&db, at, 2 * SECOND, SECOND);
	assert_true(db_clock_now(&db, &now));
	assert_int_equal(db.clock.offset, DATABASE + SECOND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(the_shortest_exchange_tells_best),
		cmocka_unit_test(what_is_old_gives_way),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
