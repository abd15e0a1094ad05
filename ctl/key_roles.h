/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_KEY_ROLES_H
#define GRANTCTL_KEY_ROLES_H

#include "ctl/engine/command.h"

#define OPTION_ALLOW_UNKNOWN_ROLE \
	{ \
		.name = "allow-unknown", \
		.help = "even if no rule names a role, and one that is nearly the same is named" \
	}

/*
 * Do the tenant's rules name the roles of --role? A role that none names makes a key that may do nothing by it. What looks like a
 * typing mistake is refused, unless --allow-unknown is given; others are told on standard error. STATUS_DONE also where there is no
 * such tenant, which what follows says. Reads in a transaction of its own.
 */
MUST_CHECK enum status key_roles_check(struct ctl *, const struct uuid *tenant);

#endif
