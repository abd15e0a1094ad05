/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_EVALUATE_EDITS_H
#define GRANTD_HANDLERS_EVALUATE_EDITS_H

#include "db/policy_load.h"
#include "handlers/operation.h"

/* The rules that a question is put to, in the order of asking. Texts borrow from the body and from c->of.question.rules. */
struct edited {
	struct policy_rule *rule; /* owned */
	size_t count;
};

#define EDITED_EMPTY \
	{ \
		.rule = NULL, .count = 0 \
	}

/* Does the body have "edits"? */
bool edits_given(const struct call *c);

/*
 * The rules in force as the body's "edits" would have them: each names a rule by its id. Of one that is in force the text is another,
 * or, without a text, it is left out; one that is not is asked as well, whatever its policy.
 *
 * A text is held to what a rule that is stored is held to. PREPARED; PREPARED_REFUSED, which is answered: 422 invalid_policy with
 * details.member, or invalid_body; or PREPARED_FAILED: no memory, or a rule in force that cannot be read. edited_clear() in any case.
 */
MUST_CHECK enum prepared edits_read(struct call *c, struct edited *list);
void edited_clear(struct edited *list);

#endif
