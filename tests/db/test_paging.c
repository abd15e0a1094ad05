/* SPDX-License-Identifier: MIT */
/*
 * Lists are walked through, page by page, while other processes add rows to them or take rows away, at least one between any
 * two pages: what was there all the time is listed once, and nothing is listed twice.
 */
#include "config.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "tests/db/fixture.h"

#define PAGES 1000
#define LIMIT 3
#define ROWS (PAGES * LIMIT) /* that are there before the walk begins */
#define TIED 7               /* so many of them have the same time */
#define WORKERS 2
#define EVERY 3 /* one of so many is taken away */
#define ADDED_MOST 200000
#define PATIENCE_MS 300000 /* only a hang takes so long */

#define TEXT_(n) #n
#define TEXT(n) TEXT_(n)
#define ALL_ROWS " FROM generate_series(0, " TEXT(ROWS) " - 1) AS n"
#define ROW_ID(first) "('" first "' || lpad(to_hex(n), 12, '0'))::uuid"

/* What the ids of these rows begin with; the rest is the row's number. */
#define GRANTS "aaaaaaaa-0000-4000-8000-"
#define ENTRIES "01900000-0000-7000-8000-"
#define EVENTS GRANTS

static struct shared {
	atomic_long done; /* rows that were added, or taken away */
	atomic_int working;
	atomic_bool failed;
	atomic_bool stop;
} * shared;

static pid_t children[WORKERS];
static int child_count;

/* One step of worker `w`; false where the answer is not as it should be. */
typedef bool step(int w, long n);

static bool
add_grant(int w, long n)
{
	(void)w;
	(void)n;
	return request(HTTP_POST, "/v1/grants", NULL,
		   "{\"grantee_id\":\"ann\",\"resource\":{\"type\":\"aws_account\",\"id\":\"123456789012\"},"
		   "\"action\":\"admin\",\"expires_at\":\"2099-01-01T00:00:00Z\"}") == 201;
}

/* Anywhere among the events that are there, and at their times. */
static bool
add_event(int w, long n)
{
	int second = (int)((n * 37 + w) % (ROWS / TIED));
	char text[256], id[UUID_TEXT_LEN + 1];
	struct uuid u;

	if (!uuid_make_v7(&u))
		return false;
	uuid_print(&u, id);
	(void)snprintf(text, sizeof(text),
	    "{\"events\":[{\"id\":\"%s\",\"occurred_at\":\"2026-01-01T12:%02d:%02dZ\",\"service\":\"s3\","
	    "\"name\":\"x\",\"kind\":\"read\",\"outcome\":\"success\"}]}",
	    id, second / 60, second % 60);
	return request(HTTP_POST, "/v1/grants/" GRANT "/activity", NULL, text) == 200;
}

static bool
leaves(long row)
{
	return row % EVERY == 1;
}

/* In the order of the list, so that what goes is where the walk is. */
static bool
revoke_grant(int w, long n)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "/v1/grants/" GRANTS "%012lx",
	    (unsigned long)(EVERY * (n * WORKERS + w) + 1));
	return request(HTTP_DELETE, path, NULL, NULL) == 204;
}

static void
work(step *one, int w, long most)
{
	bool good = true;
	long n;

	for (n = 0; good && n < most && !atomic_load(&shared->stop); n++) {
		good = one(w, n);
		atomic_fetch_add(&shared->done, 1);
	}
	if (!good) {
		(void)fprintf(stderr, "# worker %d: %d %s\n", w, rs.status, buf_text(&rs.body));
		atomic_store(&shared->failed, true);
	}
	atomic_fetch_sub(&shared->working, 1);
}

static void
start_workers(step *one, long most)
{
	pid_t pid;
	int w;

	atomic_store(&shared->working, WORKERS);
	for (w = 0; w < WORKERS; w++) {
		(void)fflush(NULL);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			fixture_after_fork();
			work(one, w, most);
			_exit(0);
		}
		children[child_count++] = pid;
	}
}

/* Wait until there is a change more than the last time, or nobody is left to make one. */
static void
await_change(long *seen)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;

	while (atomic_load(&shared->done) <= *seen && atomic_load(&shared->working) > 0) {
		assert_true(clock_monotonic_ms() < until);
		(void)usleep(200);
	}
	*seen = atomic_load(&shared->done);
}

/* What a walk came by. */
static struct walk {
	const char *prefix; /* of the ids of the rows that were there before */
	int pages;
	int times[ROWS]; /* how often each of them was listed */
	char (*added)[UUID_TEXT_LEN + 1];
	size_t added_count;
	char cursor[128];
} walk;

static void
take_row(const char *id)
{
	size_t len = strlen(walk.prefix);
	unsigned long row;

	assert_int_equal(strlen(id), UUID_TEXT_LEN);
	if (strncmp(id, walk.prefix, len) == 0) {
		row = strtoul(id + len, NULL, 16);
		assert_true(row < ROWS);
		walk.times[row]++;
		return;
	}
	assert_true(walk.added_count < ADDED_MOST);
	(void)memcpy(walk.added[walk.added_count++], id, UUID_TEXT_LEN + 1);
}

