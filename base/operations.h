/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_OPERATIONS_H
#define GRANTD_BASE_OPERATIONS_H

/*
 * The one list of operations. The table that requests are routed by, the actions that policies speak of, and the tests that
 * look for leftovers in the build and the docs are made from it.
 *
 * X(id, file, access, entity)
 *	id	also the action in policies, in the audit log and in the log; the operationId in docs/openapi.yaml
 *	file	handlers/<file>.c defines op_<file>
 *	access	PUBLIC, for anyone; READ or WRITE, for holders of a key
 *	entity	what policies see as the resource: GRANT, the one that the path names; TENANT; NONE, as no policy is asked
 *
 * The order is that of routing: more literal paths come before those whose placeholders they fit.
 */
#define OPERATIONS(X) \
	X(Healthz, healthz, PUBLIC, NONE) \
	X(Readyz, readyz, PUBLIC, NONE) \
	X(GetOpenApi, get_openapi, PUBLIC, NONE) \
	X(ListGrants, list_grants, READ, TENANT) \
	X(CreateGrant, create_grant, WRITE, TENANT) \
	X(GetGrant, get_grant, READ, GRANT) \
	X(GetActivitySummary, get_activity_summary, READ, GRANT) \
	X(ListActivity, list_activity, READ, GRANT) \
	X(RecordActivity, record_activity, WRITE, GRANT) \
	X(UpdateGrant, update_grant, WRITE, GRANT) \
	X(RevokeGrant, revoke_grant, WRITE, GRANT) \
	X(ListApiKeys, list_api_keys, READ, TENANT) \
	X(ListAuditLog, list_audit_log, READ, TENANT) \
	X(GetAuditLogEntry, get_audit_log_entry, READ, TENANT) \
	X(CreateApiKey, create_api_key, WRITE, TENANT) \
	X(RevokeApiKey, revoke_api_key, WRITE, TENANT) \
	X(RotateApiKey, rotate_api_key, WRITE, TENANT) \
	X(EvaluatePolicies, evaluate_policies, READ, TENANT) \
	X(ListPolicies, list_policies, READ, TENANT) \
	X(CreatePolicy, create_policy, WRITE, TENANT) \
	X(GetPolicy, get_policy, READ, TENANT) \
	X(UpdatePolicy, update_policy, WRITE, TENANT) \
	X(DeletePolicy, delete_policy, WRITE, TENANT) \
	X(ListPolicyRules, list_policy_rules, READ, TENANT) \
	X(CreatePolicyRule, create_policy_rule, WRITE, TENANT) \
	X(GetPolicyRule, get_policy_rule, READ, TENANT) \
	X(UpdatePolicyRule, update_policy_rule, WRITE, TENANT) \
	X(DeletePolicyRule, delete_policy_rule, WRITE, TENANT)

enum operation_entity { ENTITY_NONE, ENTITY_TENANT, ENTITY_GRANT };

/* OPERATION_UpdateGrant and so on: their places in the list. */
enum operation_number {
#define X(id, file, access, entity) OPERATION_##id,
	OPERATIONS(X)
#undef X
	    OPERATION_COUNT
};

#endif
