/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_INSPECT_H
#define GRANTD_DB_INSPECT_H

#include "db/statement.h"

/*
 * How a database is set up for us, as its catalogs tell; needs no schema of ours and no privilege.
 * Lists are names separated by ", ", and NULL where there is none. Texts borrow from `rows`; clear
 * it.
 */
struct inspection {
	const char *login;  /* the role that is connected */
	const char *server; /* the server's version */
	bool new_enough;    /* PostgreSQL 15 or later */
	bool standby;       /* a server that only reads */
	bool is_owner;      /* the login may act as grantd_owner */
	bool is_worker;     /* the login is a member of grantd_app, not just by being a superuser */
	bool has_schema;    /* there is a table grantd.schema_version */
	const char *missing_roles; /* of grantd_owner, grantd_app, grantd_auth */
	const char *
	    strong_roles; /* of these, those that are superusers, bypass row-level security or can log in */
	const char *workers;        /* login roles that are members of grantd_app */
	const char *strong_workers; /* of these: superusers, or not bound by row-level security */
	const char *
	    owning_workers; /* of these: owners of something in the schema, or members of grantd_owner */
	const char *
	    unforced_tables; /* tables with rows of tenants on which row-level security is not forced */
	const char *strange_tables; /* tables that belong to another role than grantd_owner */
	bool append_only;        /* the trigger that keeps the audit log append-only is enabled */
	bool app_may_change_log; /* grantd_app may change or remove audit entries */
	struct db_rows rows;
};

#define INSPECTION_EMPTY \
	{ \
		.login = "", .server = "", .rows = DB_ROWS_EMPTY \
	}

/* Queue: inspect. */
void db_inspect(struct db *, struct inspection *);

/*
 * Queue: the version of the schema, where it has one that this role may read; otherwise the
 * exchange is BROKEN.
 */
void db_inspect_version(struct db *, int64_t *version);

void inspection_clear(struct inspection *);

#endif
