# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# grantctl policy.

ctl()
{
	"$build/grantctl" policy "$@" 2>&1
}

cat >"$work/team.cedar" <<'END'
// Kept in git.
@id("all") permit (principal in Role::"admin", action, resource);

@priority("7") @policy("stops") @notice("Not \"now\".") @audit_session("false")
forbid (principal, action == Action::"UpdateGrant", resource) when { context has audit_enabled && !context.audit_enabled };
@policy("stops") @id("second") forbid (principal, action == Action::"RevokeGrant", resource);
END
like 'list shows what there is' "$(ctl list --tenant "$tenant")" 'baseline'
is 'list, for programs' "$(ctl list --tenant "$tenant" --json | jq -r '.[].name')" baseline
is 'show, for programs' "$(ctl show --tenant "$tenant" --json | jq -r '.[].rules | length')" 5
before=$(policy_version)
like 'a dry run shows what would be' "$(ctl apply --tenant "$tenant" --dry-run "$work/team.cedar")" '- policy "baseline".*\+ policy "team".*\+ policy "stops", priority 7.*none of them made'
is 'and makes none of it' "$(policy_version)" "$before"
like 'apply makes it' "$(ctl apply --tenant "$tenant" --reason 'reviewed' "$work/team.cedar")" '6 changes$'
is 'at once' "$(sql "SELECT count(DISTINCT xmin::text) FROM grantd.policies")" 1
is 'with an entry for each change' "$(sql "SELECT string_agg(action || ' ' || reasoning, ', ' ORDER BY id) FROM grantd.audit_log
    WHERE reasoning IS NOT NULL")" 'DeletePolicy reviewed, CreatePolicy reviewed, CreatePolicyRule reviewed, CreatePolicy reviewed, CreatePolicyRule reviewed, CreatePolicyRule reviewed'
before=$(policy_version)
is 'again, it changes nothing' "$(ctl apply --tenant "$tenant" "$work/team.cedar")" 'nothing to change'
is 'nor does what is shown' "$(ctl show --tenant "$tenant" | ctl apply --tenant "$tenant" -)" 'nothing to change'
mkdir "$work/edited"
sed 's|// Kept|// Now kept|; s/principal in Role/principal  in\n Role/' "$work/team.cedar" >"$work/edited/team.cedar"
is 'nor do blanks and comments' "$(ctl apply --tenant "$tenant" "$work/edited/team.cedar")" 'nothing to change'
is 'the version did not move' "$(policy_version)" "$before"
keyed GET /v1/policies
expect_ok 'the API shows the same' 200 '[.data[] | {name, priority}] | sort_by(.name) == [{"name":"stops","priority":7},{"name":"team","priority":0}]'
policy=$(member '.data[] | select(.name == "stops") | .id')
keyed GET "/v1/policies/$policy/rules"
expect_ok 'notices and all' 200 '.data[0].notice == "Not \"now\"." and .data[0].audit_session == false
    and (.data[0].policy_text | startswith("forbid")) and .data[1].policy_text == "@id(\"second\")\nforbid (principal, action == Action::\"RevokeGrant\", resource);"'
second=$(member '.data[1].id')
sed 's/"RevokeGrant"/"CreateGrant"/; s/@priority("7")/@priority("8")/' "$work/team.cedar" >"$work/edited/team.cedar"
like 'a rule is known by its @id' "$(ctl apply --tenant "$tenant" "$work/edited/team.cedar")" '2 changes$'
keyed GET "/v1/policies/$policy/rules/$second"
expect_ok 'and is changed in its place' 200 '.version == 2 and .action_ids == ["CreateGrant"] and .ordinal == 2'
sed '/^@policy("stops")/d' "$work/team.cedar" >"$work/edited/team.cedar"
like 'what is gone from the file goes' "$(ctl apply --tenant "$tenant" "$work/edited/team.cedar")" '2 changes$'
{ echo '@policy("stops") permit (principal in Role::"first", action, resource);'; cat "$work/team.cedar"; } >"$work/edited/team.cedar"
ctl apply --tenant "$tenant" "$work/edited/team.cedar" >/dev/null
keyed GET "/v1/policies/$policy/rules"
expect_ok 'the order is the file'"'"'s' 200 '[.data[].effect] == ["permit", "forbid", "forbid"]'
ctl apply --tenant "$tenant" "$work/team.cedar" >/dev/null
{ grep '@id("second")' "$work/team.cedar"; grep -v '@id("second")' "$work/team.cedar"; } >"$work/edited/team.cedar"
like 'a rule that only moves is shown once, with its places' "$(ctl apply --tenant "$tenant" --dry-run "$work/edited/team.cedar")" \
	'^    @policy\("stops"\)[^~]*~   moves from place [0-9]+ to [0-9]+.1 change, none of them made$'
