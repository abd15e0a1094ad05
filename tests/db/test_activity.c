/* SPDX-License-Identifier: MIT */
/* RecordActivity, ListActivity and GetActivitySummary against a real server. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "tests/db/fixture.h"

#define OTHER_GRANT "44444444-4444-4444-8444-444444444445"
#define PATH "/v1/grants/" GRANT "/activity"
#define OTHER_PATH "/v1/grants/" OTHER_GRANT "/activity"

/* The members of an event but for its id and the closing brace. */
#define REST \
	"\"occurred_at\":\"2026-11-23T02:31:45.123456Z\",\"service\":\"s3\",\"name\":\"GetObject\"," \
	"\"kind\":\"read\",\"outcome\":\"success\""
#define EVENT(n) "{\"id\":\"00000000-0000-4000-8000-00000000000" n "\"," REST "}"

static int
begin(void **state)
{
	if (each_setup(state) != 0)
		return -1;
	permit();
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,"
	    " expires_at) SELECT tenant_id, '" OTHER_GRANT
	    "', grantee_id, resource_type, resource_id,"
	    " action, expires_at FROM grantd.grants");
	return 0;
}

static int
record(const char *path, const char *events)
{
	struct buf b = BUF_EMPTY;
	int status;

	buf_addf(&b, "{\"events\":[%s]}", events);
	status = request(HTTP_POST, path, "", buf_text(&b));
	buf_clear(&b);
	return status;
}

/* The last answer's body, parsed; the caller's. */
static struct json_object *
body_json(void)
{
	struct json_object *o = json_tokener_parse(buf_text(&rs.body));

	assert_non_null(o);
	return o;
}

static int64_t
number(struct json_object *o, const char *name)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(o, name, &value));
	return json_object_get_int64(value);
}

static void
assert_receipt(int64_t accepted, int64_t duplicates)
{
	struct json_object *o = body_json();

	assert_int_equal(number(o, "accepted"), accepted);
	assert_int_equal(number(o, "duplicates"), duplicates);
	json_object_put(o);
}

/* Every event is counted once, whichever way one looks. */
static void
assert_stored(const char *count)
{
	assert_sql("SELECT count(*) FROM grantd.activity_event", count);
	assert_sql("SELECT coalesce(sum(events), 0) FROM grantd.activity_count", count);
}

/*
 * The first request of a worker goes the ordinary way and those after it in one exchange; both
 * are tried everywhere.
 */
static void
an_event_is_stored_once(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record(PATH, EVENT("1") "," EVENT("2") "," EVENT("3")), 200);
	assert_receipt(3, 0);
	assert_int_equal(record(PATH, EVENT("1") "," EVENT("2") "," EVENT("3")), 200);
	assert_receipt(0, 3);
	assert_int_equal(record(PATH, EVENT("3") "," EVENT("4") "," EVENT("4") "," EVENT("5")),
	    200);
	assert_receipt(2, 2);
	assert_stored("5");
	assert_sql("SELECT count(*) FROM grantd.audit_log", "1");
}

static void
the_first_of_two_with_one_id_is_stored(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(
	    record(PATH,
		EVENT(
		    "1") ",{\"id\":\"00000000-0000-4000-8000-000000000001\","
			 "\"occurred_at\":\"2020-01-01T00:00:00Z\",\"service\":\"ec2\",\"name\":\"x\","
			 "\"kind\":\"write\",\"outcome\":\"error\"}"),
	    200);
	assert_receipt(1, 1);
	assert_sql("SELECT service FROM grantd.activity_event", "s3");
	assert_sql("SELECT concat_ws(' ', service, kind, outcome, events)"
		   " FROM grantd.activity_count",
	    "s3 read success 1");
}

/*
 * Ids are looked up in every partition: an event of last month, or of one that no partition was
 * made for, is known.
 */
static void
an_event_of_another_month_is_a_duplicate(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record(PATH, EVENT("1") "," EVENT("2")), 200);
	sql("UPDATE grantd.activity_event SET recorded_at = recorded_at + interval '1 month'"
	    " WHERE id::text LIKE '%1'");
	sql("UPDATE grantd.activity_event SET recorded_at = recorded_at - interval '5 years'"
	    " WHERE id::text LIKE '%2'");
	assert_sql("SELECT count(DISTINCT tableoid) FROM grantd.activity_event", "2");
	assert_int_equal(record(PATH, EVENT("1") "," EVENT("2") "," EVENT("3")), 200);
	assert_receipt(1, 2);
	assert_stored("3");
}

