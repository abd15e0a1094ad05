/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_DB_ADMIN_H
#define GRANTD_TESTS_DB_ADMIN_H

/*
 * What every test against a real server has: the superuser's connection, to prepare rows and to look at them behind the
 * verbs' backs. tests/db/run starts the cluster, installs the schema, and says where: GRANTD_DATABASE connects as a
 * worker, GRANTD_TEST_ADMIN as the superuser.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "base/uuid.h"

extern PGconn *admin;

/* False: there is no connection. A forked process opens its own, and leaves its parent's alone. */
bool admin_open(void);
void admin_close(void);

/* Run SQL as the superuser, and give back all rows, to be cleared; or the first column of the first row, in static memory. */
PGresult *sql_rows(const char *text);
PGresult *sql_rows_binary(
    const char *text); /* one statement; as db_get_text() and the like read them */
const char *sql(const char *text);
#define assert_sql(text, value) assert_string_equal(sql(text), value)

/* Every entry of the log has the hash that it must have, computed here, and the one before it in its chain is as it says. */
void assert_chains_hold(void);

/* Remove two tenants with all that is theirs, whatever the log's triggers say. */
void remove_tenants(const char *one, const char *other);

/* The UUID that is written so; a new one. */
struct uuid uuid(const char *text);
struct uuid new_id(void);

#endif
