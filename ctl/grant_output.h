/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_GRANT_OUTPUT_H
#define GRANTCTL_GRANT_OUTPUT_H

#include "ctl/engine/command.h"
#include "db/grant.h"

/* Print a grant. */
MUST_CHECK enum status grant_print(struct ctl *, const struct grant *);

#endif
