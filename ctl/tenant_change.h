/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_TENANT_CHANGE_H
#define GRANTCTL_TENANT_CHANGE_H

#include "ctl/engine/command.h"
#include "db/tenant.h"

/*
 * Print what became of a tenant by a change that is committed: "tenant UUID: WHAT VALUE", or that there was nothing to change; with --json,
 * its row.
 */
MUST_CHECK enum status tenant_changed(struct ctl *, const struct tenant *, const char *what,
    const char *value);

#endif
