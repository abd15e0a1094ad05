/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_POLICY_ANSWER_H
#define GRANTD_HANDLERS_POLICY_ANSWER_H

#include "handlers/page.h"
#include "handlers/target.h"

/* Entity tags, and the places of new ones: what policies and rules are shown with. */
void policy_etag(const struct policy *, char etag[ETAG_TEXT_MAX]);
void rule_etag(const struct rule_record *, char etag[ETAG_TEXT_MAX]);

void answer_policy_created(struct call *, const struct policy *);
/* `body` is the rule as shown, and taken over; NULL: out of memory. */
void answer_rule_created(struct call *, const struct rule_record *, struct json_object *body);

/* For page_answer(). */
page_item policy_item;
page_item rule_item;

/*
 * Answer 422 invalid_policy: where and why. `made` is the text that was made of parts; NULL: it was given. `member` has the
 * text, where the body may have several; else NULL.
 */
struct rule_fault;
void answer_invalid_policy(struct call *, const struct rule_fault *, const char *made,
    const char *member);

#endif
