/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/wait.h>

#include <ctype.h>
#include <unistd.h>

#include "unit.h"

static int drawn; /* calls of getentropy() */

/* The source itself, for the clock that next_tick() is given, and what is drawn. */
#define getentropy(p, n) (drawn++, getentropy(p, n))
#include "base/uuid.c"

#define SAMPLE "2489E9AD-2EE2-8E00-8EC9-32D5F69181C0"

static void
reads_either_case_and_prints_lower(void **state)
{
	struct uuid upper, lower;
	char text[UUID_TEXT_LEN + 1];

	(void)state;
	assert_true(uuid_parse(&upper, SAMPLE, strlen(SAMPLE)));
	uuid_print(&upper, text);
	assert_string_equal(text, "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0");
	assert_true(uuid_parse(&lower, text, strlen(text)));
	assert_true(uuid_equal(&upper, &lower));
	lower.octet[15] ^= 1;
	assert_false(uuid_equal(&upper, &lower));
}

/* Each byte in each place: a digit stays a UUID, a hyphen only where one belongs. */
static void
every_byte_in_every_place(void **state)
{
	char text[] = SAMPLE;
	struct uuid u;
	bool hyphen, fits;
	size_t i;
	int c;

	(void)state;
	for (i = 0; i < UUID_TEXT_LEN; i++) {
		hyphen = SAMPLE[i] == '-';
		for (c = 0; c < 256; c++) {
			text[i] = (char)c;
			fits = hyphen ? c == '-' : isxdigit(c) != 0;
			assert_int_equal(uuid_parse(&u, text, UUID_TEXT_LEN), fits);
		}
		text[i] = SAMPLE[i];
	}
}

static void
refuses_other_forms(void **state)
{
	static const char *const table[] = {
		"",
		"2489e9ad2ee28e008ec932d5f69181c0",
		"{2489e9ad-2ee2-8e00-8ec9-32d5f69181c0}",
		"urn:uuid:2489e9ad-2ee2-8e00-8ec9-32d5f69181c0",
		"2489e9ad-2ee2-8e00-8ec9-32d5f69181c",
		"2489e9ad-2ee2-8e00-8ec9-32d5f69181c00",
		" 2489e9ad-2ee2-8e00-8ec9-32d5f69181c0",
		"2489e9ad2-ee2-8e00-8ec9-32d5f69181c0",
		"2489-e9ad-2ee2-8e00-8ec9-32d5f69181c",
	};
	struct uuid u, untouched;
	size_t i;

	(void)state;
	memset(&u, 0x5A, sizeof(u));
	untouched = u;
	for (i = 0; i < COUNT_OF(table); i++)
		assert_false(uuid_parse(&u, table[i], strlen(table[i])));
	assert_true(uuid_equal(&u, &untouched));
}

static void
made_ones_ascend(void **state)
{
	struct uuid last = { .octet = { 0 } }, u;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		assert_true(uuid_make_v7(&u));
		assert_int_equal(u.octet[6] >> 4, 7);
		assert_int_equal(u.octet[8] >> 6, 2);
		assert_true(memcmp(u.octet, last.octet, sizeof(u.octet)) > 0);
		last = u;
	}
}

static void
made_ones_tell_the_time(void **state)
{
	uint64_t before = (uint64_t)time_now() / 1000, made = 0;
	struct uuid u;
	int i;

	(void)state;
	assert_true(uuid_make_v7(&u));
	for (i = 0; i < 6; i++)
		made = made << 8 | u.octet[i];
	/* The test before may have run ahead of the clock by the ids it made. */
	assert_in_range(made, before, before + 60000);
}

