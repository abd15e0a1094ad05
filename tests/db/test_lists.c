/* SPDX-License-Identifier: MIT */
/*
 * What a list owes to those who follow it to its end, where its pages end before they are full; and which lists a cursor is
 * good for.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "db/audit_list.h"
#include "tests/db/fixture.h"

#define LOG "/v1/audit-log"
#define MANY "25000" /* more than two pages may look at */
#define PAGES_MOST 200

/* What a walk came by. */
static struct {
	int rows, pages;
	int empty;       /* pages without a row that were not the last */
	char first[256]; /* the first row's id */
	char last[256];
} walk;

static void
take_rows(struct json_object *data)
{
	size_t i;

	for (i = 0; i < json_object_array_length(data); i++) {
		const char *id = json_object_get_string(
		    json_object_object_get(json_object_array_get_idx(data, i), "id"));

		assert_non_null(id);
		if (walk.rows++ == 0)
			(void)snprintf(walk.first, sizeof(walk.first), "%s", id);
		assert_string_not_equal(walk.last, id);
		(void)snprintf(walk.last, sizeof(walk.last), "%s", id);
	}
}

/* From the first page to the last; the number of rows. */
static int
walk_through(const char *path, const char *filter)
{
	struct json_object *page, *data, *next;
	char query[512], cursor[128] = "";

	memset(&walk, 0, sizeof(walk));
	do {
		(void)snprintf(query, sizeof(query), "%s%s%s", filter,
		    cursor[0] != '\0' ? "&cursor=" : "", cursor);
		assert_int_equal(request(HTTP_GET, path, query, NULL), 200);
		page = json_tokener_parse(buf_text(&rs.body));
		data = json_object_object_get(page, "data");
		next = json_object_object_get(page, "next_cursor");
		assert_int_equal(next != NULL,
		    json_object_get_boolean(json_object_object_get(page, "has_more")));
		take_rows(data);
		walk.pages++;
		walk.empty += next != NULL && json_object_array_length(data) == 0;
		(void)snprintf(cursor, sizeof(cursor), "%s",
		    next != NULL ? json_object_get_string(next) : "");
		json_object_put(page);
		assert_true(walk.pages < PAGES_MOST);
	} while (cursor[0] != '\0');
	return walk.rows;
}

/* Grants of two holders in turn, every so many revoked, some of another account; the given one is among the oldest. */
static void
add_grants(void)
{
	sql("SET session_replication_role = replica");
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,"
	    " status, revoked_at, granted_at, expires_at, created_at) SELECT '" TENANT
	    "', gen_random_uuid(), 'g' || n % 2, 'aws_account',"
	    " CASE WHEN n IN (5, 12002) THEN '210987654321' ELSE '123456789012' END, 'x',"
	    " CASE WHEN n IN (1, 12000, 12001, 20000) THEN 'revoked' ELSE 'active' END,"
	    " CASE WHEN n IN (1, 12000, 12001, 20000) THEN now() END, '2020-01-01', '2099-01-01',"
	    " '2020-01-01'::timestamptz + n / 4 * interval '1 minute' FROM generate_series(1, " MANY
	    ") n");
	sql("SET session_replication_role = origin");
}

static void
what_is_rare_is_found_whole(void **state)
{
	(void)state;
	permit();
	add_grants();
	assert_int_equal(walk_through("/v1/grants", "status=revoked&limit=2"), 4);
	assert_int_equal(walk.pages, 3);
	assert_int_equal(walk_through("/v1/grants", "status=expired"), 0);
	assert_int_equal(walk.pages, 3);
	assert_int_equal(walk_through("/v1/grants", "grantee_id=g1&status=revoked"), 2);
	assert_int_equal(walk_through("/v1/grants", "grantee_id=ann"), 1);
	assert_int_equal(walk.pages, 1);
	assert_int_equal(walk_through("/v1/grants", "grantee_id=nobody"), 0);
	assert_int_equal(walk.pages, 1);
	assert_int_equal(walk_through("/v1/grants", "resource_id=210987654321&limit=2"), 2);
	assert_int_equal(walk.pages, 3);
	assert_int_equal(walk_through("/v1/grants",
			     "resource_id=210987654321&resource_type=aws_account&grantee_id=g0"),
	    1);
	assert_int_equal(walk_through("/v1/grants",
			     "resource_id=210987654321&resource_type=aws_s3_bucket"),
	    0);
	assert_int_equal(walk_through("/v1/grants", "resource_id=210987654321&audit_enabled=false"),
	    2);
	assert_int_equal(walk_through("/v1/grants", "resource_id=210987654321&audit_enabled=true"),
	    0);
}

