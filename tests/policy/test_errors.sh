# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# Every refusal in its shape, and nothing changed by any of them.

make_policy one && make_rule 'permit (principal in Role::"nobody", action, resource);'

none=00000000-0000-4000-8000-000000000000

for path in /v1/policies "/v1/policies/$policy" "/v1/policies/$policy/rules" "/v1/policies/$policy/rules/$rule"; do
	request GET "$path" --header "X-Tenant-ID: $tenant"
	expect_error "${path//$policy/ID}: without a key" 401 unauthenticated
done
keyed PUT "/v1/policies/$policy"
expect_error 'a method that is not offered' 405 method_not_allowed
keyed GET /v1/policies/evaluate
expect_error 'a question is posed with POST' 405 method_not_allowed
keyed GET /v1/policies/x
expect_error 'an id that is none' 400 invalid_parameter '.details.parameter == "policyId"'
keyed GET "/v1/policies/$policy/rules/x"
expect_error 'a rule id that is none' 400 invalid_parameter '.details.parameter == "ruleId"'
for query in limit=0 limit=251 limit=x cursor=x cursor=f_______________________________ 'cursor=AAAA*AAAAAAAAAAAAAAAAAAAAAAAAAAA' offset=1; do
	keyed GET "/v1/policies?$query"
	expect_error "a list with $query" 400 invalid_parameter ".details.parameter == \"${query%%=*}\""
done
for path in "/v1/policies/$none" "/v1/policies/$none/rules" "/v1/policies/$policy/rules/$none" "/v1/policies/$none/rules/$rule"; do
	keyed GET "$path"
	expect_error "GET of what is not there: ${path#/v1/policies}" 404 not_found
done
send PATCH "/v1/policies/$none" '{"priority":1}'
expect_error 'PATCH of a policy that is not there' 404 not_found
send POST "/v1/policies/$none/rules" '{"policy_text":"permit (principal, action, resource);"}'
expect_error 'a rule for a policy that is not there' 404 not_found
send POST /v1/policies '{"name":"one"}'
expect_error 'a name that is taken' 409 conflict
make_policy two
version=$(policy_version)
send PATCH "/v1/policies/$policy" '{"name":"one"}'
expect_error 'a name that is taken, when renamed' 409 conflict

# invalid METHOD PATH BODY MEMBER
invalid()
{
	send "$1" "$2" "$3"
	expect_error "$1 $3" 422 invalid_body ".details.member == \"$4\""
}
invalid POST /v1/policies '{}' name
invalid POST /v1/policies '{"name":""}' name
invalid POST /v1/policies '{"name":"a\nb"}' name
invalid POST /v1/policies '{"name":"x","priority":1.5}' priority
invalid POST /v1/policies '{"name":"x","priority":1000001}' priority
invalid POST /v1/policies '{"name":"x","enabled":null}' enabled
invalid POST /v1/policies '{"name":"x","rules":[]}' rules
rules=/v1/policies/$policy/rules
invalid POST "$rules" '{}' effect
invalid POST "$rules" '{"effect":"allow"}' effect
invalid POST "$rules" '{"effect":"permit","principal_scope_type":"has"}' principal_scope_type
invalid POST "$rules" '{"effect":"permit","action_scope_type":"is"}' action_scope_type
invalid POST "$rules" '{"effect":"permit","principal_scope_type":"eq","principal_entity_id":"x"}' principal_entity_type
invalid POST "$rules" '{"effect":"permit","principal_scope_type":"eq","principal_entity_type":"Role"}' principal_entity_id
invalid POST "$rules" '{"effect":"permit","principal_entity_id":"x"}' principal_entity_id
invalid POST "$rules" '{"effect":"permit","resource_scope_type":"is","resource_entity_type":"Grant","resource_entity_id":"x"}' resource_entity_id
invalid POST "$rules" '{"effect":"permit","action_ids":["read"]}' action_ids
invalid POST "$rules" '{"effect":"permit","action_scope_type":"eq","action_ids":["a","b"]}' action_ids
invalid POST "$rules" '{"effect":"permit","action_scope_type":"in","action_ids":[1]}' 'action_ids[0]'
invalid POST "$rules" '{"policy_text":"permit (principal, action, resource);","notice":""}' notice
invalid POST "$rules" '{"policy_text":"permit (principal, action, resource);","notice":"a\u0007"}' notice
invalid POST "$rules" '{"policy_text":"permit (principal, action, resource);","ordinal":1000001}' ordinal
invalid POST "$rules" '{"policy_text":null}' policy_text
invalid POST "$rules" '{"policy_text":"\u0000"}' policy_text
jq -cn '{policy_text: ("permit (principal, action, resource);" + (" " * 49152))}' >"$work/long"
send POST "$rules" "@$work/long"
expect_error 'a rule that is too long' 422 invalid_body '.details.member == "policy_text"'
jq -cn '{policy_text: (" " * 122880)}' >"$work/long"
send POST "$rules" "@$work/long"
expect_error 'a body that is too large' 413 body_too_large '.details.limit == 122880'
jq -cn '{name: ("x" * 16384)}' >"$work/long"
send POST /v1/policies "@$work/long"
expect_error 'a body that is too large for a policy' 413 body_too_large '.details.limit == 16384'
send POST "$rules" '{"policy_text":"permit (principal, action, resource)" "x"}'
expect_error 'what is not JSON' 400 invalid_json