static void
an_id_says_nothing_to_another_grant(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	sql("UPDATE grantd.grants SET audit_enabled = true");
	assert_int_equal(record(PATH, EVENT("1")), 200);
	assert_receipt(1, 0);
	assert_int_equal(record(OTHER_PATH, EVENT("1")), 200);
	assert_receipt(1, 0);
	assert_int_equal(request(HTTP_GET, OTHER_PATH "/summary", "", ""), 200);
	assert_non_null(strstr(buf_text(&rs.body), "\"total_events\":1,"));
	assert_int_equal(record("/v1/grants/" POLICY "/activity", EVENT("1")), 404);
	assert_stored("2");
}

static void
nothing_is_stored_while_auditing_is_off(void **state)
{
	(void)state;
	assert_int_equal(record(PATH, EVENT("1")), 409);
	assert_non_null(strstr(buf_text(&rs.body), "\"code\":\"audit_disabled\""));
	assert_int_equal(record(PATH, EVENT("1")), 409);
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record(PATH, EVENT("1")), 200);
	assert_int_equal(switch_auditing(false), 200);
	assert_int_equal(record(PATH, EVENT("1") "," EVENT("2")), 409);
	assert_stored("1");
}

static void
a_new_policy_holds_at_once_and_its_refusal_is_logged(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record(PATH, EVENT("1")), 200);
	add_rule(FORBID, "forbid (principal, action == Action::\"RecordActivity\", resource);",
	    "x");
	assert_int_equal(record(PATH, EVENT("2")), 403);
	assert_int_equal(record(PATH, EVENT("2")), 403);
	assert_stored("1");
	assert_sql("SELECT action || ' ' || outcome || ' ' || count(*) FROM grantd.audit_log"
		   " WHERE outcome = 'denied' GROUP BY action, outcome",
	    "RecordActivity denied 2");
	assert_int_equal(request(HTTP_GET, PATH, "", ""), 200);
}

static void
a_revoked_key_stores_nothing(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record(PATH, EVENT("1")), 200);
	sql("UPDATE grantd.api_keys SET revoked_at = now()");
	assert_int_equal(record(PATH, EVENT("2")), 401);
	assert_stored("1");
}

/* An event with one member instead of the right one; both are JSON. */
static void
refuse(const char *right, const char *wrong, const char *member)
{
	static const char good[] = EVENT("2");
	const char *at = strstr(good, right);
	struct json_object *o, *details;
	struct buf b = BUF_EMPTY;

	assert_non_null(at);
	buf_addf(&b, "%s,%.*s%s%s", EVENT("1"), (int)(at - good), good, wrong, at + strlen(right));
	assert_int_equal(record(PATH, buf_text(&b)), 422);
	buf_clear(&b);
	o = body_json();
	assert_true(json_object_object_get_ex(o, "details", &details));
	assert_string_equal(json_object_get_string(json_object_object_get(details, "member")),
	    member);
	json_object_put(o);
}

static void
a_batch_with_a_fault_stores_nothing_and_names_it(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	refuse("\"kind\":\"read\"", "\"kind\":\"Read\"", "events[1].kind");
	refuse("\"outcome\":\"success\"", "\"outcome\":\"done\"", "events[1].outcome");
	refuse("\"outcome\":\"success\"", "\"outcome\":null", "events[1].outcome");
	refuse(",\"outcome\":\"success\"", "", "events[1].outcome");
	refuse("00000000-0000", "x", "events[1].id");
	refuse("2026-11-23T", "2026-11-31T", "events[1].occurred_at");
	refuse("\"s3\"", "\"\"", "events[1].service");
	refuse("\"s3\"", "\"a\\u0000b\"", "events[1].service");
	refuse("\"s3\"", "\"a\\nb\"", "events[1].service");
	refuse("\"s3\"", "1", "events[1].service");
	refuse("\"GetObject\"", "[]", "events[1].name");
	refuse("}", ",\"source_ip\":\"10.0.0\"}", "events[1].source_ip");
	refuse("}", ",\"source_ip\":\"10.0.0.0/8\"}", "events[1].source_ip");
	refuse("}", ",\"source_ip\":\"fe80::1%eth0\"}", "events[1].source_ip");
	refuse("}", ",\"source_ip\":4}", "events[1].source_ip");
	refuse("}", ",\"details\":[]}", "events[1].details");
	refuse("}", ",\"details\":{\"a\":{\"b\":\"\\u0000\"}}}", "events[1].details.a.b");
	refuse("}", ",\"recorded_at\":\"2026-11-23T02:31:45Z\"}", "events[1].recorded_at");
	assert_int_equal(record(PATH, ""), 422);
	assert_int_equal(record(PATH, EVENT("1") ",null"), 422);
	assert_int_equal(request(HTTP_POST, PATH, "", "{}"), 422);
	assert_stored("0");
}