/* A page that ends exactly with the last row that it may look at, wanted or not. */
static void
a_page_may_end_with_the_last_row_it_looks_at(void **state)
{
	(void)state;
	permit();
	add_grants();
	sql("UPDATE grantd.grants g SET status = 'active', revoked_at = NULL WHERE status = 'revoked'");
	sql("UPDATE grantd.grants g SET status = 'revoked', revoked_at = now() FROM (SELECT id, row_number()"
	    " OVER (ORDER BY created_at DESC, id DESC) AS n FROM grantd.grants) o"
	    " WHERE o.id = g.id AND o.n IN (9999, 10000, 10001, 20000, 20001)");
	assert_int_equal(walk_through("/v1/grants", "status=revoked&limit=1"), 5);
	assert_int_equal(walk_through("/v1/grants", "status=revoked&limit=2"), 5);
	assert_int_equal(walk_through("/v1/grants", "status=revoked&limit=3"), 5);
	assert_int_equal(walk_through("/v1/grants", "status=revoked&limit=250"), 5);
}

/*
 * Entries of the grant's chain, one a second, a few of them denied; those of every hundredth second are of other grants. The
 * clock of whoever makes an id is ahead of the database's by so many seconds, or behind.
 */
static void
add_entries(const char *seconds)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,"
	    " resource_id, outcome, metadata, created_at, sequence, previous_hash, hash)"
	    " SELECT '" TENANT "', (lpad(to_hex((1700000000 + n + %s) * 1000::bigint), 12, '0')"
	    " || '70008' || substr(md5(n::text), 1, 15))::uuid, 'a' || n %% 3, 'api_key', 'UpdateGrant',"
	    " 'grant', CASE WHEN n %% 100 = 0 THEN gen_random_uuid() ELSE '" GRANT "' END,"
	    " CASE WHEN n IN (5, 15001) THEN 'denied' ELSE 'done' END, '{}',"
	    " to_timestamp(1700000000 + n), n, sha256(''), sha256('') FROM generate_series(1, " MANY
	    ") n",
	    seconds);
	sql(text);
}

static void
the_log_is_found_whole(void **state)
{
	(void)state;
	permit();
	add_entries("0");
	assert_int_equal(walk_through(LOG, "outcome=denied"), 2);
	assert_int_equal(walk.pages, 3);
	assert_int_equal(walk_through(LOG, "actor_id=nobody"), 0);
	assert_int_equal(walk_through(LOG, "resource_type=policy"), 0);
	assert_int_equal(walk_through(LOG, "resource_type=grant&outcome=denied&actor_id=a2"), 1);
	assert_int_equal(walk_through(LOG,
			     "resource_id=" GRANT "&limit=250&from=2023-11-14T22:13:21Z"
			     "&to=2023-11-14T22:15:00Z"),
	    99);
	assert_int_equal(walk_through(LOG, "resource_id=" GRANT "&outcome=denied"), 2);
	assert_int_equal(walk_through(LOG,
			     "resource_id=" GRANT "&resource_type=grant&outcome=denied"),
	    2);
	assert_true(walk.pages == 3 && walk.empty == 1);
	assert_int_equal(walk_through(LOG, "resource_id=" GRANT "&resource_type=policy"), 0);
}

