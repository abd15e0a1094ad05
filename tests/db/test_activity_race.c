/* SPDX-License-Identifier: MIT */
/*
 * Writers of session activity and those who switch auditing on and off, each in a process and
 * with a connection of its own, all on one grant: no event is stored after a committed
 * switch-off, and what the writers were told is what is stored. The end comes when every writer
 * has seen enough of both answers.
 */
#include "config.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/db/fixture.h"

#define WRITERS 4
#define TOGGLERS 2
#define BATCH 5
#define ENOUGH 25 /* answers of each kind, for each writer */
#define ROUNDS 10
#define ENOUGH_IN_ROUND 3
#define PATIENCE_MS 120000 /* for the whole of a test: only a hang takes so long */

/* What the processes tell each other. */
static struct shared {
	atomic_long accepted[WRITERS]; /* events that the writer was told were new */
	atomic_long batches[WRITERS];  /* its answers of 200 */
	atomic_long refused[WRITERS];  /* its answers of 409 */
	atomic_int writers_left;
	atomic_bool stop;
} * shared;

static pid_t children[WRITERS + TOGGLERS];
static int child_count;

/*
 * Batch `k`, which is the same for every writer: all of them try to store all events, and one
 * succeeds. One event is in two batches.
 */
static int
record(long k)
{
	struct buf b = BUF_EMPTY;
	int i, status;

	buf_adds(&b, "{\"events\":[");
	for (i = 0; i <= BATCH; i++)
		buf_addf(&b,
		    "%s{\"id\":\"%08lx-0000-4000-8000-000000000000\",\"occurred_at\":"
		    "\"2026-11-23T02:31:45Z\",\"service\":\"s%ld\",\"name\":\"n\",\"kind\":\"%s\","
		    "\"outcome\":\"success\"}",
		    i == 0 ? "" : ",", (unsigned long)(k * BATCH + i), k % 3,
		    i % 2 == 0 ? "read" : "write");
	buf_adds(&b, "]}");
	status = request(HTTP_POST, "/v1/grants/" GRANT "/activity", "", buf_text(&b));
	buf_clear(&b);
	return status;
}

/* The member of the last answer. */
static long
told(const char *name)
{
	const char *at = strstr(buf_text(&rs.body), name);

	return at != NULL ? strtol(at + strlen(name) + 2, NULL, 10) : -1;
}

/* One request of a writer; false where the answer is neither of the two that may come. */
static bool
write_once(int w)
{
	long accepted;

	switch (record(atomic_load(&shared->batches[w]))) {
	case 200:
		accepted = told("accepted");
		if (accepted < 0 || accepted + told("duplicates") != BATCH + 1)
			return false;
		atomic_fetch_add(&shared->accepted[w], accepted);
		atomic_fetch_add(&shared->batches[w], 1);
		return true;
	case 409:
		atomic_fetch_add(&shared->refused[w], 1);
		return true;
	default:
		(void)fprintf(stderr, "# writer %d: %d %s\n", w, rs.status, buf_text(&rs.body));
		return false;
	}
}

static bool
write_until_enough(int w)
{
	bool good = true;

	while (good &&
	    (atomic_load(&shared->batches[w]) < ENOUGH ||
		atomic_load(&shared->refused[w]) < ENOUGH))
		good = write_once(w);
	atomic_fetch_sub(&shared->writers_left, 1);
	return good;
}

static bool
write_until_stopped(int w)
{
	bool good = true;

	while (good && !atomic_load(&shared->stop))
		good = write_once(w);
	atomic_fetch_sub(&shared->writers_left, 1);
	return good;
}

static bool
toggle(int t)
{
	bool good = true;
	long n;

	for (n = t; good && atomic_load(&shared->writers_left) > 0; n++)
		good = switch_auditing(n % 2 == 0) == 200;
	return good;
}

static void
start(bool (*work)(int), int n)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		fixture_after_fork();
		_exit(work(n) ? 0 : 1);
	}
	children[child_count++] = pid;
}