/* `n` events, number i having id i, at second i % 7, of one of three services. */
static void
many(struct buf *b, int first, int n)
{
	static const char *const services[] = { "s3", "ec2", "Zz" };
	static const char *const outcomes[] = { "success", "success", "denied", "error" };
	int i;

	for (i = first; i < first + n; i++)
		buf_addf(b,
		    "%s{\"id\":\"%08x-0000-4000-8000-000000000000\","
		    "\"occurred_at\":\"2026-11-23T02:31:0%dZ\",\"service\":\"%s\",\"name\":\"n\","
		    "\"kind\":\"%s\",\"outcome\":\"%s\"}",
		    i == first ? "" : ",", (unsigned)i, i % 7, services[i % 3],
		    i % 5 == 0 ? "write" : "read", outcomes[i % 4]);
}

static int
record_many(int first, int n)
{
	struct buf b = BUF_EMPTY;
	int status;

	many(&b, first, n);
	status = record(PATH, buf_text(&b));
	buf_clear(&b);
	return status;
}

static void
a_batch_has_up_to_500_events(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_many(0, 500), 200);
	assert_receipt(500, 0);
	assert_int_equal(record_many(250, 500), 200);
	assert_receipt(250, 250);
	assert_int_equal(record_many(0, 501), 422);
	assert_stored("750");
	assert_sql(
	    "SELECT count(*) FROM (SELECT service, kind, outcome, count(*) AS n"
	    " FROM grantd.activity_event GROUP BY service, kind, outcome) e FULL JOIN"
	    " grantd.activity_count c USING (service, kind, outcome) WHERE n IS DISTINCT FROM events",
	    "0");
}

static void
a_summary_adds_up(void **state)
{
	(void)state;
	assert_int_equal(request(HTTP_GET, PATH "/summary", "", ""), 200);
	assert_string_equal(buf_text(&rs.body),
	    "{\"total_events\":0,\"read_events\":0,\"write_events\":0,"
	    "\"denied_events\":0,\"error_events\":0,\"services\":[]}");
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_many(0, 60), 200);
	sql("UPDATE grantd.activity_count SET month = month - 400 WHERE service = 's3'");
	assert_int_equal(record_many(60, 60), 200);
	assert_int_equal(request(HTTP_GET, PATH "/summary", "", ""), 200);
	assert_string_equal(buf_text(&rs.body),
	    "{\"total_events\":120,\"read_events\":96,\"write_events\":24,"
	    "\"denied_events\":30,\"error_events\":30,\"services\":[\"Zz\", \"ec2\", \"s3\"]}");
}

/*
 * All that an event can have comes back as it went in, but for the zone and the digits past
 * microseconds.
 */
