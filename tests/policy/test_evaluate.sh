# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# EvaluatePolicies: what it answers is what would happen, and nothing happens.

make_policy one '{"name":"one","priority":5}'
make_rule 'forbid (principal, action == Action::"UpdateGrant", resource) when { context has audit_enabled && !context.audit_enabled && resource.resource_type == "aws_account" };' '{"notice":"Stays."}'
forbid=$rule
before=$(policy_version)$(sql 'SELECT count(*) FROM grantd.audit_log')

evaluate '{"action":"UpdateGrant"}'
expect_ok 'the caller, about the tenant' 200 '.decision == "allow" and .forbidden == false and (.rules | length) == 1
    and .rules[0].effect == "permit" and .errors == [] and .notices == [] and .policy_version == '"$(policy_version)"'
    and (keys == ["decision", "errors", "forbidden", "notices", "policy_version", "rules"])'
evaluate '{"action":"UpdateGrant","grant_id":"'"$grant"'","context":{"audit_enabled":false}}'
expect_ok 'about a grant that is there' 200 '.decision == "deny" and .forbidden and .notices == ["Stays."]
    and .rules == [{"policy_id":"'"$policy"'","rule_id":"'"$forbid"'","effect":"forbid","notice":"Stays."}]'
evaluate '{"action":"UpdateGrant","grant":{"resource":{"type":"aws_s3_bucket"}},"context":{"audit_enabled":false}}'
expect_ok 'about one that is not' 200 '.decision == "allow"'
evaluate '{"action":"UpdateGrant","principal":{"roles":["auditor"]},"grant_id":"'"$grant"'"}'
expect_ok 'for other roles' 200 '.decision == "deny" and .forbidden == false and .rules == []'
keyed GET "/v1/policies" >/dev/null
operator_id=$(sql "SELECT id FROM grantd.api_keys WHERE name = 'operator'")
evaluate '{"action":"UpdateGrant","principal":{"id":"'"$operator_id"'"},"grant_id":"'"$grant"'"}'
expect_ok 'for another key' 200 '.decision == "allow"'
evaluate '{"action":"CreatePolicy","principal":{"id":"'"$operator_id"'"}}'
expect_ok 'with the roles of that one' 200 '.decision == "deny"'
evaluate '{"action":"CreatePolicy","principal":{"id":"'"$grant"'","roles":["admin"]}}'
expect_ok 'for a key that is described' 200 '.decision == "allow"'
send POST "/v1/policies/$policy/rules?allow_unknown=true" \
	'{"policy_text":"permit (principal, action == Action::\"ListGrants\", resource) when { context.nothing };"}'
rule=$(member .id)
evaluate '{"action":"ListGrants"}'
expect_ok 'a rule that fails is named' 200 '.decision == "allow" and (.errors | length) == 1 and .errors[0].rule_id == "'"$rule"'"
    and (.errors[0].message | contains("nothing"))'
before=$(policy_version)$(sql 'SELECT count(*) FROM grantd.audit_log')

# asked BODY MEMBER
asked()
{
	evaluate "$1"
	expect_error "no question: $1" 422 invalid_body ".details.member == \"$2\""
}
asked '{}' action
asked '{"action":"Frob"}' action
asked '{"action":"healthz"}' action
asked '{"action":"UpdateGrant","grant":{},"grant_id":"'"$grant"'"}' grant
asked '{"action":"UpdateGrant","grant":{"staus":"active"}}' grant.staus
asked '{"action":"UpdateGrant","grant":{"status":"gone"}}' grant.status
asked '{"action":"UpdateGrant","context":{"now":"noon"}}' context.now
asked '{"action":"UpdateGrant","principal":{"id":"'"$grant"'"}}' principal.roles
asked '{"action":"UpdateGrant","principal":{"roles":["x","a b"]}}' 'principal.roles[1]'
asked '{"action":"UpdateGrant","resource":{}}' resource
evaluate '{"action":"UpdateGrant","grant_id":"00000000-0000-4000-8000-000000000000"}'
expect_error 'a grant that is not there' 404 not_found
as "$collector"
evaluate '{"action":"UpdateGrant"}'
expect_error 'who may not read may not ask' 403 policy_denied
as "$admin"
is 'nothing was changed, and nothing logged' "$(policy_version)$(sql 'SELECT count(*) FROM grantd.audit_log')" "$before"
