/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_JSON_H
#define GRANTD_DB_JSON_H

#include "db/activity.h"
#include "db/audit_row.h"
#include "db/grant.h"
#include "db/key_record.h"
#include "db/policy.h"
#include "db/tenant.h"

struct json_object;

/*
 * Rows as clients see them, the same in answers and in what grantctl prints. Each gives an object
 * that is the caller's, or NULL when out of memory or where a time is out of range.
 */
MUST_CHECK struct json_object *grant_json(const struct grant *);
MUST_CHECK struct json_object *key_record_json(const struct key_record *);
MUST_CHECK struct json_object *tenant_json(const struct tenant *);
MUST_CHECK struct json_object *policy_json(const struct policy *);
MUST_CHECK struct json_object *activity_event_json(const struct activity_event *);
/* `with_tenant`: tenant_id is the first member. */
MUST_CHECK struct json_object *audit_row_json(const struct audit_row *, bool with_tenant);
MUST_CHECK struct json_object *activity_summary_json(const struct activity_summary *);

#endif
