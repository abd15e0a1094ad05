/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_CATALOG_H
#define GRANTD_DB_CATALOG_H

#include "db/statement.h"

/*
 * Are the objects of the schema those that this version installs? What these are is in db/catalog.expected; how they are
 * looked at, in db/catalog.sql.
 */

/* Of the server that wrote db/catalog.expected: others print definitions differently. */
#define CATALOG_MAJOR 15

enum catalog_finding {
	CATALOG_DIFFERS, /* one side of an object is not as it should be */
	CATALOG_MISSING, /* there is no such object */
	CATALOG_STRANGE  /* an object that this version does not have */
};

struct catalog_difference {
	enum catalog_finding finding;
	const char *object; /* its kind and name, such as "function grantd.update_grant" */
	const char *facet;  /* DIFFERS: which side, such as "body" or "privileges of grantd_app" */
	const char *found, *wanted; /* DIFFERS: NULL where there is none */
};

/* Borrows all texts until it returns. */
typedef void catalog_teller(void *of, const struct catalog_difference *);

/* Queue: the catalogs' rows, which the caller clears. Any role may read them. */
void db_catalog(struct db *, struct db_rows *);

/* Were the tenants spread over nodes, by db/citus.sql? Then functions and triggers are not those that are known. */
MUST_CHECK bool catalog_is_spread(const struct db_rows *);

/*
 * Tell every difference. Definitions, which the server prints, are compared where `definitions`. An index that was added is none,
 * nor is a partition. False: a row was not as it should be.
 */
MUST_CHECK bool catalog_compare(const struct db_rows *, bool definitions, catalog_teller *,
    void *of);

#endif
