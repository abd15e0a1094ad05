/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/compiler.h"
#include "policy/actions.h"

#define READ false
#define WRITE true

static const struct policy_action actions[] = {
	{ "CreateApiKey", WRITE },
	{ "CreateGrant", WRITE },
	{ "CreatePolicy", WRITE },
	{ "CreatePolicyRule", WRITE },
	{ "DeletePolicy", WRITE },
	{ "DeletePolicyRule", WRITE },
	{ "EvaluatePolicies", READ },
	{ "GetActivitySummary", READ },
	{ "GetAuditLogEntry", READ },
	{ "GetGrant", READ },
	{ "GetPolicy", READ },
	{ "GetPolicyRule", READ },
	{ "ListActivity", READ },
	{ "ListApiKeys", READ },
	{ "ListAuditLog", READ },
	{ "ListGrants", READ },
	{ "ListPolicies", READ },
	{ "ListPolicyRules", READ },
	{ "RecordActivity", WRITE },
	{ "RevokeApiKey", WRITE },
	{ "RevokeGrant", WRITE },
	{ "RotateApiKey", WRITE },
	{ "UpdateGrant", WRITE },
	{ "UpdatePolicy", WRITE },
	{ "UpdatePolicyRule", WRITE },
};

const struct policy_action *
policy_action_find(const char *id)
{
	size_t i;

	for (i = 0; i < COUNT_OF(actions); i++)
		if (strcmp(actions[i].id, id) == 0)
			return &actions[i];
	return NULL;
}
