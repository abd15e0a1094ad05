# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# Every operation once, and what it leaves behind.

keyed GET /v1/policies
expect_ok 'a new tenant has the baseline' 200 '(.data | length) == 1 and .data[0].name == "baseline"
    and .next_cursor == null and .has_more == false'
baseline=$(member '.data[0].id')
keyed GET "/v1/policies/$baseline/rules"
expect_ok 'which has a rule for each role' 200 '[.data[].principal_entity_id] == ["admin", "auditor", "operator", "collector", null]
    and ([.data[:4][].effect] | unique) == ["permit"] and .data[4].effect == "forbid" and .data[2].action_ids == ["read", "UpdateGrant"]'

version=$(policy_version)
send POST /v1/policies '{"name":"Grants of production","priority":10}'
expect_ok 'a policy is made' 201 '.name == "Grants of production" and .priority == 10 and .enabled and .version == 1
    and (keys == ["created_at", "enabled", "id", "name", "priority", "updated_at", "version"])'
policy=$(member .id)
is 'its place is told' "$(place)" "/v1/policies/$policy"
is 'and its tag' "$(field etag)" '"1"'
keyed GET "/v1/policies/$policy" --header 'If-None-Match: "1"'
expect_ok 'who has it is told so' 304
keyed GET "/v1/policies/$policy"
expect_ok 'it can be read' 200 '.priority == 10'
send PATCH "/v1/policies/$policy" '{"priority":-5,"name":"Production"}' --header 'If-Match: "1"'
expect_ok 'and changed' 200 '.priority == -5 and .name == "Production" and .version == 2'
is 'with another tag' "$(field etag)" '"2"'
send PATCH "/v1/policies/$policy" '{"priority":-5}'
expect_ok 'what is as asked is not changed' 200 '.version == 2'
send PATCH "/v1/policies/$policy" '{"enabled":false}' --header 'Prefer: return=minimal'
expect_ok 'who wants little gets little' 204

text='@id("x") // why
forbid (principal, action == Action::"UpdateGrant", resource) when { context has audit_enabled && !context.audit_enabled };'
make_rule "$text" '{"notice":"Stays on.","audit_session":false}'
expect_ok 'a rule is made of a text' 201 '.effect == "forbid" and .principal_scope_type == "any" and .principal_entity_id == null
    and .action_scope_type == "eq" and .action_ids == ["UpdateGrant"] and .resource_scope_type == "any"
    and (.conditions | startswith("when {")) and .notice == "Stays on." and .audit_session == false and .ordinal == 1
    and .version == 1 and .policy_id == "'"$policy"'"'
is 'whose text is kept as it is' "$(member .policy_text)" "$text"
is 'and whose place is told' "$(place)" "/v1/policies/$policy/rules/$rule"
# No role is called so, but an id may hold anything.
send POST "/v1/policies/$policy/rules?allow_unknown=true" '{"effect":"permit","principal_scope_type":"is_in","principal_is_type":"ApiKey",
    "principal_entity_type":"Role","principal_entity_id":"on\"call","action_scope_type":"in","action_ids":["read","UpdateGrant"],
    "resource_scope_type":"is","resource_entity_type":"Grant","conditions":"when { true }"}'
expect_ok 'a rule is made of parts' 201 '.policy_text == "permit (principal is ApiKey in Role::\"on\\\"call\", action in [Action::\"read\", Action::\"UpdateGrant\"], resource is Grant)\nwhen { true };"
    and .ordinal == 2 and .principal_entity_id == "on\"call" and .resource_entity_type == "Grant" and .resource_entity_id == null'
parts=$(member .id)
send PATCH "/v1/policies/$policy/rules/$parts" '{"principal_scope_type":"any","notice":"told","ordinal":-1}' --header 'If-Match: "1"'
expect_ok 'a scope is exchanged whole' 200 '.principal_is_type == null and .principal_entity_id == null and .ordinal == -1
    and (.policy_text | startswith("permit (principal, action in")) and .notice == "told" and .version == 2'
send PATCH "/v1/policies/$policy/rules/$rule" '{"effect":"permit","notice":null}'
expect_ok 'annotations stay when parts change' 200 '(.policy_text | startswith("@id(\"x\")\npermit (")) and .notice == null'
send PATCH "/v1/policies/$policy/rules/$rule" '{"audit_session":false,"effect":"permit"}'
expect_ok 'a rule that is as asked is not changed' 200 '.version == 2'
send PATCH "/v1/policies/$policy/rules/$rule" '{"policy_text":"permit (principal, action, resource);","effect":"forbid"}'
expect_ok 'where both are given the text wins' 200 '.effect == "permit"'
keyed GET "/v1/policies/$policy/rules"
expect_ok 'rules are listed in their order' 200 '[.data[].ordinal] == [-1, 1]'
keyed GET "/v1/policies/$policy/rules?limit=1"
expect_ok 'and page by page' 200 '.has_more and (.data | length) == 1 and .data[0].ordinal == -1'
keyed GET "/v1/policies/$policy/rules?limit=1&cursor=$(member .next_cursor)"
expect_ok 'to the last one' 200 '.has_more == false and .next_cursor == null and .data[0].ordinal == 1'
keyed GET "/v1/policies/$policy/rules/$rule"
expect_ok 'a rule can be read' 200 '.version == 3'
keyed HEAD "/v1/policies/$policy/rules/$rule"
expect_ok 'or its head alone' 200
keyed DELETE "/v1/policies/$policy/rules/$rule" --header 'If-Match: "3"'
expect_ok 'and deleted' 204
keyed DELETE "/v1/policies/$policy/rules/$rule"
expect_error 'once' 404 not_found
keyed DELETE "/v1/policies/$policy"
expect_ok 'a policy is deleted with its rules' 204
keyed GET "/v1/policies/$policy/rules"
expect_error 'and they are gone' 404 not_found
keyed GET "/v1/policies/$policy/rules/$parts"
expect_error 'each of them' 404 not_found
make_policy Production
expect_ok 'its name is free' 201 '.version == 1'
is 'each change is in the log, and nothing else' "$(logged)" 'CreatePolicy:done UpdatePolicy:done UpdatePolicy:done CreatePolicyRule:done CreatePolicyRule:done UpdatePolicyRule:done UpdatePolicyRule:done UpdatePolicyRule:done DeletePolicyRule:done DeletePolicy:done CreatePolicy:done'
ok 'and moved the version' test "$(policy_version)" -gt "$version"
for i in 1 2 3; do make_policy "more $i" >/dev/null; done
seen='' cursor=''
while :; do
	keyed GET "/v1/policies?limit=2$cursor"
	seen+="$(member '[.data[].name] | join(",")');"
	[ "$(member .has_more)" = true ] || break
	cursor="&cursor=$(member .next_cursor)"
done
is 'policies are listed page by page, newest first' "$seen" 'more 3,more 2;more 1,Production;baseline;'
