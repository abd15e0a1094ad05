/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_AUDIT_REPORT_H
#define GRANTCTL_AUDIT_REPORT_H

#include "db/audit_verify.h"

struct json_object;

/*
 * What a verification finds, as it comes: printed line by line, or kept for --json. Running out of memory makes a list NULL, which
 * json_put_value() then refuses.
 */
struct audit_report {
	bool json;
	struct json_object *faults, *differences; /* owned; NULL unless `json` */
};

void audit_report_begin(struct audit_report *, bool json);
void audit_report_clear(struct audit_report *);

/* A chain of the tenant does not hold. */
void audit_report_fault(struct audit_report *, const struct uuid *tenant,
    const struct audit_verdict *);

/* A row is not what the entries tell of it. */
void audit_report_difference(struct audit_report *, const struct uuid *tenant,
    const struct difference *);

#endif
