/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/time_text.h"
#include "ctl/engine/session.h"
#include "ctl/policy_guarded.h"
#include "policy/guard.h"

const char *const failing_forbid_words[] = { "passes", "denies", NULL };

static void
refuse_lockout(struct ctl *c, const struct guarded *found)
{
	char at[TIME_TEXT_LEN + 1];

	if (found->later && time_print(found->locked_out, at))
		(void)session_refuse(c,
		    "at %s no key of the tenant could change policies any more, so nothing was "
		    "changed; --force applies it anyway",
		    at);
	else
		(void)session_refuse(c,
		    "after this no key of the tenant could change policies any more, so nothing was "
		    "changed; --force applies it anyway");
}

bool
policy_guarded(struct ctl *c, const struct uuid *tenant)
{
	const struct policy_question circumstances = { .tenant = tenant, .request_id = "grantctl" };
	struct guarded found;
	struct decider *d = decider_new();
	enum outcome rc = d != NULL ? policy_guard(c->db, d, &circumstances, NULL, &found) :
				      UNAVAILABLE;

	decider_free(d);
	if (d == NULL)
		(void)session_refuse(c, "out of memory");
	else if (rc != DONE)
		(void)session_failed(c, rc);
	else if (found.too_large)
		(void)session_refuse(c,
		    "%zu rules of %zu bytes would be in force, and no more than %d of %zu bytes may be, so "
		    "nothing was changed",
		    found.rules, found.text, POLICY_RULES_MAX, POLICY_TEXT_MAX);
	else if (!found.kept && !args_has(&c->args, "force"))
		refuse_lockout(c, &found);
	else
		return true;
	return false;
}
