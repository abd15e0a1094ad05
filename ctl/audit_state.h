/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_AUDIT_STATE_H
#define GRANTCTL_AUDIT_STATE_H

#include "ctl/engine/command.h"
#include "db/audit_verify.h"
#include "db/tenant.h"

/* How far a verification has come; what it takes to go on with it later. */
struct audit_state {
	bool begun;         /* the rest says something */
	struct uuid tenant; /* the one it was at */
	int64_t tenant_created_at;
	struct audit_head
	    chain; /* the last one of that tenant; of it, which one it is counts alone */
	int64_t tenants, chains, entries, faults; /* before that */
};

/* Read FILE, if it is there. False, with a message: it is not a state, or cannot be read. */
MUST_CHECK bool audit_state_read(struct ctl *, const char *path, struct audit_state *);

/* Write FILE anew. False: it cannot be written; errno says why. */
MUST_CHECK bool audit_state_write(const char *path, const struct audit_state *);

#endif
