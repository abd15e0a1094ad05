# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# Rules that fail: what is decided then, in a request as in the dry run, and where it is told.

# grant_with METADATA: a grant; its id in $made
grant_with()
{
	send POST /v1/grants '{"grantee_id":"x","resource":{"type":"aws_account","id":"123456789012"},"action":"x",
	    "expires_at":"2099-01-01T00:00:00Z","metadata":'"$1"'}'
	made=$(member .id)
}

# decided METADATA: how switching such a grant off is decided, by a request, and by the two dry runs
decided()
{
	local request described there

	grant_with "$1"
	evaluate '{"action":"UpdateGrant","grant":{"metadata":'"$1"'},"context":{"audit_enabled":true}}'
	described=$(member .decision)
	evaluate '{"action":"UpdateGrant","grant_id":"'"$made"'","context":{"audit_enabled":true}}'
	there=$(member .decision)
	send PATCH "/v1/grants/$made" '{"audit_enabled":true}'
	request=$status
	printf '%s %s %s\n' "$request" "$described" "$there"
}

make_policy one '{"name":"one","priority":5}'
make_rule 'forbid (principal, action == Action::"UpdateGrant", resource) when { resource.metadata has cost && resource.metadata.cost > 5 };' \
    '{"notice":"Too dear."}'
forbid=$rule
for number in 5 5.0 50e-1 0.5e1 -1e2 -0.0 0e40 -9223372036854775808 -9.223372036854775808e18; do
	is "not too dear: $number" "$(decided "{\"cost\":$number}")" '200 allow allow'
done
for number in 6 6.0 150 150.0 1e1 1.5E+2 0.06e2 600e-2 9223372036854775807 9223372036854775807.0; do
	is "too dear: $number" "$(decided "{\"cost\":$number}")" '403 deny deny'
done
for value in 150.5 5.5 1e-1 9223372036854775808 -9223372036854775809 1e19 1e40 -1e40 1e-40 5.0000000000000000000000001 \
    null '[1]' '["a",1]' '["a",null]' '[["a"]]'; do
	is "nobody can read it: $value" "$(decided "{\"cost\":$value}")" '403 deny deny'
done
is 'beside it all is as ever' "$(decided '{"cost":1,"other":null,"more":1.5}')" '200 allow allow'

keyed DELETE "/v1/policies/$policy/rules/$forbid"
make_rule 'forbid (principal, action == Action::"UpdateGrant", resource) when { resource.metadata has tags && resource.metadata.tags.contains("production") };' \
    '{"notice":"Production."}'
forbid=$rule
many=$(jq -cn '{tags: (["production"] + [range(64) | "t\(.)"])}')
is 'a tag' "$(decided '{"tags":["production"]}')" '403 deny deny'
is '64 more' "$(decided "$many")" '403 deny deny'
is 'no such tag' "$(decided '{"tags":["staging"]}')" '200 allow allow'
grant_with '{"tags":["production",null]}'
as "$operator" # whose refusal is not counted as one more of the same
send PATCH "/v1/grants/$made" '{"audit_enabled":true}'
expect_error 'the refusal names the rule, its notice and why' 403 policy_denied '.notices == ["Production."]
    and .details.reason == "rule_failed" and .details.rules == [{"policy_id":"'"$policy"'","rule_id":"'"$forbid"'"}]'
is 'and so does the entry' "$(sql "SELECT record->>'denied_for' || ' ' || (record->'failed_rules')::text FROM grantd.audit_log
    WHERE resource_id = '$made' AND outcome = 'denied'")" \
    "rule_failed [{\"policy_id\":\"$policy\",\"rule_id\":\"$forbid\"}]"
as "$admin"
evaluate '{"action":"UpdateGrant","grant_id":"'"$made"'"}'
expect_ok 'the dry run says it, too' 200 '.decision == "deny" and .forbidden and .reason == "rule_failed" and .rules[0].rule_id == "'"$forbid"'"
    and .errors[0].rule_id == "'"$forbid"'" and (.errors[0].message | contains("`tags`"))'
keyed DELETE "/v1/policies/$policy/rules/$forbid"

make_rule 'permit (principal in Role::"team", action, resource is Grant) when { !(resource.metadata has team) };'
"$build/grantctl" key create --tenant "$tenant" --name team --role team --json >"$work/team"
evaluate '{"action":"GetGrant","principal":{"roles":["team"]},"grant":{}}'
expect_ok 'a permit where there is nothing to read' 200 '.decision == "allow"'
evaluate '{"action":"GetGrant","principal":{"roles":["team"]},"grant":{"metadata":{"team":null}}}'
expect_ok 'permits nothing where nobody can read it' 200 '.decision == "deny" and .forbidden == false and (.errors | length) == 1'

# What the caller says of itself, and a forbid that rests on it.
send POST "/v1/policies/$policy/rules?allow_unknown=true" \
    '{"policy_text":"forbid (principal, action == Action::\"RevokeGrant\", resource) when { context.user_agent like \"*curl*\" };","notice":"No curl."}'
forbid=$(member .id)
revoke()
{
	grant_with '{}'
	keyed DELETE "/v1/grants/$made" "$@"
}
revoke --user-agent curl/8
expect_error 'it is said' 403 policy_denied '.notices == ["No curl."] and (.details | has("reason") | not)'
for said in '' "$(printf 'curl/8 \200')" "$(printf 'curl/8 \302\205')"; do
	revoke --header "User-Agent;" ${said:+--user-agent "$said"}
	is "not sent, empty and unprintable are the same: $(printf %q "$said")" "$status" 204
	is 'and the entry names the forbid that failed' "$(sql "SELECT (record->'failed_rules'->0->>'rule_id') || coalesce(record->>'denied_for', '')
	    FROM grantd.audit_log WHERE resource_id = '$made' AND action = 'RevokeGrant'")" "$forbid"
