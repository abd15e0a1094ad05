# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# What was removed or rewritten after a checkpoint is found, however well the rest was made to fit; and a
# verification that is interrupted goes on where it was. Lists and exports.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

ctl tenant create --name A
a=$out
ctl tenant create --name B
b=$out
make_grant()
{
	ctl grant create --tenant $a --resource-type aws_account --resource-id 123456789012 --grantee-id alice --action x --expires-in 8h
	echo "$out"
}
g=$(make_grant)
h=$(make_grant)
zero="decode(repeat('00', 32), 'hex')"

# append GRANT FROM TO ACTOR: entries in its chain, which holds again after that.
append()
{
	sql "DO \$\$
	DECLARE
		head bytea := coalesce((SELECT hash FROM grantd.audit_log WHERE resource_id = '$1' AND sequence = $2 - 1), $zero);
		entry uuid;
	BEGIN
		FOR n IN $2 .. $3 LOOP
			entry := (lpad(to_hex(n * 1000), 12, '0') || '70008' || substr(md5(random()::text), 1, 15))::uuid;
			INSERT INTO grantd.audit_log VALUES ('$a', entry, '$4', 'system', 'UpdateGrant', 'grant', '$1', 'done', '{}', NULL,
				to_timestamp(n), n, head, grantd.audit_hash(head, '$a', entry, 'grant', '$1', n, '$4', 'system',
				'UpdateGrant', 'done', '{}', NULL, to_timestamp(n))) RETURNING hash INTO head;
		END LOOP;
		UPDATE grantd.grants SET audit_length = $3, audit_head = head WHERE id = '$1';
	END \$\$"
}
append $g 2 6 ann

# The file.
does 'a checkpoint is taken' audit checkpoint file
like 'and counted' "$out" '^tenants 2, chains 6, sha256 [0-9a-f]{64}$'
is 'the digest is that of the lines before it' "$(sed '$d' file | sha256sum | cut -d ' ' -f 1)" "$(tail -n 1 file | cut -d ' ' -f 2)"
is 'nobody else may read or write it' "$(stat -c %a file)" 600
cp file first
refuses 1 'file is there already, and is not overwritten' audit checkpoint file
ok 'and stays as it is' cmp file first
does 'another one, for programs' audit checkpoint second --json
is 'is told as JSON, and leaves no other file' "$(json '[.tenants, .chains, .digest]') $(ls)" '[2,6,"sha256"] err
file
first
out
second'
does 'of one tenant' audit checkpoint one --tenant $b
is 'it tells of that one alone' "$(grep -c '^tenant [^ ]*$' one)" 1

# What it is written to until it has its name: nobody else's, and not what has another name by now.
printf 'half of one\n' >busy.new
exec {lock}<busy.new
flock $lock
refuses 1 'busy.new: Device or resource busy' audit checkpoint busy
is 'what another process writes stays as it is' "$(<busy.new)" 'half of one'
exec {lock}<&-
does 'what a crash left behind is begun anew' audit checkpoint busy
does 'and is whole' audit verify --checkpoint busy
ln first kept.new
does 'after a crash between two names' audit checkpoint kept
ok 'what has the other one stays as it is' cmp file first
mkfifo pipe.new
refuses 1 'pipe.new: ' audit checkpoint pipe
ln -s first link.new
refuses 1 'link.new: ' audit checkpoint link
if [ "$(id -u)" -eq 0 ]; then
	printf 'mine\n' >theirs.new
	chown nobody theirs.new
	refuses 1 'theirs.new: ' audit checkpoint theirs
	is 'a file of somebody else stays as it is' "$(<theirs.new)" mine
else
	skip 'a file of somebody else' 'only root can make one'
fi
rm -f busy kept pipe.new link.new theirs.new

does 'all fits it' audit verify --checkpoint file
is 'and it is told of when it is, as an older one finds less' "$(sed -n 2p <<<"$out")" \
	"compared with the checkpoint of $(sed -n 's/^taken //p' file)"
does 'to programs, too' audit verify --checkpoint file --json
is 'with its time' "$(json .checkpoint_taken_at)" "$(sed -n 's/^taken //p' file)"
refuses 1 '--checkpoint: nothing: No such file' audit verify --checkpoint nothing
refuses 1 'no checkpoint, or not all of one' audit verify --checkpoint /dev/null
head -n -1 file >damaged
refuses 1 'no checkpoint, or not all of one' audit verify --checkpoint damaged
sed "s/ 6 / 5 /" file >damaged
refuses 1 'not as it was written' audit verify --checkpoint damaged
(cat file; echo more) >damaged
refuses 1 'not as it was written' audit verify --checkpoint damaged
refuses 1 'audit checkpoint: /nowhere/file.new: No such file' audit checkpoint /nowhere/file
refuses 2 'usage' audit checkpoint

# With a key.
printf '%064d' 1 >key
printf '%064d' 2 >other
does 'a signed one' audit checkpoint signed --key-file key
is 'it is what openssl makes of it' "$(sed '$d' signed | openssl dgst -sha256 -mac HMAC -macopt "key:$(cat key)" | sed 's/.* //')" \
	"$(sed -n 's/^hmac-sha256 //p' signed)"
