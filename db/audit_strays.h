/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_STRAYS_H
#define GRANTD_DB_AUDIT_STRAYS_H

#include "db/db.h"
#include "db/told.h"

/*
 * Look for entries of a tenant whose chain is of no known kind, which no walk comes by: the first of each such kind. In the
 * caller's transaction. As db_exchange().
 */
MUST_CHECK enum outcome audit_strange_kinds(struct db *, const struct uuid *tenant,
    struct told_sink *);

/* Look for rows of tenants that are not there: a table and a tenant at a time. For the owner's sessions. As db_commit(). */
MUST_CHECK enum outcome audit_strange_tenants(struct db *, struct told_sink *);

#endif