static void
an_event_comes_back(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(
	    record(PATH,
		"{\"id\":\"ABCDEF00-0000-4000-8000-000000000001\","
		"\"occurred_at\":\"2026-11-23t01:30:45.1234567-23:59\",\"service\":\"\\u00e4\","
		"\"name\":\"a 'b' \\\"c\\\" {d}\",\"kind\":\"write\",\"outcome\":\"denied\","
		"\"source_ip\":\"2001:DB8:0::1\",\"details\":{\"b\":[1.50,null,\"\\u20ac\"],\"a\":"
		"12345678901234567890}}"),
	    200);
	assert_int_equal(request(HTTP_GET, PATH, "", ""), 200);
	assert_string_equal(buf_text(&rs.body),
	    "{\"data\":[{\"id\":\"abcdef00-0000-4000-8000-000000000001\","
	    "\"occurred_at\":\"2026-11-24T01:29:45.123456Z\",\"service\":\"\303\244\","
	    "\"name\":\"a 'b' \\\"c\\\" {d}\",\"kind\":\"write\",\"outcome\":\"denied\","
	    "\"source_ip\":\"2001:db8::1\",\"details\":{\"a\": 12345678901234567890, \"b\": [1.50, null, "
	    "\"\342\202\254\"]}}],\"next_cursor\":null,\"has_more\":false}");
	assert_int_equal(
	    record(PATH,
		"{\"id\":\"abcdef00-0000-4000-8000-000000000002\","
		"\"occurred_at\":\"0001-01-01T00:00:00Z\",\"service\":\"x\",\"name\":\"y\","
		"\"kind\":\"read\",\"outcome\":\"success\",\"source_ip\":null,\"details\":null}"),
	    200);
	assert_int_equal(request(HTTP_GET, PATH, "until=2000-01-01T00:00:00Z", ""), 200);
	assert_non_null(strstr(buf_text(&rs.body), "\"source_ip\":null,\"details\":null"));
}

/* What is short as text can be long as stored. */
static void
the_largest_details_are_stored(void **state)
{
	struct buf b = BUF_EMPTY;
	int i;

	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	buf_adds(&b,
	    "{\"id\":\"00000000-0000-4000-8000-000000000009\"," REST ",\"details\":{\"a\":[0");
	for (i = 0; i < 61000; i++)
		buf_adds(&b, ",1");
	buf_adds(&b, "]}}");
	assert_int_equal(record(PATH, buf_text(&b)), 200);
	buf_adds(&b, "                    ");
	for (i = 0; i < 1000; i++)
		buf_addc(&b, ' ');
	assert_int_equal(record(PATH, buf_text(&b)), 413);
	buf_clear(&b);
	assert_stored("1");
}

/*
 * Read page by page with a filter, and give back how many there were; every page but the last is
 * full.
 */
static int
walk(const char *filter, int limit, int add)
{
	struct json_object *o, *data;
	char query[256], cursor[64] = "", last[64] = "~";
	int total = 0, i, n;

	do {
		(void)snprintf(query, sizeof(query), "limit=%d%s%s%s", limit, filter,
		    cursor[0] != '\0' ? "&cursor=" : "", cursor);
		assert_int_equal(request(HTTP_GET, PATH, query, ""), 200);
		o = body_json();
		data = json_object_object_get(o, "data");
		n = (int)json_object_array_length(data);
		for (i = 0; i < n; i++) {
			struct json_object *e = json_object_array_get_idx(data, (size_t)i);
			char now[64];

			(void)snprintf(now, sizeof(now), "%.19s %.36s",
			    json_object_get_string(json_object_object_get(e, "occurred_at")),
			    json_object_get_string(json_object_object_get(e, "id")));
			assert_true(strcmp(now, last) < 0); /* newest first, and none twice */
			memcpy(last, now, sizeof(last));
		}
		total += n;
		(void)snprintf(cursor, sizeof(cursor), "%s",
		    json_object_get_boolean(json_object_object_get(o, "has_more")) ?
			json_object_get_string(json_object_object_get(o, "next_cursor")) :
			"");
		assert_true(cursor[0] == '\0' || n == limit);
		json_object_put(o);
		if (add > 0)
			assert_int_equal(record_many(1000 + add++, 1), 200);
	} while (cursor[0] != '\0');
	return total;
}

