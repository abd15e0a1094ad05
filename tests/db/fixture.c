/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/api_key.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/settings.h"
#include "handlers/dispatch.h"
#include "tests/db/fixture.h"

static struct settings settings;
static struct service *service;
static struct limits *limits;
struct response rs;
const char *key;
const char *address;
const char *idempotency_key;

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
request(enum http_method method, const char *path, const char *query, const char *body)
{
	char *text = strdup(body != NULL ? body : "");
	struct request rq = {
		.method = method,
		.path = path,
		.query = query != NULL ? query : "",
		.remote_addr = address,
		.duplicate = -1,
		.read_body = read_body,
		.body_source = text,
	};

	assert_non_null(text);
	rq.header[HEADER_API_KEY] = key;
	rq.header[HEADER_TENANT_ID] = TENANT;
	rq.header[HEADER_CONTENT_TYPE] = "application/json";
	rq.header[HEADER_IDEMPOTENCY_KEY] = idempotency_key;
	response_begin(&rs, NULL);
	if (dispatch(service, &rq, &rs)) {
		service_after(service);
		assert_false(response_failed(&rs));
	} else {
		assert_int_equal(rs.status, 0);
	}
	free(text);
	return rs.status;
}

int
switch_auditing(bool on)
{
	return request(HTTP_PATCH, "/v1/grants/" GRANT, NULL,
	    on ? "{\"audit_enabled\": true}" : "{\"audit_enabled\": false}");
}

const char *
member(const char *name)
{
	static char value[256];
	char pattern[64];
	const char *at;

	(void)snprintf(pattern, sizeof(pattern), "\"%s\":\"", name);
	at = strstr(buf_text(&rs.body), pattern);
	assert_non_null(at);
	(void)snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + strlen(pattern), "\""),
	    at + strlen(pattern));
	return value;
}

static void
make_key(void)
{
	static char made[API_KEY_TEXT_MAX];
	uint8_t hash[API_KEY_HASH_LEN];
	char name[API_KEY_NAME_LEN + 1], hex[2 * API_KEY_HASH_LEN + 1], text[512];

	assert_true(api_key_make(made) && api_key_check(made, strlen(made), name) &&
	    api_key_hash(made, strlen(made), hash));
	hex_print(hash, sizeof(hash), hex);
	(void)snprintf(text, sizeof(text),
	    "INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)"
	    " VALUES ('" TENANT "', gen_random_uuid(), '%s', 'test', '{operator}', '\\x%s')",
	    name, hex);
	sql(text);
	key = made;
}

void
add_rule(const char *id, const char *text, const char *notice)
{
	char *command = PQescapeLiteral(admin, text, strlen(text));
	char statement[1024];

	(void)snprintf(statement, sizeof(statement),
	    "INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal,"
	    " policy_text, notice) SELECT '" TENANT "', '" POLICY
	    "', '%s', count(*), %s, '%s' FROM grantd.policy_rules",
	    id, command, notice);
	PQfreemem(command);
	sql(statement);
	sql("UPDATE grantd.tenants SET policy_version = policy_version + 1");
}

void *
fixture_share(size_t size)
{
	void *shared;

	if (setenv("GRANTD_LOCK_TIMEOUT", "30000", 1) != 0 ||
	    setenv("GRANTD_STATEMENT_TIMEOUT", "60000", 1) != 0)
		return NULL;
	shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared != MAP_FAILED ? shared : NULL;
}

int
fixture_setup(void **state)
{
	char error[SETTINGS_ERROR_MAX];

	(void)state;
	return admin_open() && settings_load(&settings, NULL, error) ? 0 : -1;
}

void
fixture_restart(void)
{
	service_close(service);
	service = service_open(&settings, limits);
	assert_non_null(service);
}

void
fixture_pooler(bool on)
{
	settings.pooler = on ? POOLER_TRANSACTION : POOLER_NONE;
	fixture_restart();
}

void
fixture_limit(int of_address, int of_name, int of_key)
{
	settings.limit_address = of_address;
	settings.limit_name = of_name;
	settings.limit_key = of_key;
	limits = limits_open(); /* until the process ends */
	assert_non_null(limits);
	fixture_restart();
}

void
fixture_shares(const struct tenant_share *share)
{
	service_share(service, share);
}

void
fixture_after_fork(void)
{
	assert_true(admin_open());
	rs = (struct response)RESPONSE_EMPTY;
	service = service_open(&settings, limits);
	assert_non_null(service);
}

int
fixture_teardown(void **state)
{
	(void)state;
	admin_close();
	settings_clear(&settings);
	return 0;
}

int
each_setup(void **state)
{
	(void)state;
	sql("SET session_replication_role = replica");
	sql("TRUNCATE grantd.tenants, grantd.audit_log, grantd.activity_event,"
	    " grantd.activity_count, grantd.refusals CASCADE");
	sql("SET session_replication_role = origin");
	sql("INSERT INTO grantd.tenants (id, name) VALUES ('" TENANT "', 'one'),"
	    " ('" OTHER_TENANT "', 'two')");
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id,"
	    " action, expires_at) VALUES ('" TENANT "', '" GRANT "', 'ann', 'aws_account',"
	    " '123456789012', 'admin', now() + interval '1 hour')");
	sql("INSERT INTO grantd.policies (tenant_id, id, name) VALUES ('" TENANT "', '" POLICY
	    "', 'p')");
	make_key();
	idempotency_key = NULL;
	address = "127.0.0.1";
	limits = NULL;
	settings.pooler = POOLER_NONE;
	service = service_open(&settings, limits);
	return service == NULL;
}

int
each_teardown(void **state)
{
	(void)state;
	service_close(service);
	response_clear(&rs);
	return 0;
}

void
permit(void)
{
	add_rule(PERMIT, "permit (principal in Role::\"operator\", action, resource);", "x");
}
