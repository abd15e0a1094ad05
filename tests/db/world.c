/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "base/api_key.h"
#include "base/hex.h"
#include "base/settings.h"
#include "handlers/dispatch.h"
#include "tests/db/world.h"

struct response world_answer;

static PGconn *admin;
static struct settings settings;
static struct service *service;
static char key[API_KEY_TEXT_MAX];

static void
connect_admin(void)
{
	admin = PQconnectdb(getenv("GRANTD_TEST_ADMIN"));
	assert_int_equal(PQstatus(admin), CONNECTION_OK);
	PQclear(PQexec(admin, "SET client_min_messages = error"));
}

const char *
world_sql(const char *format, ...)
{
	static char value[4096];
	char text[4096];
	PGresult *r;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	assert_in_range(n, 1, sizeof(text) - 1);
	r = PQexec(admin, text);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", text, PQerrorMessage(admin));
	value[0] = '\0';
	if (PQntuples(r) > 0)
		(void)snprintf(value, sizeof(value), "%s", PQgetvalue(r, 0, 0));
	PQclear(r);
	return value;
}

int
world_open(void **state)
{
	char error[SETTINGS_ERROR_MAX];

	(void)state;
	connect_admin();
	return settings_load(&settings, NULL, error) ? 0 : -1;
}

int
world_close(void **state)
{
	(void)state;
	PQfinish(admin);
	settings_clear(&settings);
	return 0;
}

static void
make_key(void)
{
	uint8_t hash[API_KEY_HASH_LEN];
	char name[API_KEY_NAME_LEN + 1], hex[2 * API_KEY_HASH_LEN + 1];

	assert_true(api_key_make(key) && api_key_check(key, strlen(key), name) &&
	    api_key_hash(key, strlen(key), hash));
	hex_print(hash, sizeof(hash), hex);
	world_sql("INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)"
		  " VALUES ('" WORLD_TENANT "', gen_random_uuid(), '%s', 'test', '{operator}', '\\x%s')",
	    name, hex);
}

void
world_rule(const char *effect, const char *text)
{
	char *quoted = PQescapeLiteral(admin, text, strlen(text));

	world_sql("INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal, effect,"
		  " principal_scope_type, action_scope_type, action_ids, resource_scope_type,"
		  " conditions, policy_text) SELECT '" WORLD_TENANT "', '" WORLD_POLICY "',"
		  " gen_random_uuid(), count(*), '%s', 'any', 'any', '{}', 'any', '', %s"
		  " FROM grantd.policy_rules",
	    effect, quoted);
	PQfreemem(quoted);
	world_sql("UPDATE grantd.tenants SET policy_version = policy_version + 1");
}

static void
make_grant(const char *id)
{
	world_sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id,"
		  " action, expires_at) VALUES ('" WORLD_TENANT "', '%s', 'ann', 'aws_account',"
		  " '123456789012', 'admin', now() + interval '1 hour')",
	    id);
}

int
world_begin(void **state)
{
	(void)state;
	world_sql("SET session_replication_role = replica");
	world_sql("TRUNCATE grantd.tenants, grantd.audit_log, grantd.activity_event,"
		  " grantd.activity_count CASCADE");
	world_sql("SET session_replication_role = origin");
	world_sql("INSERT INTO grantd.tenants (id, name) VALUES ('" WORLD_TENANT "', 'one')");
	world_sql("INSERT INTO grantd.policies (tenant_id, id, name)"
		  " VALUES ('" WORLD_TENANT "', '" WORLD_POLICY "', 'p')");
	world_rule("permit", "permit (principal in Role::\"operator\", action, resource);");
	make_grant(WORLD_GRANT);
	make_grant(WORLD_OTHER_GRANT);
	make_key();
	service = service_open(&settings);
	return service == NULL;
}

int
world_end(void **state)
{
	(void)state;
	service_close(service);
	response_clear(&world_answer);
	return 0;
}

/* The parent's are left as they are: to close them would end its sessions. */
void
world_after_fork(void)
{
	connect_admin();
	world_answer = (struct response)RESPONSE_EMPTY;
	service = service_open(&settings);
	assert_non_null(service);
}

void
world_restart(void)
{
	service_close(service);
	service = service_open(&settings);
	assert_non_null(service);
}

static enum body_end
read_body(void *source, size_t max, struct buf *to)
{
	const char *text = source;

	if (strlen(text) > max)
		return BODY_TOO_LARGE;
	buf_adds(to, text);
	return BODY_WHOLE;
}

int
world_ask(enum http_method method, const char *path, const char *query, const char *body)
{
	char *text = strdup(body);
	struct request rq = { .method = method, .path = path, .query = query,
		.remote_addr = "127.0.0.1", .duplicate = -1, .read_body = read_body,
		.body_source = text };

	assert_non_null(text);
	rq.header[HEADER_API_KEY] = key;
	rq.header[HEADER_TENANT_ID] = WORLD_TENANT;
	rq.header[HEADER_CONTENT_TYPE] = "application/json";
	response_begin(&world_answer, NULL);
	dispatch(service, &rq, &world_answer);
	free(text);
	assert_false(response_failed(&world_answer));
	return world_answer.status;
}

const char *
world_body(void)
{
	return buf_text(&world_answer.body);
}

int
world_switch(bool on)
{
	return world_ask(HTTP_PATCH, "/v1/grants/" WORLD_GRANT, "",
	    on ? "{\"audit_enabled\": true}" : "{\"audit_enabled\": false}");
}
