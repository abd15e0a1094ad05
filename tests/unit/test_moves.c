/* SPDX-License-Identifier: MIT */
/* The table of a request's life, written down a second time with the reason for each line, and what has to hold of all of them. */
#include "config.h"

#include "handlers/moves.h"
#include "http/error.h"
#include "tests/unit/unit.h"

/* The error of a line that goes on is the answer where there is no going on any more. */
struct line {
	enum attempt attempt;
	enum ending ending;
	enum next next;
	enum http_error error;
	const char *why;
};

static const struct line lines[] = {
	/* Nothing is changed by a look. */
	{ ATTEMPT_LOOK, END_DONE, NEXT_GO_ON, ERROR_UNAVAILABLE, "it is read: decide on it" },
	{ ATTEMPT_LOOK, END_REFUSED, NEXT_ERROR, ERROR_INTERNAL, "a look refuses nothing" },
	{ ATTEMPT_LOOK, END_NONE, NEXT_ERROR, ERROR_INTERNAL,
	    "what is not there is found so by who decides, and not an ending" },
	{ ATTEMPT_LOOK, END_KEY, NEXT_ERROR, ERROR_INTERNAL, "likewise a key that is not known" },
	{ ATTEMPT_LOOK, END_STALE, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "the present state is what a look is for" },
	{ ATTEMPT_LOOK, END_CONFLICT, NEXT_ERROR, ERROR_INTERNAL, "a look adds no row" },
	{ ATTEMPT_LOOK, END_TAKEN, NEXT_ERROR, ERROR_INTERNAL, "and no name of a request" },
	{ ATTEMPT_LOOK, END_RETRY, NEXT_AGAIN, ERROR_UNAVAILABLE, "reading twice harms nobody" },
	{ ATTEMPT_LOOK, END_LOST, NEXT_AGAIN, ERROR_UNAVAILABLE, "reading twice harms nobody" },
	{ ATTEMPT_LOOK, END_UNAVAILABLE, NEXT_ERROR, ERROR_UNAVAILABLE,
	    "who waited for the database once does not wait again" },
	{ ATTEMPT_LOOK, END_UNKNOWN, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "there is nothing that could have been committed" },
	{ ATTEMPT_LOOK, END_BROKEN, NEXT_ERROR, ERROR_INTERNAL, "it would break again" },

	/* The first call of a change: all but a doubt leaves nothing behind. */
	{ ATTEMPT_CHANGE, END_DONE, NEXT_GO_ON, ERROR_COMMIT_UNKNOWN,
	    "it is made: nothing that comes after may say that it is not" },
	{ ATTEMPT_CHANGE, END_REFUSED, NEXT_GO_ON, ERROR_INTERNAL,
	    "the operation has an answer for it" },
	{ ATTEMPT_CHANGE, END_NONE, NEXT_ERROR, ERROR_NOT_FOUND, "there is nothing to change" },
	{ ATTEMPT_CHANGE, END_KEY, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "a look says whether the key is anybody's" },
	{ ATTEMPT_CHANGE, END_STALE, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "nothing was changed, and the present state may decide otherwise" },
	{ ATTEMPT_CHANGE, END_CONFLICT, NEXT_ERROR, ERROR_CONFLICT,
	    "the name stays taken, however often one asks" },
	{ ATTEMPT_CHANGE, END_TAKEN, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "the other request is committed, and what it made is found" },
	{ ATTEMPT_CHANGE, END_RETRY, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "the database has undone it and says that it may be tried again" },
	{ ATTEMPT_CHANGE, END_LOST, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "no commit was sent, so there is none" },
	{ ATTEMPT_CHANGE, END_UNAVAILABLE, NEXT_ERROR, ERROR_UNAVAILABLE,
	    "nothing was changed, and the client may come back" },
	{ ATTEMPT_CHANGE, END_UNKNOWN, NEXT_REPEAT, ERROR_COMMIT_UNKNOWN,
	    "the same call finds its entry, or makes it" },
	{ ATTEMPT_CHANGE, END_BROKEN, NEXT_ERROR, ERROR_INTERNAL,
	    "it would break again, and nothing was changed" },

	/* The same where there is no entry to be found: a doubt stays one. */
	{ ATTEMPT_ONCE, END_DONE, NEXT_GO_ON, ERROR_COMMIT_UNKNOWN,
	    "it is made: nothing that comes after may say that it is not" },
	{ ATTEMPT_ONCE, END_REFUSED, NEXT_GO_ON, ERROR_INTERNAL,
	    "the operation has an answer for it" },
	{ ATTEMPT_ONCE, END_NONE, NEXT_ERROR, ERROR_NOT_FOUND, "there is nothing to change" },
	{ ATTEMPT_ONCE, END_KEY, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "a look says whether the key is anybody's" },
	{ ATTEMPT_ONCE, END_STALE, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "nothing was changed, and the present state may decide otherwise" },
	{ ATTEMPT_ONCE, END_CONFLICT, NEXT_ERROR, ERROR_CONFLICT,
	    "the name stays taken, however often one asks" },
	{ ATTEMPT_ONCE, END_TAKEN, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "the other request is committed, and what it made is found" },
	{ ATTEMPT_ONCE, END_RETRY, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "the database has undone it and says that it may be tried again" },
	{ ATTEMPT_ONCE, END_LOST, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "no commit was sent, so there is none" },
	{ ATTEMPT_ONCE, END_UNAVAILABLE, NEXT_ERROR, ERROR_UNAVAILABLE,
	    "nothing was changed, and the client may come back" },
	{ ATTEMPT_ONCE, END_UNKNOWN, NEXT_ERROR, ERROR_COMMIT_UNKNOWN,
	    "called again it would answer for the second call, and not for the first" },
	{ ATTEMPT_ONCE, END_BROKEN, NEXT_ERROR, ERROR_INTERNAL,
	    "it would break again, and nothing was changed" },

	/* The first call may be committed, or become so while the second one is refused. */
	{ ATTEMPT_REPEAT, END_DONE, NEXT_GO_ON, ERROR_COMMIT_UNKNOWN,
	    "the entry is found or made, or all is as asked for: that settles it" },
	{ ATTEMPT_REPEAT, END_REFUSED, NEXT_ERROR, ERROR_COMMIT_UNKNOWN,
	    "the second call is refused, which says nothing of the first" },
	{ ATTEMPT_REPEAT, END_NONE, NEXT_ERROR, ERROR_COMMIT_UNKNOWN,
	    "it may be gone because the first call took it away" },
	{ ATTEMPT_REPEAT, END_KEY, NEXT_ERROR, ERROR_COMMIT_UNKNOWN,
	    "the key may have been good for the first call" },
	{ ATTEMPT_REPEAT, END_STALE, NEXT_ERROR, ERROR_COMMIT_UNKNOWN,
	    "the first call may have been decided in time" },
	{ ATTEMPT_REPEAT, END_CONFLICT, NEXT_AGAIN, ERROR_COMMIT_UNKNOWN,
	    "the row that is in the way is that of the first call, which is found next" },
	{ ATTEMPT_REPEAT, END_TAKEN, NEXT_AGAIN, ERROR_COMMIT_UNKNOWN,
	    "whoever took the name is committed, and found next" },
	{ ATTEMPT_REPEAT, END_RETRY, NEXT_AGAIN, ERROR_COMMIT_UNKNOWN,
	    "the second call is undone, and the doubt of the first is left" },
	{ ATTEMPT_REPEAT, END_LOST, NEXT_AGAIN, ERROR_COMMIT_UNKNOWN,
	    "the second call is undone, and the doubt of the first is left" },
	{ ATTEMPT_REPEAT, END_UNAVAILABLE, NEXT_ERROR, ERROR_COMMIT_UNKNOWN,
	    "nobody can be asked, and the doubt of the first is left" },
	{ ATTEMPT_REPEAT, END_UNKNOWN, NEXT_AGAIN, ERROR_COMMIT_UNKNOWN,
	    "both are in doubt, and a third call finds either" },
	{ ATTEMPT_REPEAT, END_BROKEN, NEXT_ERROR, ERROR_COMMIT_UNKNOWN,
	    "the second call broke, which says nothing of the first" },

	/* A refusal's entry: nothing that the client asked for is done, whatever becomes of it. */
	{ ATTEMPT_DENY, END_DONE, NEXT_GO_ON, ERROR_UNAVAILABLE, "it is logged: say no" },
	{ ATTEMPT_DENY, END_REFUSED, NEXT_ERROR, ERROR_INTERNAL,
	    "logging has no reason of that kind" },
	{ ATTEMPT_DENY, END_NONE, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "a look says that what was refused is gone" },
	{ ATTEMPT_DENY, END_KEY, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "a look says whether the key is anybody's" },
	{ ATTEMPT_DENY, END_STALE, NEXT_LOOK, ERROR_UNAVAILABLE,
	    "the present policies may permit it" },
	{ ATTEMPT_DENY, END_CONFLICT, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "the entry is there by now, and found" },
	{ ATTEMPT_DENY, END_TAKEN, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "a refusal takes no name; asking again is safe" },
	{ ATTEMPT_DENY, END_RETRY, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "the database has undone it and says that it may be tried again" },
	{ ATTEMPT_DENY, END_LOST, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "no commit was sent, so there is none" },
	{ ATTEMPT_DENY, END_UNAVAILABLE, NEXT_ERROR, ERROR_UNAVAILABLE,
	    "a refusal that cannot be logged is not given" },
	{ ATTEMPT_DENY, END_UNKNOWN, NEXT_AGAIN, ERROR_UNAVAILABLE,
	    "the entry is found or made, and nothing else was asked of the database" },
	{ ATTEMPT_DENY, END_BROKEN, NEXT_ERROR, ERROR_INTERNAL,
	    "a refusal that cannot be logged is not given" },
};