does 'fits with the key' audit verify --checkpoint signed --key-file key
refuses 1 'its key is another' audit verify --checkpoint signed --key-file other
refuses 1 'give it with --key-file' audit verify --checkpoint signed
refuses 1 'made without a key' audit verify --checkpoint file --key-file key
echo short >short
refuses 1 'a file of 32 to 4096 bytes' audit checkpoint x --key-file short
refuses 2 'key-file is for --checkpoint' audit verify --key-file key

# What happens later is no fault.
append $g 7 8 ann
i=$(make_grant)
ctl tenant create --name C
does 'entries, chains and tenants that were added' audit verify --checkpoint file
append $i 2 2 ann

tamper()
{
	sql "SET session_replication_role = replica; $1" || bail 'cannot tamper'
}
sql 'CREATE TABLE kept_log AS TABLE grantd.audit_log' 'CREATE TABLE kept_grants AS TABLE grantd.grants'
restore()
{
	tamper 'DELETE FROM grantd.audit_log; INSERT INTO grantd.audit_log TABLE kept_log;
		DELETE FROM grantd.grants; INSERT INTO grantd.grants TABLE kept_grants'
}
# hidden WHAT RESOURCE SEQUENCE TEXT: the chains hold by themselves, and do not fit the checkpoint.
hidden()
{
	does "$1: the chains alone hold" audit verify
	ctl audit verify --checkpoint file --json
	is "$1: it is found" "$status $(json '[.holds, (.faults | length)] + (.faults[0] | [.tenant_id, .resource_id, .sequence])')" \
		"1 [false,1,\"$a\",\"$2\",$3]"
	like "$1: what it is" "$(json '.faults[0].what')" "$4"
	restore
}
tamper "DELETE FROM grantd.audit_log WHERE resource_id = '$g' AND sequence > 4"
append $g 5 4 x
hidden 'a removed end' $g 5 'missing at the chain.s end, where the checkpoint counts it'
tamper "DELETE FROM grantd.audit_log WHERE resource_id = '$g' AND sequence > 3"
append $g 4 6 bob
hidden 'a history that was rewritten' $g 6 'another entry was here'
tamper "DELETE FROM grantd.audit_log WHERE resource_id = '$g' AND sequence > 3"
append $g 4 9 bob
hidden 'a history that was rewritten and went on' $g 6 'another entry was here'
tamper "DELETE FROM grantd.audit_log WHERE resource_id = '$h'; DELETE FROM grantd.grants WHERE id = '$h'"
hidden 'a removed chain, with its grant' $h 1 'the chain is missing'
tamper "DELETE FROM grantd.audit_log WHERE resource_id = '$h';
	UPDATE grantd.grants SET audit_length = 0, audit_head = $zero WHERE id = '$h'"
ctl audit verify --json
is 'a removed chain, of a grant that is there, is found without a checkpoint, too' \
	"$status $(json '[.faults, (.differences[] | [.table, .id, .what])]')" "1 [[],[\"grants\",\"$h\",\"no entry tells of this row\"]]"
ctl audit verify --checkpoint file --json
is 'and by it' "$status $(json '[.faults[] | [.resource_id, .sequence, .what]]')" \
	"1 [[\"$h\",1,\"this entry is missing at the chain's end, where the checkpoint counts it\"]]"
restore
for table in audit_log api_keys policy_rules policies; do
	tamper "DELETE FROM grantd.$table WHERE tenant_id = '$b'"
done
tamper "DELETE FROM grantd.tenants WHERE id = '$b'"
does 'a removed tenant: the chains alone hold' audit verify
ctl audit verify --checkpoint file --json
is 'a removed tenant is found' "$status $(json '[.faults[] | [.tenant_id, .what]]')" \
	"1 [[\"$b\",\"the chain is missing that the checkpoint tells of, and so is its resource\"]]"

