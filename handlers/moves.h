/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_MOVES_H
#define GRANTD_HANDLERS_MOVES_H

#include "db/change.h"
#include "db/db.h"
#include "http/error.h"

/*
 * What is done about each way in which an exchange with the database can end: the table that the machine follows
 * (handlers/machine.h). It is constant, and the same whatever came before; how often a request may try is the machine's to count.
 */

/* What is attempted. Each attempt is an exchange with the database that is all done or not at all, but for the doubt about its end. */
enum attempt {
	ATTEMPT_LOOK,   /* read the key, what the path names, and the policies if need be */
	ATTEMPT_CHANGE, /* call the function that makes the change */
	ATTEMPT_ONCE,   /* the same, where no entry would tell afterwards whether it was done */
	ATTEMPT_REPEAT, /* the same call again, because nobody knows what became of the first */
	ATTEMPT_DENY,   /* log the refusal; likewise repeated with the same entry */
	ATTEMPT__MAX
};

/* How an attempt can end: what the database said of the exchange, and of the change. */
#define ENDINGS(X) \
	X(END_DONE)     /* read, or changed, or nothing to change: there is an answer to build */ \
	X(END_REFUSED)  /* the change is refused for a reason that its operation answers */ \
	X(END_NONE)     /* there is no such row */ \
	X(END_KEY)      /* the key is not valid in this tenant */ \
	X(END_STALE)    /* it was decided on a state that is not the present one */ \
	X(END_CONFLICT) /* a row with that id or name is there; nothing was changed */ \
	X(END_TAKEN)    /* likewise an Idempotency-Key, by a request of the same moment */ \
	X(END_RETRY)    /* undone by the database: a serialization failure or deadlock */ \
	X(END_LOST)     /* the connection was lost before a commit was sent: undone */ \
	X(END_UNAVAILABLE) /* no connection, or a time limit: nothing was changed by this attempt */ \
	X(END_UNKNOWN)     /* it may have been committed */ \
	X(END_BROKEN) /* a fault of ours or of the schema; nothing was changed by this attempt */

#define ENDING_MEMBER(name) name,
enum ending { ENDINGS(ENDING_MEMBER) END__MAX };
#undef ENDING_MEMBER

/* What comes next. */
enum next {
	NEXT_GO_ON,  /* from a look to the decision; from anything else to the answer */
	NEXT_LOOK,   /* look, and decide anew */
	NEXT_AGAIN,  /* the same attempt again */
	NEXT_REPEAT, /* the same call, in doubt */
	NEXT_ERROR   /* answer with the error */
};

/* A line of the table. `error` is also the answer where the request has been at it often enough; NEXT_GO_ON does not read it. */
struct move {
	enum next next;
	enum http_error error;
};

/* The table: what is done when an attempt ended so. */
struct move move_after(enum attempt, enum ending);

/* How an exchange ended; and one with a change, which said that of itself where the exchange went well. */
enum ending ending_of_exchange(enum outcome);
enum ending ending_of_change(enum outcome, enum change said);

#endif
