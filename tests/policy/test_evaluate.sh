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
# Rules that are not stored: another text, one less, one more; the decision names them by the ids that were given.
off='"action":"UpdateGrant","grant":{"resource":{"type":"aws_account"}},"context":{"audit_enabled":false}'
new=00000000-0000-4000-8000-0000000000e1
evaluate "{$off,\"edits\":[]}"
expect_ok 'no edit: as stored' 200 '.decision == "deny" and .notices == ["Stays."]'
evaluate "{$off,\"edits\":[{\"rule_id\":\"$forbid\",\"policy_id\":\"$policy\"}]}"
expect_ok 'without a rule' 200 '.decision == "allow"'
evaluate "{$off,\"edits\":[{\"rule_id\":\"$forbid\",\"policy_id\":\"$policy\",\"policy_text\":\"forbid (principal, action, resource);\",\"notice\":\"Nothing.\"}]}"
expect_ok 'with another text and notice' 200 '.decision == "deny" and .notices == ["Nothing."] and .rules[0].rule_id == "'"$forbid"'"'
evaluate "{$off,\"edits\":[{\"rule_id\":\"$forbid\",\"policy_id\":\"$policy\",\"policy_text\":\"forbid (principal, action, resource);\"}]}"
expect_ok 'the notice stays unless told' 200 '.notices == ["Stays."]'
evaluate "{$off,\"edits\":[{\"rule_id\":\"$new\",\"policy_id\":\"$new\",\"priority\":9,\"policy_text\":\"permit (principal, action, resource);\"}]}"
expect_ok 'with one more, of a priority of its own' 200 '.decision == "allow" and .rules == [{"policy_id":"'"$new"'","rule_id":"'"$new"'","effect":"permit","notice":null}]'
evaluate "{$off,\"edits\":[{\"rule_id\":\"$new\",\"policy_id\":\"$policy\",\"policy_text\":\"permit (principal, action, resource);\"}]}"
expect_ok 'with one more, of the priority of its policy' 200 '.decision == "deny" and .rules[0].rule_id == "'"$forbid"'"'
evaluate "{$off,\"edits\":[{\"rule_id\":\"$forbid\",\"policy_id\":\"$policy\"},{\"rule_id\":\"$new\",\"policy_id\":\"$policy\",\"policy_text\":\"forbid (principal, action == Action::\\\"UpdateGrants\\\", resource);\"}]}"
expect_error 'a rule that could not be stored' 422 invalid_policy '.details.member == "edits[1].policy_text" and .details.line == 1
    and .details.column == 30 and .details.expected == "UpdateGrant"'
asked "{$off,\"edits\":[{\"rule_id\":\"$new\",\"policy_id\":\"$new\"},{\"rule_id\":\"$new\",\"policy_id\":\"$new\"}]}" 'edits[1].rule_id'
asked "{$off,\"edits\":[{\"rule_id\":\"$new\"}]}" 'edits[0].policy_id'
asked "{$off,\"edits\":[{\"rule_id\":\"$new\",\"policy_id\":\"$new\",\"policy_text\":7}]}" 'edits[0].policy_text'
# Rules of one's own tell nothing of what is stored.
asked '{"action":"UpdateGrant","grant_id":"'"$grant"'","edits":[]}' grant_id
asked '{"action":"UpdateGrant","grant_id":"00000000-0000-4000-8000-000000000000","edits":[]}' grant_id
asked '{"action":"UpdateGrant","principal":{"id":"'"$operator_id"'"},"edits":[]}' principal.roles

as "$collector"
evaluate '{"action":"UpdateGrant"}'
expect_error 'who may not read may not ask' 403 policy_denied
as "$admin"
is 'nothing was changed, and nothing logged' "$(policy_version)$(sql 'SELECT count(*) FROM grantd.audit_log')" "$before"