done
evaluate '{"action":"RevokeGrant","grant":{},"context":{"user_agent":""}}'
expect_ok 'in the dry run as well' 200 '.decision == "allow" and (.errors | length) == 1'

# A tenant may want it otherwise.
before=$(policy_version)
ok 'the tenant chooses that a forbid that fails denies' "$build/grantctl" tenant set "$tenant" --failing-forbid denies --reason 'be strict'
isnt 'which workers see at once' "$(policy_version)" "$before"
is 'it is an entry' "$(sql "SELECT action || ' ' || reasoning || ' ' || (record->'before'->>'failing_forbid_denies') || ' '
    || (record->'after'->>'failing_forbid_denies') FROM grantd.audit_log WHERE action = 'UpdateTenant'")" 'UpdateTenant be strict false true'
like 'and shown' "$("$build/grantctl" tenant show "$tenant")" 'failing forbid +denies'
is 'to programs, too' "$("$build/grantctl" tenant show "$tenant" --json | jq .failing_forbid_denies)" true
is 'again, it changes nothing' "$("$build/grantctl" tenant set "$tenant" --failing-forbid denies)" 'nothing to change'
revoke --header 'User-Agent;'
expect_error 'from the next request on' 403 policy_denied '.details.reason == "rule_failed" and .notices == ["No curl."]
    and .details.rules[0].rule_id == "'"$forbid"'"'
evaluate '{"action":"RevokeGrant","grant":{},"context":{}}'
expect_ok 'the dry run knows' 200 '.decision == "deny" and .reason == "rule_failed"'
revoke --user-agent other/1
is 'who says something else may' "$status" 204
send POST "/v1/policies/$policy/rules?allow_unknown=true" '{"policy_text":"forbid (principal, action, resource) when { context.nothing };"}'
expect_error 'the guard knows, too' 409 policy_lockout
ok 'and back' "$build/grantctl" tenant set "$tenant" --failing-forbid passes
send POST "/v1/policies/$policy/rules?allow_unknown=true" '{"policy_text":"forbid (principal, action, resource) when { context.nothing };"}'
expect_ok 'then it takes no part' 201
not_ok 'what would lock everybody out is not chosen' "$build/grantctl" tenant set "$tenant" --failing-forbid denies
is 'and is not kept' "$("$build/grantctl" tenant show "$tenant" --json | jq .failing_forbid_denies)" false
not_ok 'a tenant that is not there' "$build/grantctl" tenant set 00000000-0000-4000-8000-000000000000 --failing-forbid denies

# grantctl policy test.
cat >"$work/failing.cedar" <<'END'
permit (principal in Role::"admin", action, resource);

@policy("net") @id("curl")
forbid (principal, action == Action::"RevokeGrant", resource) when { context.user_agent like "*curl*" };
@policy("net")
forbid (principal, action == Action::"UpdateGrant", resource) when { resource.metadata.cost > 5 };
END
cat >"$work/failing.jsonl" <<'END'
{"name": "nothing said", "principal": {"roles": ["admin"]}, "action": "RevokeGrant", "grant": {}, "context": {}, "decision": "allow"}
{"name": "a fraction", "principal": {"roles": ["admin"]}, "action": "UpdateGrant", "grant": {"metadata": {"cost": 5.5}}, "decision": "deny"}
{"principal": {"roles": ["admin"]}, "action": "UpdateGrant", "grant": {"metadata": {"cost": 1}}, "decision": "allow"}
END
is 'policy test tells which rules failed, and why' "$("$build/grantctl" policy test --policies "$work/failing.cedar" "$work/failing.jsonl")" \
'line 1, nothing said: the forbid "curl" of policy "net" failed, and took no part: the record has no attribute `user_agent`; test with `has` first
line 2, a fraction: the forbid in line 5, of policy "net", failed, and so denies: the value of `cost` is one that Cedar has no type for
3 passed, 0 failed'
like 'as a strict tenant has it' "$("$build/grantctl" policy test --policies "$work/failing.cedar" --failing-forbid denies "$work/failing.jsonl")" \
    'line 1, nothing said: the forbid "curl" of policy "net" failed, and so denies.*line 1, nothing said: the decision is deny.*2 passed, 1 failed$'
like 'of a tenant by its id' "$("$build/grantctl" policy test --tenant "$tenant" "$work/failing.jsonl")" "the forbid $forbid failed, and took no part"

# What asking costs.
fresh_tenant
make_policy bomb '{"name":"bomb","priority":5}'
bomb=$(jq -rn '"forbid (principal, action == Action::\"UpdateGrant\", resource) when { " + ([range(900) | "resource.metadata.note like \"*aaaaab*\""] | join(" || ")) + " };"')
send POST "/v1/policies/$policy/rules?allow_unknown=true" "$(jq -cn --arg text "$bomb" '{policy_text: $text}')"
rule=$(member .id)
grant_with "$(jq -cn '{note: ("a" * 15000)}')"
send PATCH "/v1/grants/$made" '{"audit_enabled":true}'
expect_error 'what costs too much is refused, and why' 403 policy_denied '.details.reason == "budget" and .details.limit == 200000
    and .details.rules == [{"policy_id":"'"$policy"'","rule_id":"'"$rule"'"}] and (has("notices") | not)'
is 'and the entry says so' "$(sql "SELECT record->>'denied_for' || ' ' || (record->'failed_rules'->0->>'rule_id') FROM grantd.audit_log
    WHERE resource_id = '$made' AND outcome = 'denied'")" "budget $rule"
keyed GET "/v1/grants/$made"
expect_ok 'anything else is as ever' 200 .id