#define NAME(name) [name] = #name,
static const char *const endings[] = { ENDINGS(NAME) };
static const char *const attempts[] = { NAME(ATTEMPT_LOOK) NAME(ATTEMPT_CHANGE) NAME(ATTEMPT_ONCE)
	    NAME(ATTEMPT_REPEAT) NAME(ATTEMPT_DENY) };
static const char *const nexts[] = { NAME(NEXT_GO_ON) NAME(NEXT_LOOK) NAME(NEXT_AGAIN)
	    NAME(NEXT_REPEAT) NAME(NEXT_ERROR) };

static void
the_table_is_as_reasoned(void **state)
{
	int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(lines); i++) {
		const struct line *l = &lines[i];
		struct move move = move_after(l->attempt, l->ending);

		if (move.next == l->next && move.error == l->error)
			continue;
		print_message("# %s, %s: %s, %s; but %s, %s, since %s\n", attempts[l->attempt],
		    endings[l->ending], nexts[move.next], http_error_code(move.error),
		    nexts[l->next], http_error_code(l->error), l->why);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Every pair has one line here, so that one that is added to the machine is thought about too. */
static void
every_pair_is_reasoned_once(void **state)
{
	int seen[ATTEMPT__MAX][END__MAX] = { { 0 } };
	size_t i;
	int a, e;

	(void)state;
	assert_int_equal(COUNT_OF(attempts), ATTEMPT__MAX);
	assert_int_equal(COUNT_OF(endings), END__MAX);
	for (i = 0; i < COUNT_OF(lines); i++) {
		assert_true(strlen(lines[i].why) > 0);
		seen[lines[i].attempt][lines[i].ending]++;
	}
	for (a = 0; a < ATTEMPT__MAX; a++)
		for (e = 0; e < END__MAX; e++)
			assert_int_equal(seen[a][e], 1);
}

/* For each pair of the machine's own table. */
#define EACH_MOVE(a, e, move) \
	for (a = 0; a < ATTEMPT__MAX; a++) \
		for (e = 0; e < END__MAX && (move = move_after(a, e), true); e++)

/* Answers that claim that nothing was changed. */
static bool
denies_a_change(enum http_error error)
{
	return error != ERROR_COMMIT_UNKNOWN;
}

/* While the first call is in doubt, no answer says what became of it unless that was found out. */
static void
in_doubt_nothing_is_denied(void **state)
{
	struct move move;
	unsigned a, e;

	(void)state;
	EACH_MOVE(a, e, move)
	{
		if (a != ATTEMPT_REPEAT)
			continue;
		assert_false(denies_a_change(move.error));
		/* Nothing is decided anew either: another call would not be the same one. */
		assert_true(
		    move.next == NEXT_GO_ON || move.next == NEXT_AGAIN || move.next == NEXT_ERROR);
		assert_int_equal(move.next == NEXT_GO_ON, e == END_DONE);
	}
}

/* A call that may have been committed is never answered as if it were not. */
static void
a_doubt_is_never_unavailable(void **state)
{
	struct move move;
	unsigned a, e;

	(void)state;
	EACH_MOVE(a, e, move)
	{
		bool changes = a == ATTEMPT_CHANGE || a == ATTEMPT_ONCE || a == ATTEMPT_REPEAT;

		if (e != END_UNKNOWN || !changes)
			continue;
		assert_false(denies_a_change(move.error));
		assert_true(move.next == NEXT_REPEAT || move.next == NEXT_ERROR ||
		    (move.next == NEXT_AGAIN && a == ATTEMPT_REPEAT));
	}
}

/* Nor is one that is committed. */
static void
what_is_done_is_never_denied(void **state)
{
	struct move move;
	unsigned a, e;

	(void)state;
	EACH_MOVE(a, e, move)
	{
		if (e != END_DONE)
			continue;
		assert_int_equal(move.next, NEXT_GO_ON);
		assert_int_equal(denies_a_change(move.error),
		    a == ATTEMPT_LOOK || a == ATTEMPT_DENY);
	}
}

/* Only a doubt that an entry settles is repeated, and nothing is said to be unknown that is known. */
static void
a_doubt_comes_of_a_doubt(void **state)
{
	struct move move;
	unsigned a, e;

	(void)state;
	EACH_MOVE(a, e, move)
	{
		assert_int_equal(move.next == NEXT_REPEAT, a == ATTEMPT_CHANGE && e == END_UNKNOWN);
		if (move.error == ERROR_COMMIT_UNKNOWN)
			assert_true(a == ATTEMPT_REPEAT || e == END_UNKNOWN || e == END_DONE);
	}
}

/* A line that was left out would be all zeros: it goes on, and would answer 404. */
static void
every_pair_has_a_line(void **state)
{
	static const struct move none = { 0 };
	struct move move;
	unsigned a, e;

	(void)state;
	EACH_MOVE(a, e, move)
	assert_false(move.next == none.next && move.error == none.error);
}

/* What a client may send again at once is told so; every error is one of those that this can end in. */
static void
errors_are_those_of_an_end(void **state)
{
	struct move move;
	unsigned a, e;

	(void)state;
	EACH_MOVE(a, e, move)
	switch (move.error) {
	case ERROR_UNAVAILABLE:
	case ERROR_COMMIT_UNKNOWN:
		assert_int_equal(http_error_status(move.error), 503);
		break;
	case ERROR_INTERNAL:
		assert_true(e == END_BROKEN || e == END_REFUSED || a == ATTEMPT_LOOK);
		break;
	case ERROR_NOT_FOUND:
		assert_int_equal(e, END_NONE);
		break;
	case ERROR_CONFLICT:
		assert_int_equal(e, END_CONFLICT);
		break;
	default:
		fail_msg("%s, %s: %s", attempts[a], endings[e], http_error_code(move.error));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_as_reasoned),
		cmocka_unit_test(every_pair_is_reasoned_once),
		cmocka_unit_test(in_doubt_nothing_is_denied),
		cmocka_unit_test(a_doubt_is_never_unavailable),
		cmocka_unit_test(what_is_done_is_never_denied),
		cmocka_unit_test(a_doubt_comes_of_a_doubt),
		cmocka_unit_test(every_pair_has_a_line),
		cmocka_unit_test(errors_are_those_of_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
