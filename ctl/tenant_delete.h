/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_TENANT_DELETE_H
#define GRANTCTL_TENANT_DELETE_H

#include "ctl/engine/command.h"

/*
 * Delete the rows of a tenant that is being removed from a database, and the tenant, some thousand at a time. Reports what fails.
 * May be repeated.
 */
MUST_CHECK enum status tenant_remove(struct ctl *, struct db *, const struct uuid *tenant);

#endif
