/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_QUESTION_H
#define GRANTD_POLICY_QUESTION_H

#include "base/body.h"
#include "base/buf.h"
#include "policy/decide.h"

struct json_object;

/* How many rules a question may ask with another text, without, or besides. */
#define EDITS_MAX 128

/*
 * A question to the policies as JSON, for dry runs and for files of cases, described once for both:
 *
 *	{"principal": {"id", "name", "roles": []}, "action": "UpdateGrant",
 *	 "grant": {as a grant is shown}, "context": {"audit_enabled", "request_id", "source_ip", "now", "user_agent", "reason",
 *	 and what is in policy/about.h}}
 *
 * All but the action may be left out. Without a grant the tenant is what it is about. A context that is given is
 * given whole, but for request_id and now. Members of a described grant that are left out: ids are empty, its status is
 * active, it began now and ends in an hour, in version 1.
 */
extern const struct body_schema question_body; /* with edits, and grant_id of one that is there */
extern const struct body_schema question_case; /* with name, decision (required) and notices */

struct asked {
	struct policy_question question;
	struct uuid key;         /* where the principal is named */
	struct buf roles;        /* where they are given; separated by blanks */
	struct grant grant;      /* where it is described */
	struct about about;      /* what the context tells of it */
	struct buf target_roles; /* of those, separated by blanks */
};

#define ASKED_EMPTY \
	{ \
		.roles = BUF_EMPTY, .grant = GRANT_EMPTY, .target_roles = BUF_EMPTY \
	}

/*
 * Read `body`, which fits one of the two, over what is in a->question already: whoever asks, and the circumstances. Borrows
 * from the body; edits, grant_id, name, decision and notices are the caller's to read. DONE, with fault->member "" or what
 * cannot be taken all the same; or BROKEN, for want of memory. asked_clear() in any case.
 */
MUST_CHECK enum outcome asked_read(struct asked *a, struct json_object *body,
    struct body_fault *fault);
void asked_clear(struct asked *);

#endif
