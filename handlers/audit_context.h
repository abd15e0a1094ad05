/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_AUDIT_CONTEXT_H
#define GRANTD_HANDLERS_AUDIT_CONTEXT_H

#include "handlers/operation.h"

/*
 * Fill c->change.by: who, what, why, and the circumstances (request id, source address, user agent, determining
 * rules) as JSON. The ids and versions are there already. False: out of memory.
 */
MUST_CHECK bool audit_context_make(struct call *c);

/*
 * What a refused request asked for, as far as the log keeps it: of its body as many members as fit in 1 KiB, and the names of the others; and first what its path
 * names, where the entry is not in the chain of that very thing. The caller's; NULL: out of memory.
 */
MUST_CHECK struct json_object *audit_requested(const struct call *c);

#endif
