/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_QUESTION_H
#define GRANTD_POLICY_QUESTION_H

#include "base/buf.h"
#include "policy/decide.h"

struct json_object;

/*
 * A question to the policies as JSON, for dry runs and for files of cases:
 *
 *	{"principal": {"id", "name", "roles": []}, "action": "UpdateGrant",
 *	 "grant": {as a grant is shown}, "context": {"audit_enabled", "request_id", "source_ip", "now", "user_agent", "reason"}}
 *
 * All but the action may be left out. Without a grant the tenant is what it is about. A context that is given is
 * given whole, but for request_id and now. Members of a described grant that are left out: ids are empty, its status is
 * active, it began now and ends in an hour, in version 1.
 */
struct asked {
	struct policy_question question;
	struct uuid key;    /* where the principal is named */
	struct buf roles;   /* where they are given; separated by blanks */
	struct grant grant; /* where it is described */
};

#define ASKED_EMPTY \
	{ \
		.roles = BUF_EMPTY, .grant = GRANT_EMPTY \
	}

/*
 * Read `body` over what is in a->question already: whoever asks, and the circumstances. Borrows from the body.
 * NULL where that went well; else the member that cannot be taken, with *expected told. asked_clear() in any case.
 * Members that are not known are not looked at, but by asked_unknown(): the first of them, or NULL.
 */
MUST_CHECK const char *asked_read(struct asked *a, struct json_object *body, const char **expected);
const char *asked_unknown(struct json_object *body);
void asked_clear(struct asked *);

#endif