static void
pages_hold_every_event_once(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_many(0, 100), 200);
	/* In two partitions, so that the order is not that of one index. */
	sql("UPDATE grantd.activity_event SET recorded_at = recorded_at + interval '1 month'"
	    " WHERE occurred_at >= '2026-11-23T02:31:02Z' AND kind = 'write'");
	assert_int_equal(walk("", 7, 0), 100);
	assert_int_equal(walk("", 50, 0), 100);
	assert_int_equal(walk("", 250, 0), 100);
	assert_int_equal(walk("&service=ec2", 4, 0), 33);
	assert_int_equal(walk("&outcome=denied", 4, 0), 25);
	assert_int_equal(walk("&outcome=denied&service=s3", 4, 0), 8);
	assert_int_equal(walk("&since=2026-11-23T02:31:05Z", 4, 0), 28);
	assert_int_equal(walk("&until=2026-11-23T02:31:05Z", 4, 0), 72);
	assert_int_equal(walk("&since=2026-11-23T03:31:03%2B01:00&until=2026-11-23T02:31:04Z", 4,
			     0),
	    14);
	assert_int_equal(walk("&service=nothing", 4, 0), 0);
}

/* What comes while a list is read may be in it or not; what was there at first is. */
static void
pages_bear_new_events(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_many(0, 100), 200);
	assert_true(walk("", 3, 1) >= 100);
}

/* Ask for a summary, and give back the body. */
static const char *
summary(const char *query)
{
	assert_int_equal(request(HTTP_GET, PATH "/summary", query, ""), 200);
	return buf_text(&rs.body);
}

/* Events of a time are those that a list of it has. */
static void
a_summary_is_of_a_time(void **state)
{
	static const char *const times[] = { "&since=2026-11-23T02:31:02Z",
		"&until=2026-11-23T02:31:05Z", "&since=2026-11-23T02:31:02.000001Z",
		"&until=2026-11-23T02:31:05.000001Z",
		"&since=2026-11-23T03:31:03%2B01:00&until=2026-11-23T02:31:04Z",
		"&since=2026-11-23T02:31:04Z&until=2026-11-23T02:31:03Z",
		"&since=9999-12-31T23:59:59.999999Z", "&until=0001-01-01T00:00:00Z" };
	char total[64], query[128];
	size_t i;

	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_many(0, 120), 200);
	sql("UPDATE grantd.activity_event SET recorded_at = recorded_at + interval '1 month'"
	    " WHERE kind = 'write'");
	for (i = 0; i < COUNT_OF(times); i++) {
		(void)snprintf(total, sizeof(total), "\"total_events\":%d,", walk(times[i], 50, 0));
		assert_non_null(strstr(summary(times[i]), total));
		(void)snprintf(query, sizeof(query), "interval=3600%s", times[i]);
		assert_non_null(strstr(summary(query), total));
	}
	assert_string_equal(summary("since=2026-11-23T02:31:02Z&until=2026-11-23T02:31:03Z"),
	    "{\"total_events\":17,\"read_events\":14,\"write_events\":3,"
	    "\"denied_events\":5,\"error_events\":4,\"services\":[\"Zz\", \"ec2\", \"s3\"]}");
	assert_string_equal(summary("until=2026-11-23T02:31:00Z"),
	    "{\"total_events\":0,\"read_events\":0,\"write_events\":0,"
	    "\"denied_events\":0,\"error_events\":0,\"services\":[]}");
}

/* One event at a time. */
static void
record_at(int id, const char *time, const char *kind, const char *outcome)
{
	struct buf b = BUF_EMPTY;

	buf_addf(&b,
	    "{\"id\":\"%08x-0000-4000-8000-000000000000\",\"occurred_at\":\"%s\","
	    "\"service\":\"s3\",\"name\":\"n\",\"kind\":\"%s\",\"outcome\":\"%s\"}",
	    (unsigned)id, time, kind, outcome);
	assert_int_equal(record(PATH, buf_text(&b)), 200);
	buf_clear(&b);
}

/* The series of the last answer, a bucket as "FROM r/r/r w/w/w "; static memory. */
static const char *
series(void)
{
	static const char *const outcomes[] = { "success", "denied", "error" };
	static const char *const kinds[] = { "read", "write" };
	static char text[1024];
	struct json_object *o = body_json(), *all = json_object_object_get(o, "series");
	size_t i, k, j, used = 0;

	text[0] = '\0';
	for (i = 0; i < json_object_array_length(all); i++) {
		struct json_object *bucket = json_object_array_get_idx(all, i);

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s",
		    json_object_get_string(json_object_object_get(bucket, "from")));
		for (k = 0; k < COUNT_OF(kinds); k++)
			for (j = 0; j < COUNT_OF(outcomes); j++)
				used += (size_t)snprintf(text + used, sizeof(text) - used, "%c%d",
				    j == 0 ? ' ' : '/',
				    (int)number(json_object_object_get(bucket, kinds[k]),
					outcomes[j]));
		used += (size_t)snprintf(text + used, sizeof(text) - used, " ");
		assert_in_range(used, 1, sizeof(text) - 1);
	}
	json_object_put(o);
	return text;
}

