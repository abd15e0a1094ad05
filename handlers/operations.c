/* SPDX-License-Identifier: MIT */
/* The table of operations, which routing, Allow, logs and tests all read. */
#include "config.h"

#include <string.h>

#include "handlers/operation.h"

const struct operation *const operations[] = {
	&op_healthz,
	&op_readyz,
	&op_get_openapi,
	&op_list_grants,
	&op_create_grant,
	&op_get_grant,
	&op_get_activity_summary,
	&op_list_activity,
	&op_record_activity,
	&op_update_grant,
	&op_revoke_grant,
	&op_list_api_keys,
	&op_list_audit_log,
	&op_get_audit_log_entry,
	&op_create_api_key,
	&op_revoke_api_key,
	&op_rotate_api_key,
	&op_evaluate_policies,
	&op_list_policies,
	&op_create_policy,
	&op_get_policy,
	&op_update_policy,
	&op_delete_policy,
	&op_list_policy_rules,
	&op_create_policy_rule,
	&op_get_policy_rule,
	&op_update_policy_rule,
	&op_delete_policy_rule,
};

const size_t operations_count = COUNT_OF(operations);

/* The first template that fits, which is the most literal one: what it does not offer, a later one does not either. */
static const char *
template_of(const char *path, struct path_values *values)
{
	size_t i;

	for (i = 0; i < operations_count; i++)
		if (path_match(operations[i]->path, path, values))
			return operations[i]->path;
	return NULL;
}

enum route
route_find(struct call *c, enum http_method method, const char *path)
{
	const char *template = template_of(path, &c->path);
	size_t i;

	if (template == NULL)
		return ROUTE_NO_PATH;
	if (method == HTTP_HEAD)
		method = HTTP_GET;
	for (i = 0; i < operations_count; i++) {
		if (operations[i]->method == method && strcmp(operations[i]->path, template) == 0) {
			c->op = operations[i];
			return ROUTE_FOUND;
		}
	}
	return ROUTE_NO_METHOD;
}

bool
route_methods(const char *path, struct buf *methods, bool *patch)
{
	struct path_values ignored;
	const char *template = template_of(path, &ignored);
	size_t i;

	*patch = false;
	for (i = 0; i < operations_count; i++) {
		const struct operation *op = operations[i];

		if (template == NULL || strcmp(op->path, template) != 0)
			continue;
		buf_adds(methods, http_method_name(op->method));
		buf_adds(methods, op->method == HTTP_GET ? ", HEAD, " : ", ");
		*patch = *patch || op->method == HTTP_PATCH;
	}
	if (template != NULL)
		buf_adds(methods, "OPTIONS");
	return template != NULL;
}
