/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
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

PGresult *
sql_rows(const char *text)
{
	PGresult *r = PQexec(admin, text);

	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%.200s: %s", text, PQerrorMessage(admin));
	return r;
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
