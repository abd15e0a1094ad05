# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# What a change is about is seen by the rules that decide on it: the key that is made, rotated or revoked, the grant, policy or
# rule that is asked for. Nobody becomes an admin by making or rotating keys.

# key_with ROLES-JSON [MEMBERS]: made by the admin; its id in $made, itself in $raw.
key_with()
{
	as "$admin"
	send POST /v1/api-keys "$(jq -cn --argjson roles "$1" --argjson more "${2:-{\}}" '{name: "k", roles: $roles} + $more')"
	made=$(member .id) raw=$(member .raw_key)
}

admin_id=$(sql "SELECT id FROM grantd.api_keys WHERE name = 'admin'")
make_policy keys
make_rule 'permit (principal in Role::"rotator", action in [Action::"CreateApiKey", Action::"RotateApiKey", Action::"RevokeApiKey"], resource);'
permit=$rule
key_with '["rotator"]'
rotator=$raw rotator_id=$made
key_with '["rotator","collector"]'
both=$raw
key_with '["collector"]'
collector_id=$made

### The baseline.
as "$rotator"
send POST "/v1/api-keys/$admin_id/rotate" '{}'
expect_error 'who may rotate keys does not rotate an admin'\''s' 403 policy_denied \
    '.notices == ["A key makes keys with no role that it has not, and rotates no others; admins may."]'
send POST /v1/api-keys '{"name":"mine","roles":["rotator","admin"]}'
expect_error 'nor makes one of an admin' 403 policy_denied
send POST "/v1/api-keys/$collector_id/rotate" '{}'
expect_error 'nor rotates any with a role that it has not' 403 policy_denied
is 'the admin'\''s key is as it was' "$(sql "SELECT version, expires_at FROM grantd.api_keys WHERE id = '$admin_id'")" '1|'
is 'who tried is known, and for which key' "$(sql "SELECT action, record -> 'after' ->> 'keyId' FROM grantd.audit_log
    WHERE outcome = 'denied' AND action = 'RotateApiKey' AND record -> 'after' ->> 'keyId' = '$admin_id'")" "RotateApiKey|$admin_id"
as "$both"
send POST "/v1/api-keys/$collector_id/rotate" '{"overlap":60}'
expect_ok 'one with its own roles is rotated' 201 '.roles == ["collector"]'
as "$rotator"
send POST "/v1/api-keys/$rotator_id/rotate" '{"overlap":60}'
expect_ok 'and so is its own' 201 '.roles == ["rotator"]'

### Rules of the tenant's own see it all.
as "$admin"
# sees ACTION CONDITION: a rule that refuses ACTION where the condition holds, alone in its policy.
make_policy seen '{"name":"seen","priority":5}'
seen=$policy
sees()
{
	as "$admin"
	[ -z "${looking-}" ] || keyed DELETE "/v1/policies/$seen/rules/$looking"
	policy=$seen
	make_rule "forbid (principal, action == Action::\"$1\", resource) when { $2 };" '{"notice":"seen"}' || bail "no rule: $body"
	looking=$rule
}
refused()
{
	expect_error "$1" 403 policy_denied '.notices == ["seen"]'
}

sees CreateApiKey 'context.target_name == "k" && context.target_roles == ["auditor", "x"] && context has target_expires_at &&
    context.target_expires_at > datetime("2099-01-01") && !(context has target_key)'
key_with '["x","auditor"]' '{"expires_at":"2099-01-01T00:00:00.001Z"}'
refused 'the name, roles and end of a key that is to be made'
key_with '["x","auditor"]' '{"expires_at":"2099-01-01T00:00:00Z"}'
expect_ok 'and no more than those' 201 .raw_key
x=$made
sees RotateApiKey 'context.target_key in Role::"x" && context.target_key.name == "k" && context.target_roles.contains("auditor") &&
    context.target_name == "k" && context has target_expires_at && context.target_expires_at == datetime("2099-01-01") &&
    context.target_key == ApiKey::"'"$x"'" && !(context has asked_expires_at)'
