/* SPDX-License-Identifier: MIT */
/* Reading the audit log through the pipeline, above all exports: what becomes of them in the middle. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/db/fixture.h"

#define LOG "/v1/audit-log"
#define ENTRIES 600 /* more than two batches */

/* A client, as a sink for the response. */
static struct client {
	enum stream_begun begun; /* how it takes the beginning */
	int pieces;              /* sent so far */
	int leaves_after;        /* that many; 0: stays */
	void (*meanwhile)(void); /* happens once, after the first piece */
	struct buf body;
} client;

static enum stream_begun
client_begin(void *to, const struct response *answer)
{
	(void)to;
	assert_int_equal(answer->status, 200);
	assert_non_null(strstr(buf_text(&answer->head), "Content-Disposition: attachment"));
	return client.begun;
}

/* No transaction may be open while a client is waited for. */
static bool
client_write(void *to, const void *data, size_t len)
{
	(void)to;
	assert_sql(
	    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
	    " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'",
	    "0");
	if (client.leaves_after > 0 && client.pieces == client.leaves_after)
		return false;
	buf_add(&client.body, data, len);
	if (client.pieces++ == 0 && client.meanwhile != NULL)
		client.meanwhile();
	return true;
}

static const struct response_sink sink = {
	.to = NULL,
	.begin = client_begin,
	.write = client_write,
};

/* Export, as NDJSON unless the query says otherwise; gives the status. */
static int export(const char *query)
{
	int status;

	buf_reset(&client.body);
	client.pieces = 0;
	rs.sink = &sink;
	status = request(HTTP_GET, LOG, query, NULL);
	rs.sink = NULL;
	return status;
}

static bool
is_whole(void)
{
	return strstr(buf_text(&client.body), "\"complete\":true") != NULL;
}

static int
lines(void)
{
	const char *at = buf_text(&client.body);
	int n = 0;

	for (; (at = strchr(at, '\n')) != NULL; at++)
		n++;
	return n;
}

/* Entries with ids in order, of no real chains: those are others' affair. */
static void
add_entries(const char *actor, int from, int to)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action,"
	    " resource_type, resource_id, outcome, metadata, reasoning, created_at, sequence,"
	    " previous_hash, hash) SELECT '" TENANT "', ('00000000-0000-7000-8000-' ||"
	    " lpad(to_hex(n), 12, '0'))::uuid, '%s', 'system', 'X', 'grant', '" GRANT "',"
	    " 'done', '{\"n\": 1}', CASE n WHEN 7 THEN '=1+\"1\"' WHEN 8 THEN '''x' END,"
	    " to_timestamp(n), n, sha256(''), sha256('') FROM generate_series(%d, %d) n",
	    actor, from, to);
	sql(text);
}

static int
each_begin(void **state)
{
	int rc = each_setup(state);

	permit();
	client = (struct client){ .begun = STREAM_BEGUN, .body = BUF_EMPTY };
	add_entries("test", 1, ENTRIES);
	return rc;
}

static int
each_end(void **state)
{
	buf_clear(&client.body);
	return each_teardown(state);
}

static void
an_export_has_everything(void **state)
{
	(void)state;
	assert_int_equal(export("format=ndjson"), 200);
	assert_int_equal(rs.stream, STREAM_OPEN);
	assert_int_equal(lines(), ENTRIES + 1);
	assert_non_null(strstr(buf_text(&client.body), "\n{\"complete\":true,\"entries\":600}\n"));
	assert_in_range(client.pieces, 3, 10);
	/* The newest comes first. */
	assert_memory_equal(client.body.data, "{\"id\":\"00000000-0000-7000-8000-000000000258\"",
	    44);
}

static void
csv_is_quoted_and_no_formula(void **state)
{
	(void)state;
	assert_int_equal(export("format=csv"), 200);
	assert_int_equal(lines(), ENTRIES + 2);
	assert_non_null(
	    strstr(buf_text(&client.body), ",\"{\"\"n\"\": 1}\",\"'=1+\"\"1\"\"\",1970-"));
	assert_non_null(strstr(buf_text(&client.body), ",\"''x\","));
	assert_non_null(strstr(buf_text(&client.body), "\r\ncomplete,600,,,,,,,,,,,\r\n"));
}

/* Most batches of such an export have no entry. */
static void
what_is_rare_is_exported_whole(void **state)
{
	(void)state;
	add_entries("rare", ENTRIES + 1, ENTRIES + 1);
	add_entries("test", ENTRIES + 2, 30000);
	add_entries("rare", 30001, 30001);
	assert_int_equal(export("format=ndjson&actor_id=rare"), 200);
	assert_int_equal(lines(), 3);
	assert_true(is_whole());
	assert_int_equal(export("format=ndjson&actor_id=nobody"), 200);
	assert_int_equal(lines(), 1);
	assert_true(is_whole());
	assert_int_equal(export("format=ndjson&actor_id=rare&resource_id=" GRANT), 200);
	assert_int_equal(lines(), 3);
}

static void
a_filter_is_applied_to_every_batch(void **state)
{
	(void)state;
	add_entries("other", ENTRIES + 1, ENTRIES + 1);
	assert_int_equal(export("format=ndjson&to=1970-01-01T00:00:11Z"), 200);
	assert_int_equal(lines(), 10 + 1);
	assert_int_equal(export("format=ndjson&actor_id=other"), 200);
	assert_int_equal(lines(), 1 + 1);
	assert_int_equal(export("format=ndjson&resource_id=" GRANT "&actor_id=test"), 200);
	assert_int_equal(lines(), ENTRIES + 1);
	assert_int_equal(export("format=ndjson&outcome=denied"), 200);
	assert_string_equal(buf_text(&client.body), "{\"complete\":true,\"entries\":0}\n");
}

