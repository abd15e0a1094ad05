/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_ENTITIES_H
#define GRANTD_POLICY_ENTITIES_H

#include "policy/decide.h"

struct cedar_request;
struct json_object;

/* Texts that a request to the engine borrows while it is decided. */
struct entity_texts {
	char tenant[UUID_TEXT_LEN + 1];
	char key[UUID_TEXT_LEN + 1];
	char grant[UUID_TEXT_LEN + 1];
	char grant_request[UUID_TEXT_LEN + 1];
	char source_ip[46];
	struct json_object *metadata;        /* owned; released by entity_texts_clear() */
	struct json_object *target_metadata; /* likewise: of a grant that is to be made */
};

/*
 * What a rule can see, as docs/policies.md lists it: principal, action, resource and context of a question, put
 * into a request that was begun. Failures are the request's (cedar_request_fault()).
 *
 * A grant's metadata becomes a record: objects are records, arrays of up to 64 strings are sets; whole numbers of 64 bits,
 * however they are written, strings and booleans are themselves. What Cedar has no type for (null, other numbers, other
 * arrays) is there, but nobody can read it: see cedar_put_unheld().
 */
void entities_build(struct cedar_request *, const struct policy_question *, struct entity_texts *);

void entity_texts_clear(struct entity_texts *);

#endif