/* Wait for all; they end by themselves, but for a hang. */
static void
join(void)
{
	int status, i, failed = 0;

	for (i = 0; i < child_count; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	}
	child_count = 0;
	assert_int_equal(failed, 0);
}

static int
begin(void **state)
{
	(void)memset(shared, 0, sizeof(*shared));
	atomic_store(&shared->writers_left, WRITERS);
	child_count = 0;
	(void)alarm(PATIENCE_MS / 1000);
	if (each_setup(state) != 0)
		return -1;
	permit();
	return 0;
}

/*
 * Stored is what the writers were told: all events of all batches that anyone was told are
 * stored, each once.
 */
static void
assert_all_is_right(void)
{
	char text[32];
	long accepted = 0, most = 0;
	int w;

	for (w = 0; w < WRITERS; w++) {
		accepted += atomic_load(&shared->accepted[w]);
		if (atomic_load(&shared->batches[w]) > most)
			most = atomic_load(&shared->batches[w]);
	}
	assert_int_equal(accepted, most * BATCH + 1);
	(void)snprintf(text, sizeof(text), "%ld", accepted);
	assert_sql("SELECT count(*) FROM grantd.activity_event", text);
	assert_sql("SELECT count(DISTINCT id) FROM grantd.activity_event", text);
	assert_sql("SELECT sum(events) FROM grantd.activity_count", text);
	assert_sql("SELECT count(*) FROM (SELECT service, kind, count(*) AS n"
		   " FROM grantd.activity_event GROUP BY service, kind) e"
		   " FULL JOIN grantd.activity_count c USING (service, kind)"
		   " WHERE n IS DISTINCT FROM events",
	    "0");
	assert_chains_hold();
	assert_sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
		   " AND state LIKE 'idle in transaction%'",
	    "0");
}

static void
writers_and_togglers_agree(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < WRITERS; i++)
		start(write_until_enough, i);
	for (i = 0; i < TOGGLERS; i++)
		start(toggle, i);
	join();
	assert_all_is_right();
}

/* Wait until each writer's counter has grown by so many. */
static void
await(atomic_long counter[], long by)
{
	int64_t until = clock_monotonic_ms() + PATIENCE_MS;
	long from[WRITERS];
	int w;

	for (w = 0; w < WRITERS; w++)
		from[w] = atomic_load(&counter[w]);
	for (w = 0; w < WRITERS; w++)
		while (atomic_load(&counter[w]) < from[w] + by) {
			assert_true(clock_monotonic_ms() < until);
			assert_int_equal(atomic_load(&shared->writers_left), WRITERS);
			(void)usleep(1000);
		}
}

/*
 * Once the switch-off is answered, the table stays as it is. No clock tells that afterwards: an event and an entry have
 * the times at which their statements began, and whoever began first may have waited for the other.
 */
static void
nothing_comes_after_a_switch_off(void **state)
{
	char stored[32];
	int i;

	(void)state;
	for (i = 0; i < WRITERS; i++)
		start(write_until_stopped, i);
	for (i = 0; i < ROUNDS; i++) {
		assert_int_equal(switch_auditing(true), 200);
		await(shared->batches, ENOUGH_IN_ROUND);
		assert_int_equal(switch_auditing(false), 200);
		(void)snprintf(stored, sizeof(stored), "%s",
		    sql("SELECT count(*) FROM grantd.activity_event"));
		await(shared->refused, ENOUGH_IN_ROUND);
		assert_sql("SELECT count(*) FROM grantd.activity_event", stored);
	}
	atomic_store(&shared->stop, true);
	join();
	assert_all_is_right();
}

static int
end(void **state)
{
	int i;

	for (i = 0; i < child_count; i++) /* of a test that failed */
		(void)kill(children[i], SIGKILL);
	for (i = 0; i < child_count; i++)
		(void)waitpid(children[i], NULL, 0);
	(void)alarm(0);
	return each_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(writers_and_togglers_agree, begin, end),
		cmocka_unit_test_setup_teardown(nothing_comes_after_a_switch_off, begin, end),
	};

	shared = fixture_share(sizeof(*shared));
	if (shared == NULL)
		return 1;
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
