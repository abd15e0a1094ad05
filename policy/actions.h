/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_ACTIONS_H
#define GRANTD_POLICY_ACTIONS_H

#include <stdbool.h>

#include "base/operations.h"

/* The operations that policies speak of: Action::"<id>", each in Action::"read" or Action::"write". */
struct policy_action {
	const char *id;
	bool write;
	enum operation_entity entity; /* the type of the resource */
};

/* NULL: there is none of this name. */
const struct policy_action *policy_action_find(const char *id);

#endif
