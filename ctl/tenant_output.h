/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_TENANT_OUTPUT_H
#define GRANTCTL_TENANT_OUTPUT_H

#include "ctl/engine/command.h"
#include "db/tenant.h"

/* Print what a change that was made has made of a tenant: "tenant UUID: WHAT VALUE", that nothing was to be done, or with --json its row. */
MUST_CHECK enum status tenant_changed(struct ctl *, const struct tenant *, const char *what,
    const char *value);

#endif
