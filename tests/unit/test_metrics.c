/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/wait.h>

#include <signal.h>
#include <unistd.h>

#include "unit.h"

#include "base/metrics.h"

static void
times_go_into_buckets(void **state)
{
	struct metrics *m = metrics_open(1);
	int i;

	(void)state;
	assert_non_null(m);
	metrics_use(m);
	metrics_time(METRIC_EXCHANGE_TIME, 0);
	metrics_time(METRIC_EXCHANGE_TIME, 500); /* a bound belongs to its bucket */
	metrics_time(METRIC_EXCHANGE_TIME, 501);
	metrics_time(METRIC_EXCHANGE_TIME, 30000001);
	metrics_time(METRIC_EXCHANGE_TIME, -5); /* no clock goes back, and no sum does */
	assert_int_equal(metrics_get(m, METRIC_EXCHANGE_TIME), 3);
	assert_int_equal(metrics_get(m, METRIC_EXCHANGE_TIME + 1), 1);
	for (i = 2; i < METRICS_BUCKETS - 1; i++)
		assert_int_equal(metrics_get(m, METRIC_EXCHANGE_TIME + i), 0);
	assert_int_equal(metrics_get(m, METRIC_EXCHANGE_TIME + METRICS_BUCKETS - 1), 1);
	assert_int_equal(metrics_get(m, METRIC_EXCHANGE_TIME + METRICS_BUCKETS), 30001002);
	/* Nothing went into what is beside it. */
	assert_int_equal(metrics_get(m, METRIC_EXCHANGE_TIME - 1), 0);
	assert_int_equal(metrics_get(m, METRIC_EXCHANGE_FAULTS), 0);
	metrics_use(NULL);
}

static void
answers_are_told_apart(void **state)
{
	struct metrics *m = metrics_open(1);
	int i, n = 0;

	(void)state;
	assert_non_null(m);
	metrics_use(m);
	metrics_answer(OPERATION_UpdateGrant, 3, 200, 1000);
	metrics_answer(OPERATION_UpdateGrant, 3, 200, 1000);
	metrics_answer(OPERATION_COUNT, 0, 503, 1000);
	metrics_answer(OPERATION_Healthz, 1, 299, 1000); /* a status that is not in the list is 0 */
	for (i = METRIC_REQUESTS; i <= METRIC_REQUESTS_LAST; i++)
		n += (int)metrics_get(m, i);
	assert_int_equal(n, 4);
	assert_int_equal(metrics_get(m,
			     METRIC_REQUESTS + OPERATION_UpdateGrant * METRICS_STATUS_COUNT + 1),
	    2);
	assert_int_equal(metrics_get(m, METRIC_REQUESTS_LAST), 1); /* 503 is the last */
	assert_int_equal(metrics_get(m, METRIC_REQUESTS), 1);
	metrics_use(NULL);
	metrics_answer(OPERATION_UpdateGrant, 3, 200, 1000); /* and now where nobody looks */
	assert_int_equal(metrics_get(m,
			     METRIC_REQUESTS + OPERATION_UpdateGrant * METRICS_STATUS_COUNT + 1),
	    2);
}

/* What the process that counts in the first place does until it is killed. */
static _Noreturn void
count_for_ever(struct metrics *m)
{
	metrics_use(m);
	for (;;) {
		metrics_add(METRIC_AUDIT_ENTRIES, 1);
		metrics_time(METRIC_EXCHANGE_TIME, 700);
	}
}

static uint64_t
both(const struct metrics *m, int which)
{
	return metrics_get(&m[0], which) + metrics_get(&m[1], which);
}

/* The sum of the living and of those that are gone never goes back, whenever one is killed. */
static void
no_sum_goes_back(void **state)
{
	struct metrics *m = metrics_open(2);
	uint64_t before, now;
	int round, status;
	pid_t pid;

	(void)state;
	assert_non_null(m);
	before = 0;
	for (round = 0; round < 50; round++) {
		if ((pid = fork()) == 0)
			count_for_ever(&m[0]);
		assert_true(pid > 0);
		do {
			now = both(m, METRIC_AUDIT_ENTRIES);
			assert_true(now >= before);
		} while (now < before + 1000);
		before = now;
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		now = both(m, METRIC_AUDIT_ENTRIES);
		assert_true(now >= before);
		atomic_store(&m[0].operation, 7);
		metrics_fold(&m[1], &m[0]);
		assert_int_equal(both(m, METRIC_AUDIT_ENTRIES), now);
		assert_int_equal(metrics_get(&m[0], METRIC_AUDIT_ENTRIES), 0);
		assert_int_equal(atomic_load(&m[0].operation), 0);
		before = now;
	}
	/* One time for each addition, but for the one that was not reached: of 700 us, whole. */
	assert_true(both(m, METRIC_EXCHANGE_TIME + 1) <= before);
	assert_true(both(m, METRIC_EXCHANGE_TIME + 1) + 50 >= before);
	assert_int_equal(both(m, METRIC_EXCHANGE_TIME + METRICS_BUCKETS) % 700, 0);
}

/* What is there now goes with the process; what was counted does not. */
static void
gauges_go(void **state)
{
	struct metrics *m = metrics_open(2);

	(void)state;
	assert_non_null(m);
	metrics_use(m);
	metrics_set(GAUGE_POLICY_MEMORY, 100);
	metrics_add(METRIC_LOG_LOST, 2);
	atomic_store(&m->wanted, true);
	metrics_tell_memory();
	assert_true(atomic_load(&m->gauge[GAUGE_RESIDENT]) > 100000);
	assert_false(atomic_load(&m->wanted));
	atomic_store(&m->gauge[GAUGE_RESIDENT], 1);
	metrics_tell_memory(); /* nobody wants to know */
	assert_int_equal(atomic_load(&m->gauge[GAUGE_RESIDENT]), 1);
	metrics_use(NULL);
	metrics_fold(&m[1], &m[0]);
	assert_int_equal(atomic_load(&m[1].gauge[GAUGE_POLICY_MEMORY]), 0);
	assert_int_equal(atomic_load(&m[0].gauge[GAUGE_POLICY_MEMORY]), 0);
	assert_int_equal(metrics_get(&m[1], METRIC_LOG_LOST), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_go_into_buckets),
		cmocka_unit_test(answers_are_told_apart),
		cmocka_unit_test(no_sum_goes_back),
		cmocka_unit_test(gauges_go),
	};

	return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
