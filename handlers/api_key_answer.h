/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_API_KEY_ANSWER_H
#define GRANTD_HANDLERS_API_KEY_ANSWER_H

#include "base/api_key.h"
#include "handlers/page.h"
#include "handlers/target.h"

void api_key_etag(const struct key_record *, char etag[ETAG_TEXT_MAX]);

/* For page_answer(). */
page_item api_key_item;

/*
 * Make the text of a new key in c->of.api_key.raw, where there is none yet, and its id, name and hash in c->of.api_key.new.
 * False: no random bytes.
 */
MUST_CHECK bool api_key_new(struct call *c);

/* The body's member "expires_at" into *n. False: it is not a time. */
MUST_CHECK bool api_key_expiry(struct json_object *body, struct key_new *n);

/* Answer 201 with the key that was made, and the key itself, which is shown this once. */
void answer_api_key_created(struct call *c);

#endif
