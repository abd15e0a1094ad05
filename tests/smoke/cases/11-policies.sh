# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Policies decide, and say why, whatever web server is between; a rule as long as rules may be gets through.

# On a grant of its own.
first_grant=$grant
grant=00000000-0000-4000-8000-0000000000d1
make_grant "$tenant" "$grant"

send_policy()
{
	keyed "$1" "$2" --header 'Content-Type: application/json' --data-binary "$3"
}
send_policy POST /v1/policies '{"name":"smoke"}'
expect_ok 'a policy is made' 201 '.version == 1'
policy=$(member .id)
case $(field location) in
*"/v1/policies/$policy")	pass "$form: and its place is told" ;;
*)	fail "$form: and its place is told" || diag "$(field location)" ;;
esac
send_policy POST "/v1/policies/$policy/rules" "$(jq -cn '{notice: "Grants on whole accounts stay audited.",
    policy_text: "forbid (principal, action == Action::\"UpdateGrant\", resource) when { context has audit_enabled && !context.audit_enabled && resource.resource_type == \"aws_account\" };"}')"
expect_ok 'and a rule' 201 '.effect == "forbid"'
rule=$(member .id)
patch '{"audit_enabled":true}'
expect_ok 'switching on is permitted' 200 .audit_enabled
patch '{"audit_enabled":false}'
expect_error 'switching off is not, and why' 403 policy_denied '.notices == ["Grants on whole accounts stay audited."]'
# Twice as long in JSON as it is: all of it are quotation marks.
jq -cn '{policy_text: ("forbid (principal in Role::\"nobody\", action, resource) when { [" + ("\"\"," * 16300) + "\"\"].contains(\"x\") };")}' >"$work/rule"
send_policy POST "/v1/policies/$policy/rules" "@$work/rule"
expect_ok 'a rule of 48 KiB, in 80 KiB of JSON' 201 '.policy_text | length > 48000'
send_policy POST "/v1/policies/$policy/rules" '{"policy_text":"forbid (principal, action, resource) wehn { true };"}'
expect_error 'a rule that is none' 422 invalid_policy '.details.line == 1 and .details.column == 38'
send_policy POST /v1/policies/evaluate '{"action":"GetGrant"}'
expect_ok 'a question' 200 '.decision == "allow"'
keyed DELETE "/v1/policies/$policy"
expect_ok 'a policy is deleted' 204
patch '{"audit_enabled":false}'
expect_ok 'and decides no more' 200 '.audit_enabled == false'
grant=$first_grant
