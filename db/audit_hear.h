/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_HEAR_H
#define GRANTD_DB_AUDIT_HEAR_H

#include "base/words.h"
#include "db/audit_row.h"
#include "db/told_rules.h"

/* What the entries of a tenant's policies told so far of its policy_version. */
struct policies_told {
	int64_t version; /* the highest; 0: none */
	bool untold;     /* an entry of an older version did not tell it */
};

void policies_told_add(struct policies_told *sum, const struct policies_told *more);

/*
 * Take what an entry of a chain of this kind tells: of the row, of a policy's rules, and of the version of the policies. False: out of
 * memory, or its time is out of range.
 */
MUST_CHECK bool audit_hear(enum chain_owner, const struct audit_row *, struct told *,
    struct told_rules *, struct policies_told *, const struct told_sink *);

#endif
