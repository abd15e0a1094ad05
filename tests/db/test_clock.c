/* SPDX-License-Identifier: MIT */
/*
 * Policies see the database's time: a host's clock that is minutes off, or is set while a worker runs, decides nothing. Tried on
 * both ways that a change takes, with and without a look before it.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "db/db.h"
#include "db/grant.h"
#include "tests/db/fixture.h"

static time_t host_ahead; /* seconds by which this host's wall clock is off */
static time_t gone_by;    /* seconds that went by, as its other clock tells */
static int looks, told;

int __real_clock_gettime(clockid_t, struct timespec *);
int __wrap_clock_gettime(clockid_t, struct timespec *);

int
__wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int rc = __real_clock_gettime(id, ts);

	ts->tv_sec += id == CLOCK_REALTIME ? host_ahead : gone_by;
	return rc;
}

void __real_db_grant_look(struct db *, const struct uuid *, const uint8_t[KEY_HASH_LEN],
    const struct uuid *, struct grant_look *);
void __wrap_db_grant_look(struct db *, const struct uuid *, const uint8_t[KEY_HASH_LEN],
    const struct uuid *, struct grant_look *);

void
__wrap_db_grant_look(struct db *db, const struct uuid *tenant, const uint8_t hash[KEY_HASH_LEN],
    const struct uuid *id, struct grant_look *look)
{
	looks++;
	__real_db_grant_look(db, tenant, hash, id, look);
}

void __real_db_clock_saw(struct db *, int64_t);
void __wrap_db_clock_saw(struct db *, int64_t);

void
__wrap_db_clock_saw(struct db *db, int64_t us)
{
	told++;
	__real_db_clock_saw(db, us);
}

static int
set_clocks(void **state)
{
	host_ahead = gone_by = 0;
	looks = told = 0;
	return each_setup(state);
}

/* Now is within five minutes of the database's. */
static void
forbid_other_times(void)
{
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "forbid (principal, action, resource) unless { context.now > datetime(\"%s\")",
	    sql("SELECT to_char((now() - interval '5 minutes') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
	(void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
	    " && context.now < datetime(\"%s\") };",
	    sql("SELECT to_char((now() + interval '5 minutes') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
	permit();
	add_rule(FORBID, text, "Not now.");
}

static void
a_clock_that_is_off_decides_nothing(void **state)
{
	static const time_t off[] = { 600, -600, 0, 366 * 86400, -366 * 86400 };
	bool on = true;
	size_t i;

	(void)state;
	forbid_other_times();
	for (i = 0; i < COUNT_OF(off); i++) {
		/* Looked at first, in a worker that is new; and then upon what it knows. */
		host_ahead = off[i];
		fixture_restart();
		looks = 0;
		assert_int_equal(switch_auditing(on), 200);
		assert_int_equal(looks, 1);
		on = !on;
		host_ahead = -off[i];
		assert_int_equal(switch_auditing(on), 200);
		assert_int_equal(looks, 1);
		on = !on;
		assert_int_equal(request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL), 200);
		assert_int_equal(request(HTTP_GET, "/v1/grants", NULL, NULL), 200);
	}
}

/* And one that is right does: the same rule an hour later, told by the database. */
static void
the_rules_time_is_asked(void **state)
{
	(void)state;
	permit();
	add_rule(FORBID,
	    "forbid (principal, action, resource) when { context.now > datetime(\"2000-01-01\") };",
	    "Not now.");
	host_ahead = -100 * INT64_C(365) * 86400;
	assert_int_equal(switch_auditing(true), 403);
	assert_int_equal(switch_auditing(true), 403);
}

/* A time that was told long ago is told again before anything rests on it; each change tells it. */
static void
what_was_told_long_ago_is_asked_again(void **state)
{
	(void)state;
	forbid_other_times();
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(looks, 1);
	told = 0;
	assert_int_equal(switch_auditing(false), 200);
	assert_int_equal(looks, 1);
	assert_int_equal(told, 1);
	gone_by = 61;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(looks, 2);
	assert_int_equal(switch_auditing(false), 200);
	assert_int_equal(looks, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_clock_that_is_off_decides_nothing, set_clocks,
		    each_teardown),
		cmocka_unit_test_setup_teardown(the_rules_time_is_asked, set_clocks, each_teardown),
		cmocka_unit_test_setup_teardown(what_was_told_long_ago_is_asked_again, set_clocks,
		    each_teardown),
	};

	return cmocka_run_group_tests_name("clock", tests, fixture_setup, fixture_teardown);
}
