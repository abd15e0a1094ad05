/* SPDX-License-Identifier: MIT */
/* GetAuditLogEntry, GET /v1/audit-log/{id}: one entry of the tenant's audit log. Answers 200. */
#include "config.h"

#include "db/json.h"
#include "handlers/operation.h"

static void
get_audit_log_entry_answer(struct call *c)
{
	struct audit_row e = audit_row_at(&c->list, 0);

	response_json(c->rs, 200, audit_row_json(&e, false));
}

const struct operation op_get_audit_log_entry = {
	.id = "GetAuditLogEntry",
	.method = HTTP_GET,
	.path = "/v1/audit-log/{id}",
	.access = ACCESS_READ,
	.target = TARGET_AUDIT_ENTRY,
	.answer = get_audit_log_entry_answer,
};
