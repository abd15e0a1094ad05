/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/wait.h>

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#include "base/limits.h"

static const struct limits_allowed ten = { .address = 10, .name = 5, .key = 4 };
static uint8_t hash[API_KEY_HASH_LEN];

/* The hash of the i-th key; static memory. */
static const uint8_t *
hash_at(unsigned i)
{
	memset(hash, 0, sizeof(hash));
	memcpy(hash, &i, sizeof(i));
	hash[4] = 1;
	memcpy(hash + 8, &i, sizeof(i));
	return hash;
}

static struct limits_who
from(const char *address, const char *name)
{
	return (struct limits_who){ .address = address, .name = name, .hash = hash_at(0) };
}

static void
fail_times(struct limits *l, int times, const char *address, const char *name, int64_t now)
{
	const struct limits_who w = from(address, name);

	while (times-- > 0)
		limits_failed(l, &ten, &w, now);
}

static int
wait_of(struct limits *l, const char *address, const char *name, int64_t now)
{
	const struct limits_who w = from(address, name);

	return limits_wait(l, &ten, &w, now);
}

static void
so_many_in_a_minute(void **state)
{
	struct limits *l = limits_open();
	int64_t now = 1000000;

	(void)state;
	fail_times(l, 9, "192.0.2.1", "", now);
	assert_int_equal(wait_of(l, "192.0.2.1", "", now), 0);
	fail_times(l, 1, "192.0.2.1", "", now);
	assert_int_equal(wait_of(l, "192.0.2.1", "", now), 6);
	assert_int_equal(wait_of(l, "192.0.2.2", "", now), 0);
	assert_int_equal(wait_of(l, "192.0.2.1", "", now + 1), 6);
	assert_int_equal(wait_of(l, "192.0.2.1", "", now + 5000), 1);
	/* One is let through, and when that fails it begins anew. */
	assert_int_equal(wait_of(l, "192.0.2.1", "", now + 6000), 0);
	fail_times(l, 1, "192.0.2.1", "", now + 6000);
	assert_int_equal(wait_of(l, "192.0.2.1", "", now + 6000), 6);
	/* However many failed, the wait is not longer than that, and the minute is over in one. */
	fail_times(l, 1000, "192.0.2.1", "", now + 6000);
	assert_in_range(wait_of(l, "192.0.2.1", "", now + 6000), 6, 12);
	assert_int_equal(wait_of(l, "192.0.2.1", "", now + 6000 + 12000), 0);
	fail_times(l, 9, "192.0.2.1", "", now + 80000);
	assert_int_equal(wait_of(l, "192.0.2.1", "", now + 80000), 0);
}

