/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_DOCTOR_H
#define GRANTCTL_DOCTOR_H

#include "ctl/engine/command.h"

struct db;
struct json_object;

/* What was found so far: each check is printed at once, or kept for --json. */
struct examination {
	bool json;
	int problems;
	struct json_object *checks; /* NULL unless `json` */
	bool failed;                /* a check was lost: out of memory */
};

/* A check that passed: its name, and what was found. */
void found_well(struct examination *, const char *check, const char *format, ...)
    GRANTD_PRINTF(3, 4);

/* A check that failed: the same, and how to fix it. */
void found_problem(struct examination *, const char *check, const char *mend, const char *format,
    ...) GRANTD_PRINTF(4, 5);

/* A check that could not be made, and why. */
void not_checked(struct examination *, const char *check, const char *format, ...)
    GRANTD_PRINTF(3, 4);

/* The checks, in order of dependence; each reports what it found. */
void examine_database(struct examination *, const struct settings *);
/* Where the database has no problem. Reads every tenant's rules. */
void examine_rules(struct examination *, struct ctl *);
void examine_catalog(struct examination *, struct db *, int server_major);
void examine_socket(struct examination *, const struct settings *);

#endif
