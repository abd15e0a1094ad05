/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "handlers/operation.h"
#include "policy/actions.h"
#include "tests/unit/unit.h"

/* Policies and files of cases speak of the operations that there are, and mean the same by reading and writing. */
static void
policies_know_every_operation(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < operations_count; i++) {
		const struct operation *op = operations[i];
		const struct policy_action *action = policy_action_find(op->id);

		if (op->access == ACCESS_PUBLIC) {
			assert_null(action);
			continue;
		}
		if (action == NULL || action->write != (op->access == ACCESS_WRITE))
			fail_msg("%s", op->id);
	}
	assert_null(policy_action_find("read"));
	assert_null(policy_action_find(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_know_every_operation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
