/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_POLICY_GUARDED_H
#define GRANTCTL_POLICY_GUARDED_H

#include "ctl/engine/command.h"

/* Of every command that changes how a tenant's policies decide. */
#define OPTION_FORCE \
	{ \
		.name = "force", .help = "even if no key could change policies any more" \
	}

/* What a forbid that fails in evaluation does, by whether it denies. */
extern const char *const failing_forbid_words[];

/*
 * In an open transaction that has changed the policies: may it be committed? False, with a message: more rules would be in
 * force than may be, or no key could change policies any more and --force was not given.
 */
MUST_CHECK bool policy_guarded(struct ctl *, const struct uuid *tenant);

#endif
