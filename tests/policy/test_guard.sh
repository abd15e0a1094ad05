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

# What comes later counts, too.
fresh_tenant
make_policy later
before=$(sql 'SELECT count(*) FROM grantd.policy_rules')
soon=$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)
send POST "/v1/policies/$policy/rules" "$(jq -cn --arg at "$soon" '{policy_text: "forbid (principal, action, resource) when { context.now > datetime(\"\($at)\") };"}')"
expect_error 'a rule that will lock everybody out is refused now' 409 policy_lockout ".details.at == \"${soon%Z}.001000Z\""
send POST "/v1/policies/$policy/rules" "$(jq -cn --arg at "$soon" '{policy_text: "forbid (principal, action, resource) unless { context.now < datetime(\"\($at)\") };"}')"
expect_error 'as is one that says it the other way round' 409 policy_lockout ".details.at == \"${soon%Z}.000000Z\""
send POST "/v1/policies/$policy/rules" "$(jq -cn --arg at "$soon" '{policy_text: "forbid (principal, action, resource) when { context.now.durationSince(datetime(\"\($at)\")) > duration(\"30d\") };"}')"
expect_error 'or from a time that is reckoned' 409 policy_lockout
is 'nothing of that was stored' "$(sql 'SELECT count(*) FROM grantd.policy_rules')" "$before"
echo "@policy(\"baseline\") permit (principal in Role::\"admin\", action, resource) when { context.now < datetime(\"$soon\") };" >"$work/ends.cedar"
like 'grantctl says when' "$("$build/grantctl" policy apply --tenant "$tenant" "$work/ends.cedar" 2>&1)" "at ${soon%Z}.000000Z no key"
send POST "/v1/policies/$policy/rules" "$(jq -cn --arg at "$soon" '{policy_text: "forbid (principal, action == Action::\"UpdateGrant\", resource) when { context.now > datetime(\"\($at)\") };"}')"
expect_ok 'what leaves the policies alone is not' 201
send POST "/v1/policies/$policy/rules" "$(jq -cn '{policy_text: "forbid (principal, action, resource) when { context.now < datetime(\"2020-01-01\") };"}')"
expect_ok 'nor is what has gone by' 201
send POST "/v1/policies/$policy/rules" "$(jq -cn --arg at "$soon" '{policy_text: "forbid (principal, action in Action::\"write\", resource) when { context.now > datetime(\"\($at)\") } unless { principal in Role::\"admin\" };"}')"
expect_ok 'nor what leaves it to somebody' 201
sql "UPDATE grantd.api_keys SET expires_at = now() + interval '10 minutes'"
send POST "/v1/policies/$policy/rules" "$(jq -cn --arg at "$soon" '{policy_text: "forbid (principal, action, resource) when { context.now > datetime(\"\($at)\") } unless { principal in Role::\"admin\" };"}')"
expect_ok 'a key that has expired by then counts as the one that comes after it' 201
id=$(sql "SELECT id FROM grantd.api_keys WHERE name = 'admin'")
send POST "/v1/policies/$policy/rules" "$(jq -cn --arg at "$soon" --arg id "$id" '{policy_text: "forbid (principal, action, resource) when { context.now > datetime(\"\($at)\") } unless { principal == ApiKey::\"\($id)\" };"}')"
expect_error 'which has another id' 409 policy_lockout

# There is a bound to what may be in force.
fresh_tenant
make_policy large
for i in 1 2 3 4 5; do
	jq -cn --arg i "$i" '{policy_text: ("permit (principal in Role::\"nobody\", action, resource) when { context.request_id == \"" + $i + ("a" * 48000) + "\" };")}' >"$work/large$i"
	send POST "/v1/policies/$policy/rules" "@$work/large$i" 
	[ "$status" = 201 ] || break
done
is 'many large rules may be' "$i $status" '5 201'
rule=$(member .id)
before=$(policy_version)
send POST "/v1/policies/$policy/rules" "@$work/large5"
expect_error 'a quarter of a megabyte is too much' 422 invalid_policy '.details.bound == "bytes" and .details.limit == 262144 and .details.found > 262144'
send PATCH "/v1/policies/$policy" '{"enabled":false}'
send POST "/v1/policies/$policy/rules" "@$work/large5"
expect_ok 'what is not in force does not count' 201
send PATCH "/v1/policies/$policy" '{"enabled":true}'
expect_error 'until it would be' 422 invalid_policy '.details.bound == "bytes"'
jq -r .policy_text "$work"/large? "$work/large5" >"$work/large.cedar"
echo '@policy("baseline") permit (principal in Role::"admin", action, resource);' >>"$work/large.cedar"
like 'grantctl refuses it, too, also with --force' "$("$build/grantctl" policy apply --tenant "$tenant" --force "$work/large.cedar" 2>&1)" \
    '7 rules of 2[0-9]+ bytes would be in force, and no more than 4096 of 262144 bytes may be'