static void
what_an_address_is(void **state)
{
	static const char *const same[][2] = {
		{ "192.0.2.1", "::ffff:192.0.2.1" },
		{ "2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff" },
		{ "", "" },
		{ "unix:", "unix:" },
	};
	static const char *const different[][2] = {
		{ "192.0.2.1", "192.0.2.2" },
		{ "192.0.2.1", "192.0.2.10" },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1" },
		{ "::1", "::ffff:0.0.0.1" },
		{ "", "unix:" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(same); i++) {
		struct limits *l = limits_open();

		fail_times(l, 10, same[i][0], "", 5);
		assert_true(wait_of(l, same[i][1], "", 5) > 0);
	}
	for (i = 0; i < COUNT_OF(different); i++) {
		struct limits *l = limits_open();

		fail_times(l, 10, different[i][0], "", 5);
		assert_int_equal(wait_of(l, different[i][1], "", 5), 0);
	}
}

static void
a_name_is_for_those_who_failed_with_it(void **state)
{
	struct limits *l = limits_open();

	(void)state;
	fail_times(l, 3, "192.0.2.1", "nameAAAA", 5);
	fail_times(l, 2, "192.0.2.2", "nameAAAA", 5);
	assert_int_equal(wait_of(l, "192.0.2.1", "nameAAAA", 5), 12);
	assert_int_equal(wait_of(l, "192.0.2.2", "nameAAAA", 5), 12);
	assert_int_equal(wait_of(l, "192.0.2.3", "nameAAAA", 5), 0);
	assert_int_equal(wait_of(l, "192.0.2.1", "nameAAAB", 5), 0);
	assert_int_equal(wait_of(l, "192.0.2.1", "nameAAAA", 12005), 0);
}

static void
good_keys_pass(void **state)
{
	struct limits *l = limits_open();
	const struct limits_who w = from("192.0.2.1", "nameAAAA");

	(void)state;
	fail_times(l, 10, "192.0.2.1", "nameAAAA", 5);
	assert_true(limits_wait(l, &ten, &w, 5) > 0);
	limits_good(l, w.hash);
	assert_int_equal(limits_wait(l, &ten, &w, 5), 0);
	assert_true(wait_of(l, "192.0.2.1", "", 5) > 0);
	limits_failed(l, &ten, &w, 5); /* revoked */
	assert_true(limits_wait(l, &ten, &w, 5) > 0);
}

static void
there_is_room_for_many_good_keys(void **state)
{
	struct limits *l = limits_open();
	struct limits_who w = from("192.0.2.1", "nameAAAA");
	unsigned i, kept = 0;

	(void)state;
	for (i = 0; i < LIMITS_PLACES; i++)
		limits_good(l, hash_at(i));
	fail_times(l, 10, "192.0.2.1", "", 5);
	for (i = 0; i < LIMITS_PLACES; i++) {
		w.hash = hash_at(i);
		kept += limits_wait(l, &ten, &w, 5) == 0;
	}
	assert_true(kept > LIMITS_PLACES / 2);
	for (i = 0; i < LIMITS_PLACES; i++)
		limits_good(l, hash_at(LIMITS_PLACES + i));
	w.hash = hash_at(2 * LIMITS_PLACES - 1);
	assert_int_equal(limits_wait(l, &ten, &w, 5), 0); /* the newest is there always */
}

/* However many others fail meanwhile, nobody's count goes down. */
static void
many_addresses_reset_none(void **state)
{
	struct limits *l = limits_open();
	char address[32];
	unsigned i;
	int refused = 0;

	(void)state;
	fail_times(l, 10, "192.0.2.1", "nameAAAA", 5);
	for (i = 0; i < 8 * LIMITS_PLACES; i++) {
		(void)snprintf(address, sizeof(address), "10.%u.%u.%u", i >> 16, i >> 8 & 255,
		    i & 255);
		fail_times(l, 2, address, "", 5);
	}
	assert_true(wait_of(l, "192.0.2.1", "", 5) > 0);
	/* Those who come when all is full of others are not counted; the earlier ones are. */
	for (i = 0; i < 1000; i++) {
		(void)snprintf(address, sizeof(address), "10.0.%u.%u", i >> 8, i & 255);
		fail_times(l, 8, address, "", 5);
		refused += wait_of(l, address, "", 5) > 0;
	}
	assert_int_equal(refused, 1000);
}

static void
requests_of_a_key(void **state)
{
	struct limits *l = limits_open();
	const struct limits_allowed none = { .key = 0 };
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(limits_request(l, &ten, hash_at(1), 5), 0);
	assert_int_equal(limits_request(l, &ten, hash_at(1), 5), 15);
	assert_int_equal(limits_request(l, &ten, hash_at(2), 5), 0);
	assert_int_equal(limits_request(l, &ten, hash_at(1), 15005), 0);
	assert_int_equal(limits_request(l, &ten, hash_at(1), 15005), 15);
	for (i = 0; i < 1000; i++)
		assert_int_equal(limits_request(l, &none, hash_at(3), 5), 0);
}

/* Several processes count together, whichever of them is killed meanwhile. */
static void
killed_while_counting(void **state)
{
	static const struct limits_allowed many = { .address = 60000, .name = 60000 };
	struct limits *l = limits_open();
	const struct limits_who w = from("192.0.2.1", "nameAAAA");
	pid_t child[4];
	int i, status;

	(void)state;
	for (i = 0; i < 4; i++) {
		if ((child[i] = fork()) != 0)
			continue;
		for (;;) {
			limits_failed(l, &many, &w, 5);
			limits_good(l, hash_at(7));
		}
	}
	while (limits_wait(l, &many, &w, 5) == 0)
		continue;
	for (i = 0; i < 4; i++) {
		assert_int_equal(kill(child[i], SIGKILL), 0);
		assert_true(waitpid(child[i], &status, 0) == child[i]);
	}
	assert_int_equal(limits_wait(l, &many, &w, 5), 1);
	assert_int_equal(limits_wait(l, &many, &w, 65000), 0);
	limits_failed(l, &many, &w, 200000);
	assert_int_equal(limits_wait(l, &many, &w, 200000), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(so_many_in_a_minute),
		cmocka_unit_test(what_an_address_is),
		cmocka_unit_test(a_name_is_for_those_who_failed_with_it),
		cmocka_unit_test(good_keys_pass),
		cmocka_unit_test(there_is_room_for_many_good_keys),
		cmocka_unit_test(many_addresses_reset_none),
		cmocka_unit_test(requests_of_a_key),
		cmocka_unit_test(killed_while_counting),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