send POST "/v1/api-keys/$x/rotate" '{}'
refused 'the key that is to be rotated'
sees RotateApiKey 'context has asked_expires_at && context.asked_expires_at == datetime("2098-01-01")'
send POST "/v1/api-keys/$x/rotate" '{"expires_at":"2098-01-01T00:00:00Z"}'
refused 'when the new one is to end'
sees RotateApiKey 'context has asked_expires_at && context.asked_expires_at > datetime("9999-01-01")'
send POST "/v1/api-keys/$x/rotate" '{"expires_at":null}'
refused 'and whether it is to have no end'
sees RotateApiKey 'context.target_key == principal'
send POST "/v1/api-keys/$admin_id/rotate" '{}'
refused 'that it is the caller'\''s own'
sees RevokeApiKey 'context.target_key in Role::"x" && context.target_roles.containsAny(["x"]) && context.target_name == "k"'
keyed DELETE "/v1/api-keys/$x"
refused 'the key that is to be revoked'

new_grant='{"grantee_id":"alice","resource":{"type":"aws_account","id":"123456789012"},"action":"administer",
    "expires_at":"2099-01-01T00:00:00Z","request_id":"11111111-2222-4333-8444-AAAAAAAAAAAA","metadata":{"team":"payments"}}'
sees CreateGrant 'context.target_grantee_id == "alice" && context.target_resource_type == "aws_account" &&
    context.target_resource_id == "123456789012" && context.target_action == "administer" && context.target_metadata.team == "payments" &&
    context.target_expires_at == datetime("2099-01-01") && context has target_request_id &&
    context.target_request_id == "11111111-2222-4333-8444-aaaaaaaaaaaa"'
send POST /v1/grants "$new_grant"
refused 'the grant that is asked for'
send POST /v1/grants "${new_grant/payments/search}"
expect_ok 'all of it' 201 '.metadata.team == "search"'

sees CreatePolicy 'context.target_name == "high" && context.target_priority == 100 && context.target_enabled == true && !(context has target_policy)'
send POST /v1/policies '{"name":"high","priority":100}'
refused 'the policy that is to be made'
send POST /v1/policies '{"name":"high","priority":99}'
expect_ok 'all of that' 201 .id
high=$(member .id)
sees UpdatePolicy 'context.target_policy == "'"$high"'" && context.target_name == "high" && context.target_priority == 99 && context.target_enabled &&
    context has asked_priority && context.asked_priority == 100 && !(context has asked_name) && !(context has asked_enabled)'
send PATCH "/v1/policies/$high" '{"priority":100}'
refused 'what a policy is to become'
sees UpdatePolicy 'context has asked_name && context.asked_name == "other" && context has asked_enabled && !context.asked_enabled'
send PATCH "/v1/policies/$high" '{"name":"other","enabled":false}'
refused 'by any of its members'
sees DeletePolicy 'context.target_priority > 50'
keyed DELETE "/v1/policies/$high"
refused 'the policy that is to be deleted'

for given in '{"policy_text":"permit (principal, action, resource);"}' '{"effect":"permit"}'; do
	sees CreatePolicyRule 'context.target_priority == 99 && context.target_policy == "'"$high"'" && context.target_effect == "permit" &&
	    context.target_policy_text like "permit (principal, action, resource)*"'
	send POST "/v1/policies/$high/rules" "$given"
	refused "the rule that is to be made, given as $given"
done
policy=$high
make_rule 'forbid (principal, action == Action::"ListGrants", resource) when { false };'
inner=$rule
for given in '{"policy_text":"permit (principal, action, resource);"}' '{"effect":"permit"}'; do
	sees UpdatePolicyRule 'context.target_priority == 99 && context.target_effect == "forbid" && context.target_policy_text like "*ListGrants*" &&
	    context has asked_effect && context.asked_effect == "permit" && context has asked_policy_text && context.asked_policy_text like "permit*"'
	send PATCH "/v1/policies/$high/rules/$inner" "$given"
	refused "what a rule is to become, given as $given"
done
sees UpdatePolicyRule 'context.target_priority == 99 && (context has asked_effect || context has asked_policy_text)'
send PATCH "/v1/policies/$high/rules/$inner" '{"notice":"beside it"}'
expect_ok 'that its text stays' 200 '.notice == "beside it"'
sees DeletePolicyRule 'context.target_priority == 99 && context.target_effect == "forbid"'
keyed DELETE "/v1/policies/$high/rules/$inner"
refused 'the rule that is to be deleted'
send POST "/v1/policies/$high/rules" '{"policy_text":"nonsense"}'
expect_error 'what is no rule has neither, and is refused as ever' 422 invalid_policy
keyed DELETE "/v1/policies/$seen/rules/$looking"

