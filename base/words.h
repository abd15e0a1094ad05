/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_WORDS_H
#define GRANTD_BASE_WORDS_H

#include "base/compiler.h"

/*
 * The words that a parameter may be, for each parameter that the API and grantctl both know: checks, messages,
 * help, and completion read them here, and the contract test holds docs/openapi.yaml to them. The database's
 * domains say the same. Every list ends with NULL. The types of resources are in base/resource.h.
 */
extern const char *const status_words[];           /* of a grant or a key */
extern const char *const activity_kind_words[];    /* what an event did */
extern const char *const activity_outcome_words[]; /* how it ended */
extern const char *const audit_outcome_words[];    /* of an entry in the audit log */
extern const char *const truth_words[];            /* no and yes, as JSON has them */

/* What has a chain in the audit log, in the order in which chains are verified. */
enum chain_owner { OWNER_TENANT, OWNER_API_KEY, OWNER_GRANT, OWNER_POLICY };
extern const char *const chain_owner_words[]; /* by enum chain_owner */

/* Where a word is in a list; -1: it is none of them. */
MUST_CHECK int words_find(const char *const *words, const char *word);

#endif
