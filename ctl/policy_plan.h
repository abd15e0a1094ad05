/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_POLICY_PLAN_H
#define GRANTCTL_POLICY_PLAN_H

#include "ctl/policy_stored.h"
#include "policy/file.h"

/* One change to a tenant's policies, which is one operation. */
enum step_kind {
	STEP_DELETE_POLICY, /* with its rules */
	STEP_CREATE_POLICY,
	STEP_UPDATE_POLICY,
	STEP_DELETE_RULE,
	STEP_CREATE_RULE,
	STEP_UPDATE_RULE
};

struct step {
	enum step_kind kind;
	const struct stored_policy *stored; /* the policy, or that of the rule; NULL: it is new */
	struct uuid policy_id, rule_id;
	struct policy_settings policy; /* as it will be, or was last */
	struct rule_settings rule;     /* as it will be */
	struct rule_settings old_rule; /* as it was */
	bool moves; /* STEP_UPDATE_RULE: it gets another place, and nothing else changes */
};

/* What turns a tenant's policies into those of a file, in order. */
struct plan {
	struct step *step;
	size_t count, size;
	const char *problem; /* why there is no plan; NULL: there is one */
};

#define PLAN_EMPTY \
	{ \
		.step = NULL, .problem = NULL \
	}

/* Fill a plan, which borrows from the file and from what is stored. False: p->problem. plan_clear() in any case. */
MUST_CHECK bool plan_make(struct plan *p, const struct policy_file *, const struct stored *);
void plan_print(const struct plan *);
void plan_clear(struct plan *);

#endif