### A dry run.
evaluate '{"action":"RotateApiKey","principal":{"roles":["rotator"]},"context":{"target_key":"'"${admin_id^^}"'","target_name":"k","target_roles":["admin"]}}'
expect_ok 'a dry run is told of the key' 200 '.decision == "deny" and .forbidden and (.rules | length) == 1'
evaluate '{"action":"RotateApiKey","principal":{"roles":["rotator"]},"context":{"target_roles":["rotator"]}}'
expect_ok 'of another' 200 '.decision == "allow" and .errors == []'
evaluate '{"action":"RotateApiKey","principal":{"roles":["rotator"]}}'
expect_ok 'and says what it was not told' 200 '(.errors | length) == 1 and (.errors[0].message | contains("target_roles"))'
# not_asked MEMBER JSON
not_asked()
{
	evaluate "{\"action\":\"CreateGrant\",\"context\":{\"${1%%[*}\":$2}}"
	expect_error "no $1 is $2" 422 invalid_body ".details.member == \"context.$1\""
}
not_asked target_key '"x"'
not_asked 'target_roles[1]' '["a","b c"]'
not_asked target_expires_at '"noon"'
not_asked target_priority 1000001
not_asked target_enabled 1
not_asked target_effect '"allow"'
not_asked target_metadata '"x"'
not_asked target_policy '1'

### What was looked at is what is changed: no key becomes another one's between look and change.
is 'a revocation on a version that is past is none' "$(sql "SELECT (grantd.revoke_api_key('$tenant', NULL, NULL, NULL, 'root',
    gen_random_uuid(), '{\"x\":1}', NULL, '$x', 7)).state")" stale

### An end is an end.
key_with '["collector"]' '{"expires_at":"2099-06-01T00:00:00Z"}'
send POST "/v1/api-keys/$made/rotate" '{"overlap":600}'
expect_ok 'the new key ends when the old one was to' 201 '.expires_at == "2099-06-01T00:00:00.000000Z"'
next=$(member .id)
send POST "/v1/api-keys/$made/rotate" '{}'
expect_error 'one that was rotated is not rotated again' 409 conflict '.message | contains("rotated already")'
as "$raw"
keyed GET "/v1/grants/$grant"
expect_error 'though it works in its overlap' 403 policy_denied
as "$admin"
send POST "/v1/api-keys/$next/rotate" '{"expires_at":"2099-07-01T00:00:00Z","overlap":0}'
expect_ok 'longer where that is asked for' 201 '.expires_at == "2099-07-01T00:00:00.000000Z"'
next=$(member .id)
send POST "/v1/api-keys/$next/rotate" '{"expires_at":null,"overlap":0}'
expect_ok 'or without an end' 201 '.expires_at == null'
next=$(member .id)
sql "UPDATE grantd.api_keys SET expires_at = created_at + interval '1 ms' WHERE id = '$next'"
send POST "/v1/api-keys/$next/rotate" '{}'
expect_error 'one that has ended is not followed by one that has ended' 422 invalid_body '.details.member == "expires_at"'
sql "UPDATE grantd.api_keys SET expires_at = NULL WHERE id = '$next'"

### The guard of policies looks at keys, too.
keyed DELETE "/v1/policies/$policy/rules/$permit" >/dev/null
keyed DELETE "/v1/api-keys/$admin_id"
expect_error 'the last key that may change policies is not revoked' 409 policy_lockout
is 'and works on' "$(sql "SELECT version, revoked_at FROM grantd.api_keys WHERE id = '$admin_id'")" '1|'
keyed DELETE "/v1/api-keys/$next"
expect_ok 'another is' 204
keyed DELETE "/v1/api-keys/$next"
expect_ok 'twice' 204
key_with '["admin"]'
keyed DELETE "/v1/api-keys/$admin_id"
expect_ok 'the last but one is' 204
as "$raw"
keyed DELETE "/v1/api-keys/$made"
expect_error 'and not the one that is left then' 409 policy_lockout
# Where policies are changed by grantctl alone, no key is the last.
echo '@policy("baseline") permit (principal in Role::"admin", action in [Action::"read", Action::"RevokeApiKey"], resource);' >"$work/own.cedar"
ok 'a tenant may leave its policies to grantctl' "$build/grantctl" policy apply --force --tenant "$tenant" "$work/own.cedar"
keyed DELETE "/v1/api-keys/$made"
expect_ok 'and revokes keys all the same' 204
