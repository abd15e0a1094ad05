/* SPDX-License-Identifier: MIT */
/* What the server's error codes mean to us: PostgreSQL manual, appendix A. */
#include "config.h"

#include <string.h>

#include "db/connection.h"

static const struct {
	const char *prefix; /* of the SQLSTATE; the first that fits counts */
	enum outcome outcome;
} sqlstates[] = {
	{ "08", LOST },           /* connection exceptions */
	{ "23505", CONFLICT },    /* unique violation */
	{ "25006", LOST },        /* read-only: this server is no longer the primary */
	{ "25P03", LOST },        /* idle in transaction for too long */
	{ "26000", LOST },        /* a prepared statement is gone: someone else reset the session */
	{ "40001", RETRY },       /* serialization failure */
	{ "40P01", RETRY },       /* deadlock */
	{ "42P05", LOST },        /* a prepared statement is there already */
	{ "53", UNAVAILABLE },    /* out of memory, disk, connections */
	{ "55P03", UNAVAILABLE }, /* lock timeout */
	{ "57014", UNAVAILABLE }, /* statement timeout */
	{ "GD001", UNAVAILABLE }, /* ours: the tenant is not served here just now */
	{ "GD002", DECLINED },    /* ours, likewise, of what no worker asks for: see enum outcome */
	{ "57P", LOST },          /* shutdown, crash, starting up */
};

/*
 * A statement that was prepared for columns that are no longer those: a new session mends it. Its code (0A000) is also that of all that
 * the server cannot do, which nothing mends; they differ in where the server says it.
 */
static bool
is_old_plan(const char *sqlstate, const char *routine)
{
	return strcmp(sqlstate, "0A000") == 0 && routine != NULL &&
	    strcmp(routine, "RevalidateCachedQuery") == 0;
}

enum outcome
outcome_from_error(const char *sqlstate, const char *routine)
{
	size_t i;

	if (sqlstate == NULL || sqlstate[0] == '\0' || is_old_plan(sqlstate, routine))
		return LOST;
	for (i = 0; i < COUNT_OF(sqlstates); i++)
		if (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) == 0)
			return sqlstates[i].outcome;
	return BROKEN;
}

const char *
outcome_name(enum outcome outcome)
{
	static const char *const names[] = {
		[DONE] = "done",
		[NOT_FOUND] = "not found",
		[CONFLICT] = "conflict",
		[RETRY] = "serialization failure",
		[LOST] = "connection lost",
		[UNAVAILABLE] = "unavailable",
		[DECLINED] = "declined",
		[COMMIT_UNKNOWN] = "outcome of the commit unknown",
		[BROKEN] = "internal fault",
	};

	return (size_t)outcome < COUNT_OF(names) ? names[outcome] : "?";
}