#define NO_EVENTS \
	"{\"total_events\":0,\"read_events\":0,\"write_events\":0,\"denied_events\":0," \
	"\"error_events\":0,\"services\":[],\"first_event_at\":null,\"last_event_at\":null,\"series\":[]}"

/* Buckets begin at multiples of the interval, also before 1970, and not at `since`; but none before the year 1, which has no text. */
static void
a_summary_has_buckets(void **state)
{
	(void)state;
	assert_string_equal(summary("interval=1"), NO_EVENTS);
	assert_int_equal(switch_auditing(true), 200);
	record_at(1, "0001-01-01T00:00:00Z", "read", "success");
	record_at(2, "1969-12-31T23:59:59.999999Z", "read", "denied");
	record_at(3, "1970-01-01T00:00:00Z", "read", "error");
	record_at(4, "1970-01-07T23:59:59.999999Z", "write", "success");
	record_at(5, "1970-01-08T00:00:00Z", "write", "denied");
	record_at(6, "9999-12-31T23:59:59.999999Z", "write", "error");
	(void)summary("interval=604800");
	assert_string_equal(series(),
	    "0001-01-01T00:00:00.000000Z 1/0/0 0/0/0 1969-12-25T00:00:00.000000Z 0/1/0 0/0/0 "
	    "1970-01-01T00:00:00.000000Z 0/0/1 1/0/0 1970-01-08T00:00:00.000000Z 0/0/0 0/1/0 "
	    "9999-12-30T00:00:00.000000Z 0/0/0 0/0/1 ");
	assert_body("\"total_events\":6,\"read_events\":3,\"write_events\":3,\"denied_events\":2,"
		    "\"error_events\":2,\"services\":[\"s3\"],"
		    "\"first_event_at\":\"0001-01-01T00:00:00.000000Z\","
		    "\"last_event_at\":\"9999-12-31T23:59:59.999999Z\",");
	(void)summary("interval=604800&since=1970-01-01T00:00:00.000001Z"
		      "&until=1970-01-08T00:00:00Z");
	assert_string_equal(series(), "1970-01-01T00:00:00.000000Z 0/0/0 1/0/0 ");
	assert_body("\"total_events\":1,");
	assert_body("\"first_event_at\":\"1970-01-07T23:59:59.999999Z\","
		    "\"last_event_at\":\"1970-01-07T23:59:59.999999Z\",");
	assert_string_equal(summary("interval=31536000&since=9999-12-31T23:59:59Z"
				    "&until=9999-12-31T23:59:59.999999Z"),
	    NO_EVENTS);
}

#define TOLD_AND_COUNTED_DIFFERENTLY \
	"SELECT count(*) FROM (SELECT (b->>'from')::timestamptz AS at, k, o, (b->k->>o)::bigint AS n" \
	" FROM jsonb_array_elements('%s') b, unnest('{read,write}'::text[]) k," \
	" unnest('{success,denied,error}'::text[]) o WHERE b->k->>o <> '0') told" \
	" NATURAL FULL JOIN (SELECT to_timestamp(floor(extract(epoch FROM occurred_at) / %d) * %d)" \
	" AS at, kind::text AS k, outcome::text AS o, count(*) AS n FROM grantd.activity_event" \
	" GROUP BY 1, 2, 3) counted WHERE told.n IS NULL OR counted.n IS NULL"

