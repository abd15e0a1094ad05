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
	const char *login; /* the role that is connected */
	const char *database;
	const char *server; /* the server's version */
	int server_major;   /* such as 15 */
	bool standby;       /* a server that only reads */
	bool is_owner;      /* the login may act as grantd_owner */
	bool is_worker;     /* the login is a member of grantd_app, not just by being a superuser */
	bool has_schema;    /* there is a table grantd.schema_version */
	const char *missing_roles; /* of grantd_owner, grantd_app, grantd_auth */
	/* Of these, those that are superusers, bypass row-level security, can log in, make roles or replicate. */
	const char *strong_roles;
	/* Of these, those that are members of another role: "grantd_app of x". */
	const char *member_roles;
	const char *auth_members;   /* members of grantd_auth that are not those of grantd_owner */
	const char *workers;        /* login roles that are members of grantd_app */
	const char *strong_workers; /* of these: superusers, or not bound by row-level security */
	/* Of these: owners of something in the schema, or members of grantd_owner. */
	const char *owning_workers;
	const char *able_workers; /* what else lets one of these see or do what it must not */
	struct db_rows rows;
};

#define INSPECTION_EMPTY \
	{ \
		.login = "", .database = "", .server = "", .rows = DB_ROWS_EMPTY \
	}

/* Settings of the server and of roles that work against what grantd promises. Texts borrow from `rows`; clear it. */
struct inspected_settings {
	bool fsync;
	bool full_page_writes;
	const char *async_commit; /* "off for grantd_worker", of workers' roles and this one */
	const char *no_triggers;  /* the same of session_replication_role */
	const char *read_only;    /* names of roles */
	struct db_rows rows;
};

/* Which schema it is, and the oldest version whose workers it serves. */
struct inspected_version {
	int64_t version, serves_from;
};

/* Queue: settings. */
void db_inspect_settings(struct db *, struct inspected_settings *);

/* Queue: inspect. */
void db_inspect(struct db *, struct inspection *);

/*
 * Queue: the version of the schema, where it has one that this role may read; otherwise the
 * exchange is BROKEN.
 */
void db_inspect_version(struct db *, struct inspected_version *);

void inspection_clear(struct inspection *);

#endif
