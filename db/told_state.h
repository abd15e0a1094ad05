/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_TOLD_STATE_H
#define GRANTD_DB_TOLD_STATE_H

#include "db/audit_hear.h"

/*
 * What the entries up to some place in a chain tell, as JSON, to go on from when those entries are gone:
 *
 *	{"row":TOLD,"rules":{"UUID":{"at":N,"told":TOLD}},"policies":{"version":N,"untold":B}}
 *
 * TOLD is {"begun":B,"columns":{"NAME":{"at":N,"value":JSON}}}, with `at` the sequence of the entry that tells it. The same state
 * has the same text.
 */
void told_state_write(const struct told *, const struct told_rules *, const struct policies_told *,
    struct buf *out);

/* Into what was begun with told_begin() and told_rules_begin(). False: the text is no such state, or memory ran out. */
MUST_CHECK bool told_state_read(struct told *, struct told_rules *, struct policies_told *,
    const char *text);

#endif
