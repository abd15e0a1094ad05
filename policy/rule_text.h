/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_RULE_TEXT_H
#define GRANTD_POLICY_RULE_TEXT_H

#include "base/buf.h"
#include "policy/rule.h"

/*
 * The Cedar text of a rule in parts. Ids are escaped; types and conditions are put in as they are, so whoever prints reads
 * the text again and compares. Failure shows in the buffer.
 */
void rule_text_print(struct buf *, const struct rule_parts *);

/* The annotations of statement `i` of a set, a line each, but for those that are named; `but` ends with NULL. */
void rule_text_annotations(struct buf *, const struct cedar_set *, size_t i,
    const char *const *but);

/* A Cedar string literal, quotes included, of `len` bytes. */
void rule_text_string(struct buf *, const char *text, size_t len);

#endif