# unparsed BODY LINE COLUMN EXPECTED
unparsed()
{
	send POST "$rules" "$1"
	expect_error "no rule: $1" 422 invalid_policy ".details.line == $2 and .details.column == $3
	    and (.details.expected | contains(\"$4\")) and (.details.message | length > 0)"
}
unparsed '{"policy_text":"permit (principal, action, resource)\nwehn { true };"}' 2 1 when
unparsed '{"policy_text":"permit (principal, action, resource); forbid (principal, action, resource);"}' 1 39 'end of the text'
unparsed '{"policy_text":"// nothing"}' 1 11 permit
unparsed '{"policy_text":"permit (principal == ?principal, action, resource);"}' 1 22 entity
unparsed '{"policy_text":"permit (principal, action == App::Action::\"x\", resource);"}' 1 1 Action
unparsed '{"effect":"permit","conditions":"when { true"}' 2 12 ''
is 'of parts, the text is shown that the place is in' "$(member .details.policy_text)" 'permit (principal, action, resource)
when { true;'
send POST "$rules" '{"effect":"permit","principal_scope_type":"is","principal_entity_type":"ApiKey in Role::\"admin\""}'
expect_error 'what is smuggled in through a type' 422 invalid_policy
send POST "$rules" '{"effect":"permit","conditions":"; permit (principal, action, resource)"}'
expect_error 'what is smuggled in through conditions' 422 invalid_policy
send PATCH "$rules/$rule" '{"policy_text":"permit"}'
keyed GET "$rules"
expect_ok 'nothing of all that was stored' 200 '.data == []'
send PATCH "/v1/policies/$policy" '{"priority":1}' --header 'If-Match: "7"'
expect_error 'another version' 412 precondition_failed '.details.current == "\"1\""'
keyed DELETE "/v1/policies/$policy" --header 'If-Match: W/"2"'
expect_error 'another version, to delete' 412 precondition_failed

as "$auditor"
send POST /v1/policies '{"name":"mine"}'
expect_error 'who may only read changes nothing' 403 policy_denied
keyed GET "/v1/policies/$policy"
expect_ok 'and reads' 200 '.name == "two"'
evaluate '{"action":"UpdatePolicy"}'
expect_ok 'and asks' 200 '.decision == "deny" and .forbidden == false and .rules == []'
as "$admin"
is 'the refusal is logged, and nothing else is' "$(logged)" 'CreatePolicy:done CreatePolicyRule:done CreatePolicy:done CreatePolicy:denied'
is 'nothing moved the version' "$(policy_version)" "$version"
