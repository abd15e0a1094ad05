# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# A rule that can never apply or always fails is not written in silence.

make_policy words
rules=/v1/policies/$policy/rules
update='action == Action::"UpdateGrant"'

# unknown TEXT LINE COLUMN EXPECTED MESSAGE: refused by the API, by check and by apply, with the place and what is meant
unknown()
{
	send POST "$rules" "$(jq -cn --arg text "$1" '{policy_text: $text}')"
	expect_error "unknown: $1" 422 invalid_policy ".details.line == $2 and .details.column == $3
	    and .details.expected == \"$4\" and (.details.message | contains(\"$5\"))"
	printf '%s\npermit (principal in Role::"admin", action, resource);\n' "$1" >"$work/unknown.cedar"
	like "checked: $1" "$("$build/grantctl" policy check "$work/unknown.cedar" 2>&1; echo "[$?]")" \
	    "^$work/unknown.cedar:$2:$3: .*\[1\]"
	like "applied: $1" "$("$build/grantctl" policy apply --tenant "$tenant" "$work/unknown.cedar" 2>&1; echo "[$?]")" \
	    "^$work/unknown.cedar:$2:$3: .*\[1\]"
}
before=$(policy_version)
unknown 'forbid (principal, action == Action::"UpdateGrants", resource);' 1 30 UpdateGrant 'did you mean `UpdateGrant`?'
unknown 'forbid (principal, action in [Action::"updateGrant"], resource);' 1 31 UpdateGrant 'there is no action `updateGrant`'
unknown 'forbid (principal, action, resource is Grnt);' 1 40 Grant 'there is no entity type `Grnt`; did you mean `Grant`?'
unknown 'forbid (principal in Rol::"operator", action, resource);' 1 22 Role 'there is no entity type `Rol`'
unknown 'forbid (principal == Role::"operator", action, resource);' 1 22 '' 'did you mean `in`?'
unknown 'forbid (principal, action == Action::"GetGrant", resource is Tenant);' 1 1 '' 'no action has such'
unknown "forbid (principal, $update, resource)
when { resource.resourcetype == \"aws_account\" };" 2 17 resource_type 'no attribute `resourcetype`; did you mean `resource_type`?'
unknown "forbid (principal, $update, resource)
when { resource.resource_type in [\"aws_account\", \"aws_s3_bucket\"] };" 2 8 '' 'contains(value)'
unknown "forbid (principal, $update, resource)
when { context.audit_enabled == false };" 2 16 '' 'test with `has` first'
unknown "forbid (principal, $update, resource) when { resource.metadata.team == \"a\" };" 1 88 '' 'test with `has` first'
unknown "forbid (principal, $update, resource) when { context has raeson };" 1 82 reason 'can never apply'
unknown "forbid (principal, $update, resource) when { context.now > \"2027\" };" 1 84 '' 'expected a datetime, found a String'
unknown "forbid (principal, $update, resource) when { context has source_ip && context.source_ip.isInRange(ip(\"10.0.0.0/33\")) };" \
	1 126 '' 'no IP address'
unknown "forbid (principal, $update, resource == Grant::\"2489E9AD-2EE2-8E00-8EC9-32D5F69181C0\");" 1 65 \
	2489e9ad-2ee2-8e00-8ec9-32d5f69181c0 'is a UUID in lower case'
unknown "forbid (principal == ApiKey::\"deploy\", $update, resource);" 1 22 '' 'is a UUID in lower case'
unknown "forbid (principal in Tenant::\"2489E9AD-2EE2-8E00-8EC9-32D5F69181C0\", $update, resource);" 1 22 \
	2489e9ad-2ee2-8e00-8ec9-32d5f69181c0 'is a UUID in lower case'
unknown "forbid (principal in Role::\"Operator\", $update, resource);" 1 22 operator 'is of lower-case letters'
unknown 'forbid (principal, action == Action::"RotateApiKey", resource) when { context.target_key == ApiKey::"deploy" };' 1 93 '' 'is a UUID in lower case'
unknown 'permit (principal, action, resource) when { resource.status == "active" };' 1 54 '' 'where the action is `ListGrants`'
is 'nothing of all that was stored' "$(policy_version)" "$before"

send POST "$rules" '{"effect":"forbid","action_scope_type":"eq","action_ids":["UpdateGrants"]}'
expect_error 'a rule in parts' 422 invalid_policy '.details.expected == "UpdateGrant"
    and .details.policy_text == "forbid (principal, action == Action::\"UpdateGrants\", resource);"'

# Whoever must.
send POST "$rules?allow_unknown=true" '{"policy_text":"forbid (principal, action == Action::\"UpdateGrants\", resource);"}'
expect_ok 'allowed, it is stored with a warning' 201 '.warning.line == 1 and .warning.column == 30
    and .warning.expected == "UpdateGrant" and (.warning.message | contains("there is no action"))'
rule=$(member .id)
send POST "$rules?allow_unknown=true" '{"policy_text":"forbid (principal in Role::\"x\", action == Action::\"UpdateGrant\", resource);"}'
expect_ok 'where nothing is unknown there is no warning' 201 'has("warning") | not'
send POST "$rules?allow_unknown=false" '{"policy_text":"forbid (principal, action == Action::\"UpdateGrants\", resource);"}'
expect_error 'not allowed in so many words' 422 invalid_policy
send POST "$rules?allow_unknown=yes" '{"policy_text":"forbid (principal, action, resource);"}'
expect_error 'neither true nor false' 400 invalid_parameter '.details.parameter == "allow_unknown"'
send POST "$rules?allow_unknown=true" '{"policy_text":"forbid (principal"}'
expect_error 'what does not parse is no rule' 422 invalid_policy
like 'apply with --allow-unknown warns' \
	"$("$build/grantctl" policy apply --tenant "$tenant" --dry-run --allow-unknown "$work/unknown.cedar" 2>&1)" \
	': warning: where the action is .*none of them made'
like 'and so does check' "$("$build/grantctl" policy check --allow-unknown "$work/unknown.cedar" 2>&1; echo "[$?]")" \
	': warning: .*2 rules in 1 policies.\[0\]'

# What is stored goes on, and can be changed beside its text.
keyed GET "$rules/$rule"
expect_ok 'it is shown as any other' 200 'has("warning") | not'
send PATCH "$rules/$rule" '{"notice":"Never told."}'
expect_ok 'its notice can be changed' 200 '.notice == "Never told."'
send PATCH "$rules/$rule" '{"action_ids":["UpdateGrantz"]}'
expect_error 'its text cannot, to another such' 422 invalid_policy
send PATCH "$rules/$rule?allow_unknown=true" '{"action_ids":["UpdateGrantz"]}'
expect_ok 'but with leave' 200 '.warning.expected == "UpdateGrant"'
found()
{
	"$build/grantctl" doctor --json | jq -r '.checks[] | select(.check == "policy rules") | "\(.ok) \(.found)"'
}
like 'doctor tells of it' "$(found)" "^false 1 of 7 can never apply .* rule $rule of tenant $tenant: there is no action .UpdateGrantz."
send PATCH "$rules/$rule" '{"action_ids":["UpdateGrant"], "principal_scope_type":"in", "principal_entity_type":"Role", "principal_entity_id":"x"}'
expect_ok 'mended' 200 '.action_ids == ["UpdateGrant"]'
is 'then doctor has nothing to say' "$(found)" 'true 7, none of which speaks of what is not there'

# The examples of the guide, as grantd and as the official tools see them.
awk '/^```cedar/ { on = 1; next } /^```/ { on = 0 } on' "$top/docs/policies.md" >"$work/guide.cedar"
ok 'the policies of docs/policies.md are all right' "$build/grantctl" policy check "$work/guide.cedar"
if [ -d "$modules/@cedar-policy/cedar-wasm" ]; then
	is 'and by the official validator' "$("$here/official" "$modules" "$top/policy/grantd.cedarschema" "$work/guide.cedar")" ''
else
	skip 'and by the official validator' "it is not installed in $modules"
fi