/* A batch looks at 5,000 entries: what is wanted lies behind that, at its edge, and nowhere. */
static void
few_are_found_among_many(void **state)
{
	(void)state;
	add_entries("many", ENTRIES + 1, 5000 + 10);
	assert_int_equal(export("format=ndjson&to=1970-01-01T00:00:12Z"), 200);
	assert_int_equal(lines(), 11 + 1);
	assert_int_equal(export("format=ndjson&actor_id=test"), 200);
	assert_int_equal(lines(), ENTRIES + 1);
	assert_int_equal(export("format=ndjson&actor_id=many"), 200);
	assert_int_equal(lines(), 5010 - ENTRIES + 1);
	assert_int_equal(export("format=ndjson"), 200);
	assert_int_equal(lines(), 5010 + 1);
}

static void
add_newer(void)
{
	add_entries("newer", ENTRIES + 1, ENTRIES + 50);
}

static void
entries_that_come_meanwhile_are_left_out(void **state)
{
	(void)state;
	client.meanwhile = add_newer;
	assert_int_equal(export("format=ndjson"), 200);
	assert_int_equal(lines(), ENTRIES + 1);
	assert_null(strstr(buf_text(&client.body), "newer"));
	assert_true(is_whole());
}

static void
revoke(void)
{
	sql("UPDATE grantd.api_keys SET revoked_at = now()");
}

static void
forbid(void)
{
	add_rule(FORBID, "forbid (principal, action == Action::\"ListAuditLog\", resource);",
	    "No.");
}

/* Whatever ends it: there is no closing line, and whoever sends it is told to cut it off. */
static void
assert_cut(void)
{
	assert_int_equal(rs.stream, STREAM_CUT);
	assert_false(is_whole());
	assert_true(lines() < ENTRIES);
}

static void
a_revoked_key_ends_it(void **state)
{
	(void)state;
	client.meanwhile = revoke;
	assert_int_equal(export("format=ndjson"), 200);
	assert_int_equal(client.pieces, 1);
	assert_cut();
	assert_int_equal(export("format=ndjson"), 401);
	assert_int_equal(rs.stream, STREAM_NONE);
}

static void
a_policy_that_forbids_it_ends_it(void **state)
{
	(void)state;
	client.meanwhile = forbid;
	assert_int_equal(export("format=ndjson"), 200);
	assert_int_equal(client.pieces, 1);
	assert_cut();
	assert_int_equal(export("format=ndjson"), 403);
}

static void
a_client_that_leaves_ends_it(void **state)
{
	(void)state;
	client.leaves_after = 1;
	assert_int_equal(export("format=ndjson"), 200);
	assert_cut();
	client.leaves_after = 0;
	client.begun = STREAM_GONE;
	assert_int_equal(export("format=ndjson"), 200);
	assert_int_equal(client.pieces, 0);
	assert_cut();
	/* The worker is as good as before. */
	assert_int_equal(request(HTTP_GET, LOG, "limit=1", NULL), 200);
}

static void
too_many_at_once_are_refused(void **state)
{
	(void)state;
	client.begun = STREAM_BUSY;
	assert_int_equal(export("format=ndjson"), 503);
	assert_non_null(strstr(buf_text(&rs.body), "\"code\":\"unavailable\""));
	assert_int_equal(client.pieces, 0);
	assert_null(strstr(buf_text(&rs.head), "Content-Disposition"));
}

static void
head_sends_no_body(void **state)
{
	(void)state;
	rs.sink = &sink;
	assert_int_equal(request(HTTP_HEAD, LOG, "format=csv", NULL), 200);
	rs.sink = NULL;
	assert_int_equal(client.pieces, 0);
	assert_int_equal(rs.stream, STREAM_NONE);
	assert_non_null(strstr(buf_text(&rs.head), "Content-Type: text/csv; charset=utf-8\r\n"));
}

static void
pages_and_exports_do_not_mix(void **state)
{
	(void)state;
	assert_int_equal(export("format=ndjson&limit=5"), 400);
	assert_non_null(strstr(buf_text(&rs.body), "\"parameter\":\"limit\""));
	assert_int_equal(export("format=csv&cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 400);
	assert_non_null(strstr(buf_text(&rs.body), "\"parameter\":\"cursor\""));
	assert_int_equal(client.pieces, 0);
}

static void
one_entry_is_shown(void **state)
{
	(void)state;
	assert_int_equal(request(HTTP_GET, LOG "/00000000-0000-7000-8000-000000000007", NULL, NULL),
	    200);
	assert_non_null(strstr(buf_text(&rs.body), "\"reasoning\":\"=1+\\\"1\\\"\""));
	assert_non_null(strstr(buf_text(&rs.body), "\"metadata\":{\"n\": 1}"));
	assert_int_equal(request(HTTP_GET, LOG "/00000000-0000-7000-8000-000000000fff", NULL, NULL),
	    404);
}

int
main(void)
{
#define EXPORT(f) cmocka_unit_test_setup_teardown(f, each_begin, each_end)
	const struct CMUnitTest tests[] = {
		EXPORT(an_export_has_everything),
		EXPORT(csv_is_quoted_and_no_formula),
		EXPORT(what_is_rare_is_exported_whole),
		EXPORT(a_filter_is_applied_to_every_batch),
		EXPORT(few_are_found_among_many),
		EXPORT(entries_that_come_meanwhile_are_left_out),
		EXPORT(a_revoked_key_ends_it),
		EXPORT(a_policy_that_forbids_it_ends_it),
		EXPORT(a_client_that_leaves_ends_it),
		EXPORT(too_many_at_once_are_refused),
		EXPORT(head_sends_no_body),
		EXPORT(pages_and_exports_do_not_mix),
		EXPORT(one_entry_is_shown),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
