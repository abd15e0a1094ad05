/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_TENANTS_H
#define GRANTCTL_TENANTS_H

#include "ctl/engine/command.h"
#include "db/tenant.h"

/*
 * Call a function for the tenant that --tenant names, or without that for all of them, newest first,
 * starting after `after` (NULL: from the first). Stops at the first result that is not STATUS_DONE.
 */
MUST_CHECK enum status tenants_each(struct ctl *, const struct page *after,
    enum status (*each)(struct ctl *, const struct tenant *, void *context), void *context);

#endif