/* What is made in a millisecond lies between its least one and that of the next. */
static void
the_least_of_a_time_is_a_bound(void **state)
{
	static const struct {
		int64_t time;
		const char *least;
	} known[] = {
		{ INT64_MIN, "00000000-0000-0000-0000-000000000000" },
		{ -1, "00000000-0000-0000-0000-000000000000" },
		{ 999, "00000000-0000-0000-0000-000000000000" },
		{ 1000, "00000000-0001-0000-0000-000000000000" },
		{ INT64_C(1645557742000000),
		    "017f22e2-79b0-0000-0000-000000000000" }, /* RFC 9562, A.6 */
		{ INT64_MAX, "ffffffff-ffff-0000-0000-000000000000" },
	};
	struct uuid low, made, high;
	char text[UUID_TEXT_LEN + 1];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(known); i++) {
		uuid_v7_least(&low, known[i].time);
		uuid_print(&low, text);
		assert_string_equal(text, known[i].least);
	}
	uuid_v7_least(&low, time_now());
	assert_true(uuid_make_v7(&made));
	uuid_v7_least(&high, time_now() + 60000000);
	assert_true(memcmp(low.octet, made.octet, sizeof(low.octet)) < 0);
	assert_true(memcmp(made.octet, high.octet, sizeof(low.octet)) < 0);
}

/* The random bits are new in each, however many are made of one draw, and there are few draws. */
static void
made_ones_differ_at_random(void **state)
{
	enum { COUNT = 2000 };
	static struct uuid made[COUNT];
	int i, k;

	(void)state;
	drawn = 0;
	for (i = 0; i < COUNT; i++)
		assert_true(uuid_make_v7(&made[i]));
	assert_true(drawn <= COUNT / 25 + 1);
	for (i = 0; i < COUNT; i++)
		for (k = 0; k < i; k++)
			assert_memory_not_equal(made[i].octet + 8, made[k].octet + 8, 8);
}

/* What was drawn before a fork is the parent's alone. */
static void
a_child_draws_for_itself(void **state)
{
	enum { COUNT = 20 };
	struct uuid ours[COUNT], theirs[COUNT];
	int made[2], i, k;

	(void)state;
	assert_int_equal(pipe(made), 0);
	assert_true(uuid_make_v7(&ours[0])); /* so that there is a draw that may be used twice */
	if (fork() == 0) {
		for (i = 0; i < COUNT; i++)
			if (!uuid_make_v7(&theirs[i]))
				_exit(1);
		_exit(write(made[1], theirs, sizeof(theirs)) != sizeof(theirs));
	}
	for (i = 0; i < COUNT; i++)
		assert_true(uuid_make_v7(&ours[i]));
	assert_true(wait(&i) > 0);
	assert_int_equal(i, 0);
	assert_int_equal(read(made[0], theirs, sizeof(theirs)), sizeof(theirs));
	for (i = 0; i < COUNT; i++)
		for (k = 0; k < COUNT; k++)
			assert_memory_not_equal(ours[i].octet + 8, theirs[k].octet + 8, 8);
	close(made[0]);
	close(made[1]);
}

/* A clock that stands still, goes back, and more ids in a millisecond than the counter holds. */
static void
ticks_ascend_whatever_the_clock(void **state)
{
	uint64_t now = UINT64_C(1) << 42, ms, last = 0, tick;
	unsigned counter, random = 12345;
	int i;

	(void)state;
	for (i = 0; i < 50000; i++) {
		random = random * 1103515245 + 12345;
		if (i == 20000)
			now -= 5000;
		else if (i >= 30000 && i % 100 == 0)
			now += 100;
		next_tick(now, random >> 16, &ms, &counter);
		assert_in_range(counter, 0, 0xFFF);
		tick = ms << 12 | counter;
		assert_true(tick > last);
		last = tick;
	}
	next_tick(UINT64_C(1) << 43, UINT32_MAX, &ms, &counter);
	assert_true(ms == UINT64_C(1) << 43);
	assert_int_equal(counter, 0x7FF);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_either_case_and_prints_lower),
		cmocka_unit_test(every_byte_in_every_place),
		cmocka_unit_test(refuses_other_forms),
		cmocka_unit_test(made_ones_ascend),
		cmocka_unit_test(made_ones_tell_the_time),
		cmocka_unit_test(the_least_of_a_time_is_a_bound),
		cmocka_unit_test(made_ones_differ_at_random),
		cmocka_unit_test(a_child_draws_for_itself),
		cmocka_unit_test(ticks_ascend_whatever_the_clock),
	};

	return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
