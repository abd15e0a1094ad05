/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_MACHINE_H
#define GRANTD_HANDLERS_MACHINE_H

#include "db/change.h"
#include "handlers/operation.h"

/*
 * A request's life, once it is known to be well formed: what is sent to the database, in what order, and what is done about
 * each way in which that can end.
 *
 *	look ----> decide ----> change ----> answer
 *	              |           |  nobody knows what became of it
 *	              |           v
 *	              |         repeat: the same call, which finds the entry of the first one or makes it
 *	              v
 *	             deny: the refusal is an entry too
 *
 * Where what a worker remembers of key and policies is enough to decide, the look is left out; the change itself refuses
 * what was decided on anything but the present state (CHANGE_STALE), and then it is looked at and decided anew.
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
struct move machine_move(enum attempt, enum ending);

/* Take a call that needs a key through its life, to an answer in c->rs. */
void machine_run(struct call *c);

#endif
