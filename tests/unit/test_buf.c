/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/buf.h"

static void
empty_is_a_text(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	assert_string_equal(buf_text(&b), "");
	buf_add(&b, NULL, 0);
	assert_int_equal(b.len, 0);
	assert_false(b.failed);
	buf_clear(&b);
	assert_null(b.data);
}

static void
appends_in_order(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	buf_adds(&b, "a");
	buf_addc(&b, 'b');
	buf_add(&b, "c\0d", 3);
	buf_addf(&b, "%d-%s", 42, "e");
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.data, "abc\0d42-e", 10); /* with the NUL after it */
	buf_clear(&b);
}

/* Each length near a size at which memory is got, by each way of appending. */
static void
grows_at_every_boundary(void **state)
{
	struct buf b = BUF_EMPTY;
	char text[1100];
	size_t len;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (len = 250; len < sizeof(text); len++) {
		buf_clear(&b);
		buf_add(&b, text, len);
		buf_addf(&b, "%.*s", (int)len, text);
		assert_false(b.failed);
		assert_int_equal(b.len, 2 * len);
		assert_int_equal(strlen(b.data), 2 * len);
		assert_true(b.size > b.len);
	}
	buf_clear(&b);
}

static void
failure_sticks_until_reset(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	buf_adds(&b, "kept");
	buf_add(&b, "", SIZE_MAX / 2); /* more than there can be; nothing is read */
	assert_true(b.failed);
	buf_adds(&b, "lost");
	buf_addc(&b, 'l');
	buf_addf(&b, "%s", "lost");
	assert_string_equal(buf_text(&b), "kept");
	buf_reset(&b);
	assert_false(b.failed);
	assert_string_equal(buf_text(&b), "");
	buf_adds(&b, "new");
	assert_string_equal(buf_text(&b), "new");
	buf_wipe(&b);
	assert_null(b.data);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_a_text),
		cmocka_unit_test(appends_in_order),
		cmocka_unit_test(grows_at_every_boundary),
		cmocka_unit_test(failure_sticks_until_reset),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
