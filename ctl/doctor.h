/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_DOCTOR_H
#define GRANTCTL_DOCTOR_H

#include "ctl/engine/command.h"

struct json_object;

/* What was found so far: a line for each check, printed as it is made or kept for programs. */
struct examination {
	bool json;
	int problems;
	struct json_object *checks; /* NULL unless `json` */
	bool failed;                /* a check was lost for want of memory */
};

/* A check that is well: its name, and what was found. */
void found_well(struct examination *, const char *check, const char *format, ...)
    GRANTD_PRINTF(3, 4);

/* A check that is not: the same, and how it is mended. */
void found_problem(struct examination *, const char *check, const char *mend, const char *format,
    ...) GRANTD_PRINTF(4, 5);

/* The checks, in the order of their dependence; each says what it found. */
void examine_database(struct examination *, const struct settings *);
void examine_socket(struct examination *, const struct settings *);

#endif
