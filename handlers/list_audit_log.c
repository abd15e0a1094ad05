/* SPDX-License-Identifier: MIT */
/*
 * ListAuditLog, GET /v1/audit-log: entries of the tenant's audit log, newest first (db/audit_list.h
 * says what that means). Page by page as JSON; or with `format` all that the filter lets through,
 * as a stream. Answers 200.
 */
#include "config.h"

#include "base/field.h"
#include "base/words.h"
#include "db/audit_text.h"
#include "db/json.h"
#include "handlers/audit_export.h"
#include "handlers/check.h"
#include "handlers/page.h"

static const struct query_parameter query[] = {
	PAGE_QUERY,
	{ .name = "actor_id", .type = QUERY_TEXT, .min = 1, .max = FIELD_IDENTIFIER_MOST },
	{ .name = "resource_type", .type = QUERY_WORD, .words = chain_owner_words },
	{ .name = "resource_id", .type = QUERY_UUID },
	{ .name = "action", .type = QUERY_TEXT, .min = 1, .max = FIELD_IDENTIFIER_MOST },
	{ .name = "from", .type = QUERY_TIME },
	{ .name = "to", .type = QUERY_TIME },
	{ .name = "outcome", .type = QUERY_WORD, .words = audit_outcome_words },
	{ .name = "format", .type = QUERY_WORD, .words = audit_format_names },
};
enum { ACTOR_ID = PAGE_QUERY_OWN, RESOURCE_TYPE, RESOURCE_ID, ACTION, FROM, TO, OUTCOME, FORMAT };

/* An export is whole: there are no pages of it. */
static bool
list_audit_log_check_query(struct call *c, struct fault *f)
{
	const struct query_value *v = c->request.query.value;

	if (!v[FORMAT].present || (!v[PAGE_QUERY_LIMIT].present && !v[PAGE_QUERY_CURSOR].present))
		return true;
	return refuse_parameter(f, v[PAGE_QUERY_LIMIT].present ? "limit" : "cursor",
	    "not to be there together with format");
}

static struct audit_filter
list_audit_log_filter(const struct call *c)
{
	const struct query_value *v = c->request.query.value;

	return (struct audit_filter){
		.actor_id = v[ACTOR_ID].text,
		.action = v[ACTION].text,
		.outcome = v[OUTCOME].text,
		.resource_type = v[RESOURCE_TYPE].text,
		.resource_id = v[RESOURCE_ID].present ? &v[RESOURCE_ID].uuid : NULL,
		.from = v[FROM].present ? &v[FROM].number : NULL,
		.to = v[TO].present ? &v[TO].number : NULL,
	};
}

static void
list_audit_log_load(struct call *c)
{
	const struct audit_filter wanted = list_audit_log_filter(c);

	if (c->request.query.value[FORMAT].present)
		audit_export_load(c, &wanted);
	else
		db_audit_list(c->db, &c->caller.tenant, &wanted, &c->request.page, &c->list);
}

static struct json_object *
list_audit_log_item(const struct db_list *list, int i)
{
	struct audit_row e = audit_row_at(list, i);

	return audit_row_json(&e, false);
}

static void
list_audit_log_answer(struct call *c)
{
	const struct query_value *format = &c->request.query.value[FORMAT];
	const struct audit_filter wanted = list_audit_log_filter(c);

	if (format->present)
		audit_export(c, &wanted, (enum audit_format)format->number);
	else
		page_answer(c, list_audit_log_item);
}

const struct operation op_list_audit_log = {
	.id = "ListAuditLog",
	.method = HTTP_GET,
	.path = "/v1/audit-log",
	.access = ACCESS_READ,
	.target = TARGET_AUDIT_LOG,
	.query = query,
	.query_count = COUNT_OF(query),
	.paged = true,
	.check_query = list_audit_log_check_query,
	.load = list_audit_log_load,
	.answer = list_audit_log_answer,
};
