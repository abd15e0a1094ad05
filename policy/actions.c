/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/compiler.h"
#include "policy/actions.h"

/* Operations for anyone are no actions: nobody is asked. */
#define PUBLIC(id, entity)
#define READ(id, entity) { id, false, entity },
#define WRITE(id, entity) { id, true, entity },

static const struct policy_action actions[] = {
#define X(id, file, access, entity) access(#id, ENTITY_##entity)
	OPERATIONS(X)
#undef X
};

const struct policy_action *
policy_action_find(const char *id)
{
	size_t i;

	for (i = 0; i < COUNT_OF(actions); i++)
		if (strcmp(actions[i].id, id) == 0)
			return &actions[i];
	return NULL;
}