static void
every_event_is_in_its_bucket(void **state)
{
	static const int intervals[] = { 1, 2, 7, 60, 3599, 3600, 86400, 604800, 31536000 };
	struct buf text = BUF_EMPTY;
	struct json_object *o;
	size_t i;

	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_many(0, 500), 200);
	assert_int_equal(record_many(500, 300), 200);
	sql("UPDATE grantd.activity_event SET recorded_at = recorded_at + interval '1 month'"
	    " * (n % 3), occurred_at = '1969-12-31T23:50:00Z'::timestamptz + interval '1.5 seconds'"
	    " * n * (1 + n % 2 * 100) FROM (SELECT id AS of, ('x' || left(id::text, 8))::bit(32)::int"
	    " AS n FROM grantd.activity_event) x WHERE id = of");
	for (i = 0; i < COUNT_OF(intervals); i++) {
		buf_reset(&text);
		buf_addf(&text, "interval=%d", intervals[i]);
		(void)summary(buf_text(&text));
		o = body_json();
		buf_reset(&text);
		buf_addf(&text, TOLD_AND_COUNTED_DIFFERENTLY,
		    json_object_to_json_string(json_object_object_get(o, "series")), intervals[i],
		    intervals[i]);
		assert_sql(buf_text(&text), "0");
		json_object_put(o);
	}
	buf_clear(&text);
}

static void
buckets_are_so_many_at_most(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(record_many(0, 500), 200);
	assert_int_equal(record_many(500, 500), 200);
	sql("UPDATE grantd.activity_event SET occurred_at = '2026-11-23T00:00:00Z'::timestamptz"
	    " + interval '1 second' * ('x' || left(id::text, 8))::bit(32)::int");
	assert_non_null(strstr(summary("interval=1"), "\"total_events\":1000,"));
	record_at(9999, "2026-11-24T00:00:00Z", "read", "success");
	assert_int_equal(request(HTTP_GET, PATH "/summary", "interval=1", ""), 400);
	assert_body("\"code\":\"invalid_parameter\"");
	assert_body("\"parameter\":\"interval\"");
	assert_body("at most 1000 buckets");
	assert_non_null(
	    strstr(summary("interval=1&until=2026-11-24T00:00:00Z"), "\"total_events\":1000,"));
	assert_non_null(strstr(summary("interval=2"), "\"total_events\":1001,"));
}

/* How many entries of the list's indexes were read, by sessions that have ended. */
static int64_t
entries_read(void)
{
	int64_t until = clock_monotonic_ms() + 30000;

	while (strcmp(sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
			  " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"),
		   "0") != 0)
		assert_true(clock_monotonic_ms() < until);
	return strtoll(sql("SELECT sum(idx_tup_read) FROM pg_stat_user_indexes"
			   " WHERE relname ~ '^activity_event' AND indexrelname ~ 'occurred_at'"),
	    NULL, 10);
}

/* 2000 events, one a second, and plans that are made once for all values: a worker's statements come to have such. */
static void
plan_generically(void)
{
	int i;

	sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET plan_cache_mode ="
	    " force_generic_plan', current_database()); END $$");
	assert_int_equal(switch_auditing(true), 200);
	for (i = 0; i < 4; i++)
		assert_int_equal(record_many(i * 500, 500), 200);
	sql("UPDATE grantd.activity_event SET occurred_at = '2026-11-23T00:00:00Z'::timestamptz"
	    " + interval '1 second' * ('x' || left(id::text, 8))::bit(32)::int");
	fixture_restart();
}

static void
plan_as_usual(void)
{
	sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());"
	    " END $$");
}

/*
 * A page in the middle costs no more than the first one, even with a plan that was made once for
 * all values: a worker's statements come to have such plans, and row-level security keeps
 * conditions that might leak out of an index.
 */
static void
a_page_is_read_from_its_place(void **state)
{
	struct json_object *o;
	char query[128];
	int64_t before;

	(void)state;
	plan_generically();
	before = entries_read();
	assert_int_equal(request(HTTP_GET, PATH, "limit=9&until=2026-11-23T00:20:00Z", ""), 200);
	assert_non_null(strstr(buf_text(&rs.body), "2026-11-23T00:19:59.000000Z"));
	o = body_json();
	(void)snprintf(query, sizeof(query), "limit=9&until=2026-11-23T00:20:00Z&cursor=%s",
	    json_object_get_string(json_object_object_get(o, "next_cursor")));
	json_object_put(o);
	fixture_restart();
	assert_in_range(entries_read() - before, 10, 20);
	before = entries_read();
	assert_int_equal(request(HTTP_GET, PATH, query, ""), 200);
	assert_non_null(strstr(buf_text(&rs.body), "2026-11-23T00:19:50.000000Z"));
	fixture_restart();
	assert_in_range(entries_read() - before, 10, 20);
	plan_as_usual();
}

