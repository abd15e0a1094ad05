/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_DB_RELAY_H
#define GRANTD_TESTS_DB_RELAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A relay between libpq and a real server, for what a real server will not do on demand: lose a connection anywhere in an
 * exchange, be a pooler whose server goes, warn of a commit, keep an answer back.
 */
enum relay_order {
	RELAY_PASS,
	RELAY_CUT_REQUEST, /* end the session after so many bytes that the client sent */
	RELAY_CUT_ANSWER,  /* ... that the server answered */
	/* All is sent on and acted upon, and its answer replaced by an error to the first statement, as PgBouncer gives it: */
	RELAY_CRASH,       /* with the severity as a word that could be translated, and no other */
	RELAY_CRASH_PLAIN, /* with both */
	RELAY_WARN,        /* a warning comes with the commit */
	RELAY_HOLD /* all is acted upon; the answer waits for relay_release(), and never comes */
};

/*
 * Start it in processes of its own, in front of the server whose socket folder is PGHOST. Gives the folder of
 * its own socket; static memory. Fails the test where it cannot.
 */
const char *relay_start(void);
void relay_stop(void);

/*
 * What to do from now on, `times` times; bytes are counted anew each time. RELAY_PASS ends it. With `late` the client learns that
 * its session is over before the server does, which may still act on what it was sent: relay_settle() waits for the end
 * of that.
 */
void relay_arm(enum relay_order, size_t bytes, int times, bool late);

/* How often it was done since relay_arm(). */
int relay_done(void);

/* Wait until the server has ended every session that was cut. */
void relay_settle(void);

/* Wait until an answer is held; let it go. In whatever process. */
void relay_await_hold(void);
void relay_release(void);

/* How many exchanges that leave nothing open have ended since relay_arm(). */
int relay_exchanges(void);

#endif
