# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# A change that leaves nobody able to change policies is refused; and who is locked out all the same is let in again.

keyed GET /v1/policies
baseline=$(member '.data[0].id')
keyed GET "/v1/policies/$baseline/rules"
admin_rule=$(member '.data[0].id')
before=$(policy_version)

keyed DELETE "/v1/policies/$baseline"
expect_error 'the policy that permits it is not deleted' 409 policy_lockout
send PATCH "/v1/policies/$baseline" '{"enabled":false}'
expect_error 'nor put out of force' 409 policy_lockout
keyed DELETE "/v1/policies/$baseline/rules/$admin_rule"
expect_error 'nor is its rule deleted' 409 policy_lockout
send PATCH "/v1/policies/$baseline/rules/$admin_rule" '{"principal_entity_id":"nobody"}'
expect_error 'nor changed' 409 policy_lockout
send POST "/v1/policies/$baseline/rules" '{"effect":"forbid"}'
expect_error 'nor is everything forbidden' 409 policy_lockout
send POST "/v1/policies/$baseline/rules" '{"effect":"forbid","action_scope_type":"eq","action_ids":["UpdatePolicyRule"]}'
expect_error 'nor one of the two things that are needed' 409 policy_lockout
is 'nothing of that was stored' "$(policy_version) $(sql "SELECT count(*) FROM grantd.audit_log WHERE actor_type = 'api_key'")" "$before 0"
send POST "/v1/policies/$baseline/rules" '{"effect":"forbid","action_scope_type":"eq","action_ids":["DeletePolicy"]}'
expect_ok 'what can be mended is not refused' 201
send POST "/v1/policies/$baseline/rules" '{"effect":"forbid","action_scope_type":"eq","action_ids":["CreatePolicy"],
    "conditions":"unless { context has reason }"}'
expect_ok 'nor is what asks for a reason' 201
"$build/grantctl" key create --tenant "$tenant" --name second --role second >/dev/null
send POST "/v1/policies/$baseline/rules" '{"effect":"permit","principal_scope_type":"in","principal_entity_type":"Role",
    "principal_entity_id":"second"}'
expect_ok 'somebody else is given everything' 201
keyed DELETE "/v1/policies/$baseline/rules/$admin_rule"
expect_ok 'then the rule can go' 204
keyed GET /v1/policies
expect_error 'and the admin is out' 403 policy_denied

fresh_tenant
echo 'forbid (principal, action, resource);' >"$work/nothing.cedar"
not_ok 'grantctl refuses it, too' "$build/grantctl" policy apply --tenant "$tenant" "$work/nothing.cedar"
ok 'unless forced' "$build/grantctl" policy apply --tenant "$tenant" --force "$work/nothing.cedar"
keyed GET "/v1/grants/$grant"
expect_error 'then everything is forbidden to the admin' 403 policy_denied
keyed GET /v1/policies
expect_error 'policies, too' 403 policy_denied
echo '@policy("baseline") permit (principal in Role::"admin", action, resource);' >"$work/mended.cedar"
ok 'which is mended with a file' "$build/grantctl" policy apply --tenant "$tenant" "$work/mended.cedar"
keyed GET "/v1/grants/$grant"
expect_ok 'from the next request on' 200 '.id'

send POST /v1/policies '{"name":"contract"}'
policy=$(member .id)
make_rule 'forbid (principal, action == Action::"UpdateGrant", resource) when { context has audit_enabled && !context.audit_enabled && resource.resource_type == "aws_account" };' \
    '{"notice":"Grants on whole accounts stay audited."}'
patch '{"audit_enabled":true}'
expect_ok 'switching on is permitted' 200 .audit_enabled
patch '{"audit_enabled":false}'
expect_error 'switching off is refused, and why' 403 policy_denied '.notices == ["Grants on whole accounts stay audited."]'
keyed DELETE "/v1/policies/$policy/rules/$rule"
patch '{"audit_enabled":false}'
expect_ok 'until the rule is gone' 200 '.audit_enabled == false'
