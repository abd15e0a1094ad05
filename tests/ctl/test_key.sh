# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# grantctl key create, import, list, rotate, revoke, check.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

ctl tenant create --name A
a=$out
ctl tenant create --name B
b=$out

# authenticates KEY: what a worker gets for it: the key's name, or nothing.
authenticates()
{
	psql -X -q -A -t -c 'SET ROLE grantd_app' -v "key=$1" \
		-f - <<<"SELECT name FROM grantd.authenticate(sha256(convert_to(:'key', 'UTF8')))"
}

# chain KEY-ID: the actions in its audit chain.
chain()
{
	sql "SELECT string_agg(sequence || ' ' || action, ', ' ORDER BY sequence) FROM grantd.audit_log
		WHERE resource_type = 'api_key' AND resource_id = '$1'"
}

# Create
ctl key create --tenant $a --name 'first key' --role admin --role auditor --expires-in 90d
is 'create' "$status" 0
like 'prints the key alone' "$out" "$key_form"
like 'explains on standard error' "$err" 'shown only this once'
is 'where the key is not' "$(grep -c "$out" <<<"$err")" 0
first=$out
is 'the key opens' "$(authenticates $first)" 'first key'
is 'its hash is kept, and it is not' \
	"$(sql "SELECT hash = sha256('$first'), position('${first:13}' IN k::text) FROM grantd.api_keys k
		WHERE tenant_id = '$a'")" 't|0'
is 'nor is it in the log' "$(sql "SELECT count(*) FROM grantd.audit_log l
	WHERE position('${first:13}' IN l::text) > 0")" 0
does 'create, for programs' key create --tenant $b --name k --role operator --json
like 'has the key' "$(json .raw_key)" "$key_form"
is 'and what is known of it' "$(json '[.name, .roles, .status, .expires_at, .version]')" \
	'["k",["operator"],"active",null,1]'
refuses 1 "there is no tenant $nobody" key create --tenant $nobody --name k --role r
refuses 1 'its expiry has passed already' \
	key create --tenant $a --name k --role r --expires-at 2020-01-01T00:00:00Z
refuses 1 'its expiry has passed already' key create --tenant $a --name k --role r --expires-in 0s
is 'what was refused left nothing behind' \
	"$(sql "SELECT (SELECT count(*) FROM grantd.api_keys), (SELECT count(*) FROM grantd.audit_log
		WHERE action = 'CreateApiKey')")" '2|2'

# List
does 'list' key list --tenant $a --json
is 'the tenant'\''s keys' "$(json '[.[] | .name]')" '["first key"]'
first_id=$(json '.[0].id')
is 'with the part that names it' "$(json '.[0].key_name')" "${first:4:8}"
does 'list, as a table' key list --tenant $a
like 'shows it' "$out" "$first_id +${first:4:8} +active +20[0-9-]+T[0-9:]+Z +- +admin auditor +first key"
does 'list by status' key list --tenant $a --status revoked --json
is 'none is revoked' "$(json length)" 0
is 'the entry of a key tells what it may' \
	"$(sql "SELECT record->'after'->>'roles', record->'after'->>'key_name' FROM grantd.audit_log
		WHERE resource_id = '$first_id'")" "[\"admin\", \"auditor\"]|${first:4:8}"

# Check
does 'check a key' key check <<<"$first"
like 'says whose it is' "$out" "tenant +$a.*status +active"
does 'check, for programs, without an end of line' key check --json < <(printf %s "$first")
is 'the same' "$(json '[.status, .tenant_id, .key.id]')" "[\"active\",\"$a\",\"$first_id\"]"
refuses 1 'there is none' key check </dev/null
refuses 1 'a key has 62 characters' key check <<<'grd_short'
refuses 1 'a key has 62 characters' key check <<<"${first}x"
refuses 1 'its form or its check sum is wrong' key check <<<"${first:0:61}$([ "${first:61}" = A ] && echo B || echo A)"
is 'a wrong key is not repeated' "$(grep -c "${first:13:20}" <<<"$err")" 0

# Import: a key that another installation made, so all trace of its making here goes. It must open one tenant only.
ctl key create --tenant $b --name moving --role r
moving=$out
sql "SET session_replication_role = replica; DELETE FROM grantd.audit_log WHERE resource_id =
	(SELECT id FROM grantd.api_keys WHERE name = 'moving'); DELETE FROM grantd.api_keys WHERE name = 'moving'"
refuses 1 "the key ${moving:4:8} is well formed, and not known here" key check <<<"$moving"
ctl key check --json <<<"$moving"
is 'an unknown key, for programs' "$status $(json '[.status, .tenant_id, .key]')" '1 ["unknown",null,null]'
does 'import' key import --tenant $a --name imported --role auditor --json <<<"$moving"
is 'does not print the key' "$(json '[.name, .key_name, .raw_key]')" "[\"imported\",\"${moving:4:8}\",null]"
is 'which opens' "$(authenticates "$moving")" imported
refuses 1 'this key is known already' key import --tenant $a --name twice --role auditor <<<"$moving"
refuses 1 'this key is known already' key import --tenant $b --name twice --role auditor <<<"$moving"
refuses 1 'is not a key' key import --tenant $a --name bad --role auditor <<<"nothing"
is 'the key still opens' "$(authenticates "$moving")" imported