/* One page; false: it was the last. */
static bool
take_page(const char *path, const char *filter)
{
	struct json_object *page, *data, *next;
	char query[256];
	size_t i;

	(void)snprintf(query, sizeof(query), "limit=" TEXT(LIMIT) "%s%s%s", filter,
	    walk.cursor[0] != '\0' ? "&cursor=" : "", walk.cursor);
	assert_int_equal(request(HTTP_GET, path, query, NULL), 200);
	page = json_tokener_parse(buf_text(&rs.body));
	assert_true(json_object_object_get_ex(page, "data", &data));
	for (i = 0; i < json_object_array_length(data); i++)
		take_row(json_object_get_string(
		    json_object_object_get(json_object_array_get_idx(data, i), "id")));
	walk.pages++;
	next = json_object_object_get(page, "next_cursor");
	if (next != NULL) {
		assert_int_equal(json_object_array_length(data), LIMIT);
		(void)snprintf(walk.cursor, sizeof(walk.cursor), "%s",
		    json_object_get_string(next));
	}
	json_object_put(page);
	return next != NULL;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
assert_added_once(void)
{
	size_t i;

	qsort(walk.added, walk.added_count, sizeof(walk.added[0]), compare);
	for (i = 1; i < walk.added_count; i++)
		assert_string_not_equal(walk.added[i - 1], walk.added[i]);
}

static void
end_workers(void)
{
	int status, i, failed = 0;

	atomic_store(&shared->stop, true);
	for (i = 0; i < child_count; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	child_count = 0;
	assert_int_equal(failed, 0);
	assert_false(atomic_load(&shared->failed));
}

/* From the first page to the last, with a change before each. */
static void
walk_through(const char *path, const char *filter, const char *prefix)
{
	long seen = 0;

	walk.prefix = prefix;
	do
		await_change(&seen);
	while (take_page(path, filter));
	end_workers();
	assert_added_once();
}

static void
assert_all_once(void)
{
	int i;

	for (i = 0; i < ROWS; i++)
		if (walk.times[i] != 1)
			fail_msg("row %d was listed %d times", i, walk.times[i]);
	assert_true(walk.pages >= PAGES);
	assert_true(atomic_load(&shared->done) >= PAGES);
}

static void
make_grants(void)
{
	sql("INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,"
	    " expires_at, created_at) SELECT '" TENANT
	    "', " ROW_ID(GRANTS) ", 'ann', 'aws_account',"
				 " '123456789012', 'admin', '2099-01-01', now() - n / " TEXT(
				     TIED) " * interval '1 second'" ALL_ROWS);
}

static void
grants_while_some_are_added(void **state)
{
	(void)state;
	make_grants();
	start_workers(add_grant, ADDED_MOST / WORKERS);
	walk_through("/v1/grants", "", GRANTS);
	assert_all_once();
}

static void
grants_while_some_are_revoked(void **state)
{
	int i;

	(void)state;
	make_grants();
	start_workers(revoke_grant, ROWS / EVERY / WORKERS);
	walk_through("/v1/grants", "&status=active", GRANTS);
	for (i = 0; i < ROWS; i++)
		if (walk.times[i] != 1 && !(leaves(i) && walk.times[i] == 0))
			fail_msg("row %d was listed %d times", i, walk.times[i]);
	assert_sql("SELECT count(*) > 0 FROM grantd.grants WHERE status = 'revoked'", "t");
}

static void
entries_while_some_are_added(void **state)
{
	(void)state;
	sql("INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,"
	    " resource_id, outcome, metadata, sequence, previous_hash, hash) SELECT '" TENANT
	    "', " ROW_ID(
		ENTRIES) ", 'x', 'system', 'x', 'grant', gen_random_uuid(), 'done', '{}', 1, sha256('x'), sha256('y')" ALL_ROWS);
	start_workers(add_grant, ADDED_MOST / WORKERS);
	walk_through("/v1/audit-log", "", ENTRIES);
	assert_all_once();
}

static void
events_while_some_are_added(void **state)
{
	(void)state;
	assert_int_equal(switch_auditing(true), 200);
	sql("INSERT INTO grantd.activity_event (tenant_id, grant_id, id, occurred_at, service, name, kind, outcome)"
	    " SELECT '" TENANT "', '" GRANT "', " ROW_ID(
		EVENTS) ", '2026-01-01T12:00:00Z'::timestamptz"
			" + n / " TEXT(
			    TIED) " * interval '1 second', 's3', 'x', 'read', 'success'" ALL_ROWS);
	start_workers(add_event, ADDED_MOST / WORKERS);
	walk_through("/v1/grants/" GRANT "/activity", "", EVENTS);
	assert_all_once();
}

static int
begin(void **state)
{
	(void)memset(shared, 0, sizeof(*shared));
	child_count = 0;
	walk = (struct walk){ .added = calloc(ADDED_MOST, sizeof(walk.added[0])) };
	if (walk.added == NULL || each_setup(state) != 0)
		return 1;
	permit();
	(void)alarm(PATIENCE_MS / 1000);
	return 0;
}

static int
end(void **state)
{
	int i;

	for (i = 0; i < child_count; i++) { /* of a test that failed */
		(void)kill(children[i], SIGKILL);
		(void)waitpid(children[i], NULL, 0);
	}
	(void)alarm(0);
	free(walk.added);
	return each_teardown(state);
}

#define WALK(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WALK(grants_while_some_are_added),
		WALK(grants_while_some_are_revoked),
		WALK(entries_while_some_are_added),
		WALK(events_while_some_are_added),
	};

	shared = fixture_share(sizeof(*shared));
	if (shared == NULL || !log_open("", LEVEL_WARNING))
		return 1;
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
