/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "fcgi/board.h"

static void
streams_are_limited(void **state)
{
	struct slot *board = board_open();

	(void)state;
	assert_non_null(board);
	slot_begin(&board[0]);
	assert_true(slot_stream(board, &board[0], 2));
	assert_true(slot_stream(board, &board[BOARD_SLOTS - 1], 2));
	assert_false(slot_stream(board, &board[7], 2));
	/* One that was refused counts for nothing, and one that is done makes room. */
	assert_false(slot_stream(board, &board[8], 2));
	slot_end(&board[0], true);
	assert_true(slot_stream(board, &board[7], 2));
	/* So does a worker that was killed: its slot is cleared for the next one. */
	assert_false(slot_stream(board, &board[8], 2));
	slot_clear(&board[7]);
	assert_true(slot_stream(board, &board[8], 2));
}

/* The time of a request in hand begins anew with each piece that is sent. */
static void
progress_is_seen(void **state)
{
	struct slot *board = board_open();
	char id[REQUEST_ID_MAX + 1];
	int64_t since;

	(void)state;
	assert_non_null(board);
	slot_begin(board);
	slot_name(board, "the-id");
	atomic_store(&board->busy_since, 1);
	slot_progress(board);
	since = slot_busy(board, id);
	assert_true(since > 1);
	assert_string_equal(id, "the-id");
	slot_end(board, true);
	assert_int_equal(slot_busy(board, id), 0);
}

/* What is written just now, or was by a worker that was killed at that, is not told by half. */
static void
no_id_is_torn(void **state)
{
	struct slot *board = board_open();
	char id[REQUEST_ID_MAX + 1];

	(void)state;
	assert_non_null(board);
	slot_begin(board);
	assert_true(slot_busy(board, id) > 0);
	assert_string_equal(id, "");
	slot_name(board, "the-id");
	(void)slot_busy(board, id);
	assert_string_equal(id, "the-id");
	atomic_fetch_add(&board->naming, 1); /* as it is in the middle of slot_name() */
	(void)slot_busy(board, id);
	assert_string_equal(id, "");
	slot_name(board, "the-next"); /* whoever begins anew is not thrown off */
	(void)slot_busy(board, id);
	assert_string_equal(id, "the-next");
	slot_clear(board);
	assert_int_equal(slot_busy(board, id), 0);
	assert_string_equal(id, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_limited),
		cmocka_unit_test(progress_is_seen),
		cmocka_unit_test(no_id_is_torn),
	};

	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