sed '/@id("second")/d; s/@priority("7")/@priority("8")/' "$work/team.cedar" >"$work/edited/team.cedar"
like 'a policy and a rule are shown as they were and will be' "$(ctl apply --tenant "$tenant" --dry-run "$work/edited/team.cedar")" \
	'^- policy "stops", priority 7, enabled.\+ policy "stops", priority 8, enabled.-   [^+]*@id\("second"\)[^+]*2 changes, none of them made$'

printf 'permit (principal, action, resource);\n\tforbid (principal wehn);\n' >"$work/bad.cedar"
is 'check points at the fault' "$(ctl check "$work/bad.cedar")" "$work/bad.cedar:2:20: expected \`==\`, \`in\`, \`is\` or \`,\`, found the word \`wehn\`
	forbid (principal wehn);
	                  ^"
not_ok 'and fails' "$build/grantctl" policy check "$work/bad.cedar"
is 'it counts what is well formed' "$(ctl check "$work/team.cedar")" "$work/team.cedar: 3 rules in 2 policies"
printf '@priority("1") permit (principal, action, resource);\n@priority("2") permit (principal, action, resource);\n' >"$work/bad.cedar"
like 'a policy has one priority' "$(ctl check "$work/bad.cedar")" ':2:1: another rule of this policy has another @priority'
for annotation in 'priority("x")' 'notice("")' 'notice("a\nb")' 'audit_session("yes")' 'policy("")' 'enabled'; do
	echo "@$annotation permit (principal, action, resource);" >"$work/bad.cedar"
	like "@$annotation is none" "$(ctl check "$work/bad.cedar")" ':1:1: @'
done
before=$(policy_version)
not_ok 'a file with a fault is not applied' "$build/grantctl" policy apply --tenant "$tenant" "$work/bad.cedar"
is 'not in part either' "$(policy_version)" "$before"
not_ok 'a file that is not there' "$build/grantctl" policy check "$work/none"
not_ok 'a tenant that is not there' "$build/grantctl" policy apply --tenant 00000000-0000-4000-8000-000000000000 "$work/team.cedar"

echo '{"principal":{"roles":["admin"]},"action":"GetGrant","decision":"deny"}' >"$work/cases"
is 'a case that does not hold' "$(ctl test --policies "$work/team.cedar" "$work/cases")" 'line 1: the decision is allow
0 passed, 1 failed'
not_ok 'fails the test' "$build/grantctl" policy test --policies "$work/team.cedar" "$work/cases"

# What the API does not take as a question, a file of cases does not take either; and both name the same member.
while IFS= read -r question; do
	echo "{\"decision\":\"deny\",${question#?}" >"$work/cases"
	evaluate "$question"
	is "no question, and no case: $question" "$status $(jq -r '"line 1: \(.details.member): expected \(.details.expected)"' <<<"$body")" \
	    "422 $(ctl test --policies "$work/team.cedar" "$work/cases" | head -n 1)"
done <<'END'
{"action":"Frob"}
{"action":7}
{"action":"UpdateGrant","grant":null}
{"action":"UpdateGrant","grant":{"staus":"active"}}
{"action":"UpdateGrant","grant":{"status":"gone"}}
{"action":"UpdateGrant","grant":{"version":0}}
{"action":"UpdateGrant","grant":{"expires_at":null}}
{"action":"UpdateGrant","grant":{"grantee_id":"a\nb"}}
{"action":"UpdateGrant","grant":{"resource":{"type":1}}}
{"action":"UpdateGrant","principal":{"roles":["x","a b"]}}
{"action":"UpdateGrant","principal":{"roles":[""]}}
{"action":"UpdateGrant","principal":{"id":"me"}}
{"action":"UpdateGrant","context":{"now":"noon"}}
{"action":"UpdateGrant","context":{"reason":"a\nb"}}
{"action":"UpdateGrant","context":{"source_ip":"0123456789012345678901234567890123456789012345678"}}
END
for case in '{"action":"GetGrant"}' '{"action":"GetGrant","decision":"maybe"}'; do
	echo "$case" >"$work/cases"
	like "no decision: $case" "$(ctl test --policies "$work/team.cedar" "$work/cases")" '^line 1: decision: expected '
done
: >"$work/cases"
not_ok 'and so do no cases' "$build/grantctl" policy test --policies "$work/team.cedar" "$work/cases"
