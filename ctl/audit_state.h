/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_AUDIT_STATE_H
#define GRANTCTL_AUDIT_STATE_H

#include "ctl/engine/command.h"
#include "db/audit_verify.h"
#include "db/tenant.h"

/* How far a verification has come: what it takes to resume it later. */
struct audit_state {
	bool begun;         /* the other members are set */
	struct uuid tenant; /* the one being verified */
	int64_t tenant_created_at;
	struct audit_head chain; /* the last one verified of it; only its identity counts */
	/* Before that; `policies` are that tenant's. */
	int64_t tenants, chains, entries, faults;
	struct told_count count;
	struct policies_told policies;
};

/* Read a file, if it exists. False, with a message: it is not a state file, or cannot be read. */
MUST_CHECK bool audit_state_read(struct ctl *, const char *path, struct audit_state *);

/* Replace the file. False: it cannot be written; errno says why. */
MUST_CHECK bool audit_state_write(const char *path, const struct audit_state *);

#endif
