/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_DECIDE_H
#define GRANTD_POLICY_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/uuid.h"
#include "db/grant.h"
#include "policy/about.h"
#include "policy/set.h"

/*
 * May this key do this? From rows to a decision of the tenant's policies. Everything in a question is borrowed for the
 * call; a decision borrows from its set and owns its lists.
 */
struct policy_question {
	/* principal ApiKey::"<key>", in Tenant::"<tenant>" and in Role::"<role>" for each role */
	const struct uuid *tenant;
	const struct uuid *key;
	const char *key_name;
	const char *roles; /* separated by blanks */

	const char *action; /* Action::"<action>", in Action::"read" or Action::"write" */
	bool write;

	/*
	 * The resource: a grant with its attributes; or a grant of which only the id is known yet (grant_id alone);
	 * or the tenant, for operations on no one grant (neither).
	 */
	const struct grant *grant;
	const struct uuid *grant_id;

	/* context; NULL or false: the member is not there. An unprintable user_agent or reason is as none, and so is an empty one. */
	bool has_audit_enabled;
	bool audit_enabled; /* what the patch asks for */
	const char *request_id;
	const char *source_ip;
	const char *user_agent;
	const char *reason;
	int64_t now; /* microseconds since 1970 */
	const struct about *about;
};

enum verdict {
	VERDICT_ALLOWED,
	VERDICT_DENIED, /* also where no rule permits, and where the question could not be asked */
	VERDICT_UNDETERMINED /* a rule looks at attributes of a grant that only its id is known of */
};

/*
 * What one question may cost, all priorities together, in steps of the engine (see cedar_request_budget()): an operator is one,
 * a text that is searched by `like` one for every four bytes. A rule of 48 KiB that compares short texts takes 6,500. No
 * step is more than 300 instructions.
 */
#define POLICY_STEPS_MAX 200000

/* At most so many determining rules are named in a decision; their number is never limited. */
#define DECISION_RULES_MAX 64

struct decision {
	enum verdict verdict;
	bool forbidden; /* VERDICT_DENIED by a forbid; else for want of a permit, or by a fault */
	bool
	    failed_forbid; /* forbidden, and a forbid that failed is among those that determined it */
	bool
	    over_budget; /* VERDICT_DENIED because asking takes more than POLICY_STEPS_MAX; forbidden is false */
	bool
	    fault; /* VERDICT_DENIED because the question could not be put, for want of memory; likewise */
	bool audit_session; /* VERDICT_ALLOWED: a determining permit has it */
	const struct policy_info
	    *rule[DECISION_RULES_MAX]; /* that determined it, in the order of the rules */
	size_t rules;
	const struct policy_info
	    *failed[DECISION_RULES_MAX]; /* that failed in evaluation, likewise */
	size_t failures; /* over_budget: the last of them is where it was given up */
};

struct decider;

/* What evaluation needs from request to request. NULL when out of memory. Not for several threads. */
MUST_CHECK struct decider *decider_new(void);
void decider_free(struct decider *);

/*
 * Decide. Policies of higher priority are asked first; the first priority at which any rule determines an answer
 * decides. A rule that fails in evaluation takes no part, as Cedar has it, and is logged; but a forbid that fails on a value
 * of the metadata that nobody can read forbids, and so does every one that fails where the tenant wants it so (the
 * set's failing_forbid_denies). A fault (no memory, the budget spent) is logged and is VERDICT_DENIED.
 */
void policy_decide(struct decider *, const struct policy_set *, const struct policy_question *,
    struct decision *);

/* What the decision made last took, in steps. */
uint64_t decider_steps(const struct decider *);

/* The failure of d->failed[i] in words, for the decision made last. */
const char *decision_failure(const struct decider *, size_t i);

#endif
