/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "handlers/moves.h"

static const struct move moves[ATTEMPT__MAX][END__MAX] = {
	[ATTEMPT_LOOK] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_UNAVAILABLE },
		[END_REFUSED] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_NONE] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_KEY] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_TAKEN] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
	[ATTEMPT_CHANGE] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_COMMIT_UNKNOWN },
		[END_REFUSED] = { NEXT_GO_ON, ERROR_INTERNAL },
		[END_NONE] = { NEXT_ERROR, ERROR_NOT_FOUND },
		[END_KEY] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_ERROR, ERROR_CONFLICT },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_UNAVAILABLE }, /* and then finds what that one made */
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_REPEAT, ERROR_COMMIT_UNKNOWN },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
	[ATTEMPT_ONCE] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_COMMIT_UNKNOWN },
		[END_REFUSED] = { NEXT_GO_ON, ERROR_INTERNAL },
		[END_NONE] = { NEXT_ERROR, ERROR_NOT_FOUND },
		[END_KEY] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_ERROR, ERROR_CONFLICT },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
	/*
	 * The first call may still be on its way to a server that we do not hear any more. Only the entry, found or made,
	 * settles it, and a state that already is what was asked for; whatever else is said now was not said of the first.
	 */
	[ATTEMPT_REPEAT] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_COMMIT_UNKNOWN },
		[END_REFUSED] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_NONE] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_KEY] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_STALE] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		/* On the entry or the row of the first call: that one is committed, and found when it is called again. */
		[END_CONFLICT] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_RETRY] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_LOST] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_UNKNOWN] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_BROKEN] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
	},
	/* An entry and nothing else: one that was made without our knowing is as good, and found by its id. */
	[ATTEMPT_DENY] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_UNAVAILABLE },
		[END_REFUSED] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_NONE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_KEY] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
};

struct move
move_after(enum attempt attempt, enum ending ending)
{
	return moves[attempt][ending];
}

enum ending
ending_of_exchange(enum outcome rc)
{
	static const enum ending endings[] = {
		[DONE] = END_DONE,
		[NOT_FOUND] = END_BROKEN, /* every function answers with a row */
		[CONFLICT] = END_CONFLICT,
		[RETRY] = END_RETRY,
		[LOST] = END_LOST,
		[UNAVAILABLE] = END_UNAVAILABLE,
		[DECLINED] = END_BROKEN, /* no worker asks for what is declined */
		[COMMIT_UNKNOWN] = END_UNKNOWN,
		[BROKEN] = END_BROKEN,
	};

	return endings[rc];
}

enum ending
ending_of_change(enum outcome rc, enum change said)
{
	static const enum ending endings[CHANGE__MAX] = {
		[CHANGE_DONE] = END_DONE,
		[CHANGE_MADE] = END_DONE,
		[CHANGE_SAME] = END_DONE,
		[CHANGE_FIRST] = END_DONE,
		[CHANGE_NONE] = END_NONE,
		[CHANGE_KEY] = END_KEY,
		[CHANGE_STALE] = END_STALE,
		[CHANGE_PAST] = END_REFUSED,
		[CHANGE_MISMATCH] = END_REFUSED,
		[CHANGE_REVOKED] = END_REFUSED,
		[CHANGE_REPLACED] = END_REFUSED,
		[CHANGE_OFF] = END_REFUSED,
	};

	return rc == DONE ? endings[said] : ending_of_exchange(rc);
}