/* What happened before and behind it is not read; and of buckets that are too many only where each begins. */
static void
a_summary_reads_its_time(void **state)
{
	static const char *const queries[] = { "", "&interval=10", "&interval=31536000" };
	char query[160];
	int64_t before;
	size_t i;

	(void)state;
	plan_generically();
	for (i = 0; i < COUNT_OF(queries); i++) {
		(void)snprintf(query, sizeof(query),
		    "since=2026-11-23T00:10:00Z&until=2026-11-23T00:12:00Z%s", queries[i]);
		before = entries_read();
		assert_non_null(strstr(summary(query), "\"total_events\":120,"));
		fixture_restart();
		assert_in_range(entries_read() - before, 120, 150);
	}
	before = entries_read();
	assert_int_equal(request(HTTP_GET, PATH "/summary", "interval=1", ""), 400);
	fixture_restart();
	assert_in_range(entries_read() - before, 1001, 1100);
	plan_as_usual();
}

static void
queries_are_checked(void **state)
{
	static const char *const wrong[] = { "limit=0", "limit=251", "cursor=x", "since=yesterday",
		"until=2026-11-23", "outcome=done", "service=", "kind=read",
		"since=2026-11-23T02:31:05Z&since=2026-11-23T02:31:05Z" };
	static const char *const wrong_of_summary[] = { "since=x", "until=2026-11-23", "limit=1",
		"outcome=denied", "interval=1&interval=1", "interval=", "interval=1.5",
		"interval=0", "interval=31536001" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(wrong); i++) {
		assert_int_equal(request(HTTP_GET, PATH, wrong[i], ""), 400);
		assert_non_null(strstr(buf_text(&rs.body), "\"code\":\"invalid_parameter\""));
	}
	for (i = 0; i < COUNT_OF(wrong_of_summary); i++) {
		assert_int_equal(request(HTTP_GET, PATH "/summary", wrong_of_summary[i], ""), 400);
		assert_body("\"code\":\"invalid_parameter\"");
	}
	assert_body("an integer from 1 to 31536000");
	assert_int_equal(request(HTTP_GET, "/v1/grants/" POLICY "/activity", "", ""), 404);
	assert_int_equal(request(HTTP_GET, "/v1/grants/" POLICY "/activity/summary", "", ""), 404);
	assert_int_equal(request(HTTP_DELETE, PATH, "", ""), 405);
}

int
main(void)
{
#define ACTIVITY_TEST(f) cmocka_unit_test_setup_teardown(f, begin, each_teardown)
	const struct CMUnitTest tests[] = {
		ACTIVITY_TEST(an_event_is_stored_once),
		ACTIVITY_TEST(the_first_of_two_with_one_id_is_stored),
		ACTIVITY_TEST(an_event_of_another_month_is_a_duplicate),
		ACTIVITY_TEST(an_id_says_nothing_to_another_grant),
		ACTIVITY_TEST(nothing_is_stored_while_auditing_is_off),
		ACTIVITY_TEST(a_new_policy_holds_at_once_and_its_refusal_is_logged),
		ACTIVITY_TEST(a_revoked_key_stores_nothing),
		ACTIVITY_TEST(a_batch_with_a_fault_stores_nothing_and_names_it),
		ACTIVITY_TEST(a_batch_has_up_to_500_events),
		ACTIVITY_TEST(a_summary_adds_up),
		ACTIVITY_TEST(a_summary_is_of_a_time),
		ACTIVITY_TEST(a_summary_has_buckets),
		ACTIVITY_TEST(every_event_is_in_its_bucket),
		ACTIVITY_TEST(buckets_are_so_many_at_most),
		ACTIVITY_TEST(a_summary_reads_its_time),
		ACTIVITY_TEST(an_event_comes_back),
		ACTIVITY_TEST(the_largest_details_are_stored),
		ACTIVITY_TEST(pages_hold_every_event_once),
		ACTIVITY_TEST(pages_bear_new_events),
		ACTIVITY_TEST(a_page_is_read_from_its_place),
		ACTIVITY_TEST(queries_are_checked),
	};

	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
