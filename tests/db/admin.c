/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "db/audit_row.h"
#include "tests/db/admin.h"

PGconn *admin;

bool
admin_open(void)
{
	admin = PQconnectdb(getenv("GRANTD_TEST_ADMIN"));
	PQclear(PQexec(admin, "SET client_min_messages = error"));
	return PQstatus(admin) == CONNECTION_OK;
}

void
admin_close(void)
{
	PQfinish(admin);
}

static PGresult *
checked(PGresult *r, const char *text)
{
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%.200s: %s", text, PQerrorMessage(admin));
	return r;
}

PGresult *
sql_rows(const char *text)
{
	return checked(PQexec(admin, text), text);
}

PGresult *
sql_rows_binary(const char *text)
{
	return checked(PQexecParams(admin, text, 0, NULL, NULL, NULL, NULL, 1), text);
}

const char *
sql(const char *text)
{
	static char value[4096];
	PGresult *r = sql_rows(text);

	value[0] = '\0';
	if (PQntuples(r) > 0)
		(void)snprintf(value, sizeof(value), "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return value;
}

void
assert_chains_hold(void)
{
	struct db_rows rows = { .result = sql_rows_binary(
				    "SELECT " AUDIT_ROW_COLUMN_LIST " FROM grantd.audit_log a") };
	struct buf work = BUF_EMPTY;
	uint8_t hash[AUDIT_HASH_LEN];
	struct audit_row e;
	int i;

	for (i = 0; i < db_rows_count(&rows); i++) {
		struct db_row row = db_row_at(&rows, i);

		assert_true(audit_row_read(&e, &row) && audit_row_hash(&e, &work, hash));
		assert_memory_equal(hash, e.hash, sizeof(hash));
	}
	buf_clear(&work);
	db_rows_clear(&rows);
	assert_sql("SELECT count(*) FROM grantd.audit_log l LEFT JOIN grantd.audit_log b"
		   " ON b.tenant_id = l.tenant_id AND b.resource_type = l.resource_type"
		   " AND b.resource_id = l.resource_id AND b.sequence = l.sequence - 1"
		   " WHERE l.previous_hash <> coalesce(b.hash, decode(repeat('00', 32), 'hex'))",
	    "0");
}

void
remove_tenants(const char *one, const char *other)
{
	static const char *const tables[] = { "audit_log", "grants", "policy_rules", "policies",
		"api_keys" };
	char text[256];
	size_t i;

	sql("SET session_replication_role = replica");
	for (i = 0; i < COUNT_OF(tables); i++) {
		(void)snprintf(text, sizeof(text),
		    "DELETE FROM grantd.%s WHERE tenant_id IN ('%s', '%s')", tables[i], one, other);
		sql(text);
	}
	sql("SET session_replication_role = origin");
	(void)snprintf(text, sizeof(text), "DELETE FROM grantd.tenants WHERE id IN ('%s', '%s')",
	    one, other);
	sql(text);
}

struct uuid
uuid(const char *text)
{
	struct uuid u;

	assert_true(uuid_parse(&u, text, strlen(text)));
	return u;
}

struct uuid
new_id(void)
{
	struct uuid u;

	assert_true(uuid_make_v7(&u));
	return u;
}
