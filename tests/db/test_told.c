/* SPDX-License-Identifier: MIT */
/* Every column of the tables whose rows entries tell of is compared by grantctl audit verify, or is left out for a reason. */
#include "config.h"

#include "admin.h"

#include "db/told.h"

static bool
is_compared(const struct told_table *t, const char *column)
{
	size_t i;

	for (i = 0; i < t->columns; i++)
		if (strcmp(t->column[i].name, column) == 0)
			return true;
	return false;
}

static bool
is_left_out(const struct told_table *t, const char *column)
{
	const struct told_not *n;

	for (n = t->not_compared; n->name != NULL; n++)
		if (strcmp(n->name, column) == 0)
			return true;
	return false;
}

static int
columns_of(const struct told_table *t)
{
	int n = 0;

	while (t->not_compared[n].name != NULL)
		n++;
	return n + (int)t->columns;
}

static void
every_column_is_in_one_list(void **state)
{
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < TOLD_TABLES; i++) {
		const struct told_table *t = &told_tables[i];
		char statement[256];
		PGresult *rows;

		(void)snprintf(statement, sizeof(statement),
		    "SELECT attname FROM pg_attribute WHERE attrelid = 'grantd.%s'::regclass"
		    " AND attnum > 0 AND NOT attisdropped",
		    t->name);
		rows = sql_rows(statement);
		for (n = 0; n < PQntuples(rows); n++) {
			const char *column = PQgetvalue(rows, n, 0);

			if (is_compared(t, column) == is_left_out(t, column))
				fail_msg("%s.%s: in db/told.h it has to be in one of the two lists",
				    t->name, column);
		}
		assert_int_equal(PQntuples(rows), columns_of(t));
		PQclear(rows);
	}
}

/* A table with a chain of its own, or with rules, is one of these. */
static void
every_table_with_a_chain_is_listed(void **state)
{
	PGresult *rows = sql_rows(
	    "SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
	    " WHERE c.relnamespace = 'grantd'::regnamespace AND c.relkind = 'r'"
	    " AND a.attname = 'audit_head'");
	size_t i;
	int n;

	(void)state;
	assert_int_equal(PQntuples(rows), TOLD_TABLES - 1);
	for (n = 0; n < PQntuples(rows); n++) {
		for (i = 0; i < TOLD_TABLES; i++)
			if (strcmp(told_tables[i].name, PQgetvalue(rows, n, 0)) == 0)
				break;
		assert_true(i < TOLD_TABLES);
	}
	PQclear(rows);
}

static int
open_admin(void **state)
{
	(void)state;
	return admin_open() ? 0 : -1;
}

static int
close_admin(void **state)
{
	(void)state;
	admin_close();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_is_in_one_list),
		cmocka_unit_test(every_table_with_a_chain_is_listed),
	};

	return cmocka_run_group_tests(tests, open_admin, close_admin);
}