# Rotate
first_ends=$(sql "SELECT expires_at FROM grantd.api_keys WHERE id = '$first_id'")
ctl key rotate --tenant $a $first_id --overlap 2h --reason yearly
is 'rotate' "$status" 0
like 'prints the new key alone' "$out" "$key_form"
second=$out
is 'both open' "$(authenticates $first) $(authenticates $second)" 'first key first key'
does 'the list after it' key list --tenant $a --json
second_id=$(json ".[] | select(.key_name == \"${second:4:8}\") | .id")
is 'the new one has the old one'\''s roles' "$(json ".[] | select(.id == \"$second_id\") | .roles")" '["admin","auditor"]'
is 'and ends when that one was to' "$(sql "SELECT expires_at FROM grantd.api_keys WHERE id = '$second_id'")" "$first_ends"
is 'the old one ends after the overlap' \
	"$(sql "SELECT expires_at - updated_at FROM grantd.api_keys WHERE id = '$first_id'")" 02:00:00
is 'the old one'\''s chain tells it' "$(chain $first_id)" '1 CreateApiKey, 2 RotateApiKey'
is 'and names the new one' "$(sql "SELECT record->'after'->>'replaced_by', reasoning FROM grantd.audit_log
	WHERE resource_id = '$first_id' AND sequence = 2")" "$second_id|yearly"
is 'the new one'\''s chain begins with it' "$(chain $second_id)" '1 RotateApiKey'
is 'and names the old one' "$(sql "SELECT record->'after'->>'replaces' FROM grantd.audit_log
	WHERE resource_id = '$second_id'")" "$first_id"
ctl key rotate --tenant $a $second_id --overlap 0s --expires-in 1d
is 'rotate without overlap' "$status" 0
third=$out
is 'the old key is shut at once' "$(authenticates $second)" ''
is 'the new one opens' "$(authenticates $third)" 'first key'
ctl key check --json <<<"$second"
is 'check says that it expired' "$status $(json .status)" '1 expired'
refuses 1 'this key was rotated already' key rotate --tenant $a $first_id --overlap 5h
is 'an overlap does not make an earlier end later' \
	"$(sql "SELECT expires_at < created_at + interval '3 h' FROM grantd.api_keys WHERE id = '$first_id'")" t
refuses 1 "the tenant has no key with this id: $first_id" key rotate --tenant $b $first_id
refuses 1 "there is no tenant $nobody" key rotate --tenant $nobody $first_id
refuses 2 '--overlap must be a number and a unit' key rotate --tenant $a $first_id --overlap long
refuses 1 'its expiry has passed already' \
	key rotate --tenant $a "$(sql "SELECT id FROM grantd.api_keys WHERE key_name = '${third:4:8}'")" --expires-at 2020-01-01T00:00:00Z
is 'a refused rotation changes neither chain' "$(chain $first_id) $(chain $second_id)" \
	'1 CreateApiKey, 2 RotateApiKey 1 RotateApiKey, 2 RotateApiKey'

# Revoke
ctl key list --tenant $a --status active --json
third_id=$(json ".[] | select(.key_name == \"${third:4:8}\") | .id")
does 'revoke' key revoke --tenant $a $third_id --reason lost --json
is 'says so' "$(json '[.status, .version, .revoked_at == .updated_at]')" '["revoked",2,true]'
is 'the key is shut' "$(authenticates $third)" ''
does 'revoke again' key revoke --tenant $a $third_id --json
is 'changes nothing' "$(json '[.status, .version]')" '["revoked",2]'
is 'and adds nothing to the chain' "$(chain $third_id)" '1 RotateApiKey, 2 RevokeApiKey'
refuses 1 'this key is revoked' key rotate --tenant $a $third_id
refuses 1 'the tenant has no key with this id' key revoke --tenant $b $third_id
refuses 1 "the tenant has no key with this id: $nobody" key revoke --tenant $a $nobody
does 'list the revoked ones' key list --tenant $a --status revoked --json
is 'there is one' "$(json '[.[].id]')" "[\"$third_id\"]"
ctl key check --json <<<"$third"
is 'check says that it is revoked' "$status $(json .status)" '1 revoked'

# No core file of a process that holds a key.
mkfifo pipe
"$GRANTCTL" key check <pipe >out 2>err &
exec 3>pipe
for _ in $(seq 100); do
	limit=$(sed -n 's/^Max core file size *//p' /proc/$!/limits)
	[[ $limit =~ ^0\ +0\  ]] && break
	sleep 0.1
done
like 'no core file' "$limit" '^0 +0 '
exec 3>&-
wait $!

does 'the chains hold' audit verify

# Roles that rules name, or do not.
ctl tenant create --name roles
roles=$out
for role in admin auditor operator collector; do
	ctl key create --tenant $roles --name k --role $role
	is "$role: nothing is said but how to keep the key" "$status $(grep -c warning <<<"$err")" '0 0'
done
refuses 1 'no rule of the tenant names the role "admn"; is "admin" meant' key create --tenant $roles --name k --role admn
refuses 1 'no rule of the tenant names the role "audtor"; is "auditor" meant' key create --tenant $roles --name k --role admin --role audtor
is 'no key was made' "$(sql "SELECT count(*) FROM grantd.api_keys WHERE tenant_id = '$roles'")" 4
ctl key create --tenant $roles --name k --role admn --allow-unknown
is 'unless it is meant' $status 0
like 'which is told' "$err" 'warning: no rule of the tenant names the role "admn"; the nearest is "admin"'
ctl key create --tenant $roles --name k --role billing
is 'one that is like no other is made' $status 0
like 'and told' "$err" 'warning: no rule of the tenant names the role "billing"'
printf '%s\n' 'permit (principal in Role :: "admin", action, resource);' \
	'permit (principal, action == Action::"GetGrant", resource) when { principal.roles.contains("billing") };' >named
ctl policy apply --tenant $roles named
for role in admin billing; do
	ctl key create --tenant $roles --name k --role $role
	is "$role is named by a rule now" "$status $(grep -c warning <<<"$err")" '0 0'
done
refuses 1 'is "billing" meant' key create --tenant $roles --name k --role biling

done_testing
