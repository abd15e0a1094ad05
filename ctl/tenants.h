/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_TENANTS_H
#define GRANTCTL_TENANTS_H

#include "ctl/engine/command.h"
#include "db/tenant.h"

/*
 * Do something for the tenant that --tenant names, or where it was not given for all of them, newest
 * first; `after` (NULL: none) begins behind one of them. Ends with the first that is not STATUS_DONE.
 */
MUST_CHECK enum status tenants_each(struct ctl *, const struct page *after,
    enum status (*each)(struct ctl *, const struct tenant *, void *context), void *context);

#endif