/* The times in ids may be off by that much either way; what is asked for is the time of the entry. */
static void
a_time_is_found_whatever_the_clocks(void **state)
{
	static const char *const skew[] = { "0", "599", "-599" };
	size_t i;

	(void)state;
	permit();
	for (i = 0; i < COUNT_OF(skew); i++) {
		sql("SET session_replication_role = replica");
		sql("DELETE FROM grantd.audit_log");
		sql("SET session_replication_role = origin");
		add_entries(skew[i]);
		assert_int_equal(walk_through(LOG,
				     "from=2023-11-14T22:30:00Z&to=2023-11-14T22:31:00Z"),
		    60);
		assert_int_equal(walk.pages, 2);
		assert_int_equal(walk_through(LOG, "from=2023-11-15T05:10:00Z"), 1);
		assert_int_equal(walk_through(LOG, "to=2023-11-14T22:13:22Z"), 1);
		assert_int_equal(walk_through(LOG, "from=2030-01-01T00:00:00Z"), 0);
		assert_int_equal(walk_through(LOG, "to=1960-01-01T00:00:00Z"), 0);
	}
}

/* Ids are unique within a type alone. With a type the one chain, without one both, by sequence. */
static void
a_resource_has_the_order_of_its_chain(void **state)
{
	(void)state;
	permit();
	add_entries("0");
	sql("INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,"
	    " resource_id, outcome, metadata, sequence, previous_hash, hash) SELECT '" TENANT
	    "', ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'x', 'system', 'X',"
	    " 'policy', '" GRANT "', 'denied', '{}', 1000001 - n, sha256(''), sha256('')"
	    " FROM generate_series(1, 300) n");
	assert_int_equal(walk_through(LOG, "resource_id=" GRANT "&resource_type=policy&limit=7"),
	    300);
	assert_string_equal(walk.first, "00000000-0000-7000-8000-000000000001");
	assert_string_equal(walk.last, "00000000-0000-7000-8000-00000000012c");
	assert_int_equal(walk_through(LOG, "resource_id=" GRANT "&limit=250"), 24750 + 300);
	assert_string_equal(walk.first, "00000000-0000-7000-8000-000000000001");
	assert_int_equal(walk_through(LOG, "resource_id=" GRANT "&outcome=denied&limit=250"), 302);
	assert_string_equal(walk.first, "00000000-0000-7000-8000-000000000001");
}

static void
events_are_found_whole(void **state)
{
	(void)state;
	permit();
	sql("INSERT INTO grantd.activity_event (tenant_id, grant_id, id, recorded_at, occurred_at, service,"
	    " name, kind, outcome) SELECT '" TENANT "', '" GRANT "', gen_random_uuid(),"
	    " now() + n % 2 * interval '1 month', '2026-01-01'::timestamptz + n * interval '1 second',"
	    " CASE WHEN n IN (3, 14000) THEN 'rare' ELSE 's3' END, 'x', 'read', 'success'"
	    " FROM generate_series(1, " MANY ") n");
	assert_int_equal(walk_through("/v1/grants/" GRANT "/activity", "service=rare"), 2);
	assert_int_equal(walk.pages, 3);
	assert_int_equal(walk_through("/v1/grants/" GRANT "/activity",
			     "service=rare&outcome=success&until=2026-01-01T00:00:10Z"),
	    1);
	assert_int_equal(walk.pages, 1);
	assert_int_equal(walk_through("/v1/grants/" GRANT "/activity", "outcome=error"), 0);
}

/* More keys than a page looks at are newer and revoked. */
static void
add_revoked_keys(void)
{
	sql("INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash, created_at, revoked_at)"
	    " SELECT '" TENANT "', gen_random_uuid(), lpad(n::text, 8, '0'), 'k', '{x}',"
	    " sha256(n::text::bytea), now() + interval '1 hour', now() FROM generate_series(1, 12000) n");
}