# An interrupted verification: the state is what a run leaves that is cut off after that chain.
wanted=$(ctl audit verify --json; json '[.tenants, .chains, .entries, .rows]')
created=$(sql "SELECT (extract(epoch FROM created_at) * 1000000)::bigint FROM grantd.tenants WHERE id = '$a'")
first=$(sql "SELECT id FROM grantd.grants WHERE tenant_id = '$a' ORDER BY id LIMIT 1")
before=$(sql "SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '$a' AND (resource_type = 'tenant' OR resource_id = '$first')")
newer=$(sql "SELECT count(*) FROM grantd.audit_log WHERE tenant_id <> '$a'")
chains=$(sql "SELECT count(DISTINCT resource_id) FROM grantd.audit_log WHERE tenant_id <> '$a'")
rows=$(sql "SELECT (SELECT count(*) FROM grantd.tenants WHERE id <> '$a') + (SELECT count(*) FROM grantd.policies WHERE tenant_id <> '$a')
	+ (SELECT count(*) FROM grantd.policy_rules WHERE tenant_id <> '$a')")
# state FAULTS DIFFERENCES: what of the version of the policies was told is nothing yet, as they come last.
state()
{
	echo "grantd-verify 2 $a $created 1 $((chains + 2)) $((newer + before)) $1 $((rows + 2)) 0 $2 0 0 grant $first" >state
}
state 0 0
does 'an interrupted verification goes on' audit verify --state state --json
is 'and has the same counts in the end' "$(json '[.tenants, .chains, .entries, .rows]')" "$wanted"
is 'its state is gone' "$(ls state 2>&1)" "ls: cannot access 'state': No such file or directory"
does 'without a state it begins anew' audit verify --state state --json
is 'with the same counts' "$(json '[.tenants, .chains, .entries, .rows]')" "$wanted"
tamper "UPDATE grantd.audit_log SET actor_id = 'x' WHERE resource_id = '$first' AND sequence = 1"
state 0 0
does 'what was verified before is not looked at again' audit verify --state state
state 1 0
ctl audit verify --state state
is 'a fault that was found before still counts' "$status $(head -n 1 <<<"$out")" "1 the chains do not hold: ${wanted:+tenants $(jq -r '"\(.[0]), chains \(.[1]), entries \(.[2])"' <<<"$wanted")}"
state 0 1
ctl audit verify --state state
like 'and so does a difference' "$status $out" "^1 the chains hold: .*the rows are not as the entries tell: rows $(jq '.[3]' <<<"$wanted"), differences 1,"
# Of the policies, which come last, no more is left to walk: what they told before counts.
state 0 0
version=$(sql "SELECT policy_version FROM grantd.tenants WHERE id = '$a'")
policy=$(sql "SELECT id FROM grantd.policies WHERE tenant_id = '$a'")
sed -i "s/ 0 0 grant .*/ $version 0 policy $policy/" state
does 'the version of policies that were verified before is known' audit verify --state state
state 0 0
sed -i "s/ 0 0 grant .*/ $((version + 1)) 0 policy $policy/" state
ctl audit verify --state state --json
is 'and compared' "$status $(json '[.differences[] | [.table, .column, .told, .found]]')" "1 [[\"tenants\",\"policy_version\",$((version + 1)),$version]]"
restore
echo x >state
refuses 1 'does not say how far' audit verify --state state
state 0 0
refuses 1 'about another tenant' audit verify --state state --tenant "$(sql "SELECT id FROM grantd.tenants WHERE name = 'C'")"

# Lists and exports.
does 'the log of a tenant' audit list --tenant $a --json
is 'is all there' "$(json length)" "$(sql "SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '$a'")"
is 'newest first' "$(json 'map(.id) == (map(.id) | sort | reverse)')" true
does 'a filter' audit list --tenant $a --actor-id ann --resource-id $g --json
is 'lets through what it should' "$(json 'map(.sequence) | sort')" '[2,3,4,5,6,7,8]'
does 'times' audit list --tenant $a --from 1970-01-01T00:00:03Z --to 1970-01-01T00:00:05Z --json
is 'from, and to before' "$(json 'map(.sequence) | sort')" '[3,4]'
does 'a limit' audit list --tenant $a --limit 2
like 'a table' "$out" '^ID +TIME +OUTCOME +ACTION'
e=$(sql "SELECT id FROM grantd.audit_log WHERE resource_id = '$g' AND sequence = 3")
does 'an entry' audit show --tenant $a $e --json
is 'as it is stored' "$(json '[.actor_id, .sequence, .hash]')" \
	"[\"ann\",3,\"$(sql "SELECT encode(hash, 'hex') FROM grantd.audit_log WHERE id = '$e'")\"]"
refuses 1 "no entry with this id: $nobody" audit show --tenant $a $nobody
refuses 2 'outcome must be' audit list --tenant $a --outcome error
refuses 2 'resource-type must be' audit list --tenant $a --resource-type user
does 'everything is exported' audit export
is 'with a closing line' "$(tail -n 1 <<<"$out")" "{\"complete\":true,\"entries\":$(sql "SELECT count(*) FROM grantd.audit_log WHERE tenant_id <> '$b'")}"
is 'each entry with its tenant' "$(jq -r 'select(.id).tenant_id' <<<"$out" | sort -u | wc -l)" 2
does 'as CSV' audit export --tenant $a --format csv --resource-id $g
like 'with a header' "$(head -n 1 <<<"$out")" '^tenant_id,id,actor_id,'
is 'and nothing else' "$(wc -l <<<"$out") $(tail -n 1 <<<"$out")" "10 complete,8,,,,,,,,,,,,"$'\r'
refuses 2 'format must be' audit export --format xml
if [ -w /dev/full ]; then
	"$GRANTCTL" audit export >/dev/full 2>err
	is 'an export that does not fit is said to be none' "$? $(<err)" '1 grantctl audit export: standard output: No space left on device'
else
	skip 'an export that does not fit' 'there is no /dev/full'
fi

done_testing
