/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_DB_RELAY_H
#define GRANTD_TESTS_DB_RELAY_H

/*
 * A relay between libpq and a real server, for what a real server will not do on demand: lose a connection at
 * a COMMIT, before or after it was acted upon.
 */
enum relay_mode {
	RELAY_PASS,
	RELAY_DROP_COMMIT, /* the next COMMIT never reaches the server */
	RELAY_DROP_ANSWER  /* the next COMMIT is acted upon, and its answer never comes back */
};

/*
 * Start it in processes of its own, in front of the server whose socket folder is PGHOST. Gives the folder of
 * its own socket; static memory. Fails the test where it cannot.
 */
const char *relay_start(void);
void relay_stop(void);

/* What to do at the next COMMIT, once; RELAY_PASS again after it. */
void relay_arm(enum relay_mode);
enum relay_mode relay_armed(void);

#endif