static void
the_key_behind_many_is_found(void **state)
{
	(void)state;
	permit();
	add_revoked_keys();
	assert_int_equal(walk_through("/v1/api-keys", "status=active"), 1);
	assert_int_equal(walk.pages, 2);
	/* It is what keeps a change of the policies from locking everybody out. */
	assert_int_equal(request(HTTP_PATCH, "/v1/policies/" POLICY, NULL, "{\"priority\": 7}"),
	    200);
}

/* Of the first page of that list; static memory. */
static const char *
cursor_of(const char *path, const char *query)
{
	static char with_it[512];

	assert_int_equal(request(HTTP_GET, path, query, NULL), 200);
	(void)snprintf(with_it, sizeof(with_it), "cursor=%s", member("next_cursor"));
	return with_it;
}

static int
with_cursor(const char *path, const char *filter, const char *cursor)
{
	char query[512];

	(void)snprintf(query, sizeof(query), "limit=1&%s&%s", filter, cursor);
	return request(HTTP_GET, path, query, NULL);
}

static void
assert_refused(const char *path, const char *filter, const char *cursor)
{
	assert_int_equal(with_cursor(path, filter, cursor), 400);
	assert_string_equal(member("code"), "invalid_parameter");
	assert_string_equal(member("parameter"), "cursor");
}

static void
a_cursor_is_good_for_its_list_alone(void **state)
{
	const char *cursor;

	(void)state;
	permit();
	add_grants();
	add_entries("0");
	sql("INSERT INTO grantd.policies (tenant_id, id, name) VALUES ('" TENANT "', '" PERMIT
	    "', 'q')");
	cursor = cursor_of("/v1/grants", "limit=1");
	assert_int_equal(with_cursor("/v1/grants", "", cursor), 200);
	assert_refused(LOG, "", cursor);
	assert_refused("/v1/policies", "", cursor);
	assert_refused("/v1/policies/" POLICY "/rules", "", cursor);
	assert_refused("/v1/grants/" GRANT "/activity", "", cursor);
	assert_refused("/v1/api-keys", "", cursor);
	assert_refused("/v1/grants", "status=active", cursor);
	assert_refused("/v1/grants", "grantee_id=g1", cursor);
	cursor = cursor_of("/v1/grants", "limit=1&grantee_id=g1");
	assert_int_equal(with_cursor("/v1/grants", "grantee_id=g1", cursor), 200);
	assert_refused("/v1/grants", "grantee_id=g0", cursor);
	assert_refused("/v1/grants", "", cursor);
	cursor = cursor_of(LOG, "limit=1&actor_id=a1");
	assert_int_equal(with_cursor(LOG, "actor_id=a1", cursor), 200);
	assert_refused(LOG, "action=a1", cursor);
}

/* Two spellings of one value are one filter. */
static void
a_cursor_is_good_for_its_filter_however_spelled(void **state)
{
	const char *cursor;

	(void)state;
	permit();
	add_entries("0");
	cursor = cursor_of(LOG, "limit=1&from=2023-11-14T22:30:00Z&actor_id=a1");
	assert_int_equal(with_cursor(LOG, "actor_id=%61%31&from=2023-11-14T23:30:00.0%2b01:00",
			     cursor),
	    200);
	assert_refused(LOG, "actor_id=a1&from=2023-11-14T22:30:01Z", cursor);
	cursor = cursor_of(LOG, "limit=1&resource_id=" GRANT);
	assert_int_equal(with_cursor(LOG, "resource_id=" GRANT, cursor), 200);
	assert_refused(LOG, "resource_id=" GRANT "&resource_type=grant", cursor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_rare_is_found_whole),
		TEST(a_page_may_end_with_the_last_row_it_looks_at),
		TEST(the_log_is_found_whole),
		TEST(a_time_is_found_whatever_the_clocks),
		TEST(a_resource_has_the_order_of_its_chain),
		TEST(events_are_found_whole),
		TEST(the_key_behind_many_is_found),
		TEST(a_cursor_is_good_for_its_list_alone),
		TEST(a_cursor_is_good_for_its_filter_however_spelled),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
