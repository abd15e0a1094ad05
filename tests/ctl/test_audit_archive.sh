# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
#
# grantctl audit archive: old entries go into a file, and are dropped from the log when the file has exactly them; the chains hold and
# what is told goes on. A file that was tampered with, or that does not fit, drops nothing.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

ctl tenant create --name A
a=$out
ctl tenant create --name B
b=$out
make_grant()
{
	ctl grant create --tenant $1 --resource-type aws_account --resource-id 123456789012 --grantee-id alice --action x --expires-in 8h
	echo "$out"
}
# change: something of each kind of chain.
change()
{
	ctl grant audit on --tenant $a $g
	ctl grant audit off --tenant $a $g
	ctl tenant set --failing-forbid denies $a
	ctl tenant set --failing-forbid passes $a
	ctl key create --tenant $a --name k --role admin --json
	key=$(json .id)
	ctl key revoke --tenant $a $key
}
g=$(make_grant $a)
h=$(make_grant $a)
make_grant $b >/dev/null
change
ctl grant revoke --tenant $a $h
now()
{
	sql "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
}
entries()
{
	sql "SELECT count(*) FROM grantd.audit_log"
}
archived()
{
	sql "SELECT coalesce(sum(entries), 0) FROM grantd.audit_archives"
}
holds()
{
	ctl audit verify "${@:2}" --json
	is "$1" "$status $(json '[.holds, .differences, .faults, .untold]') $err" '0 [true,[],[],0] '
}
before=$(now)
change
total=$(entries)
does 'a checkpoint' audit checkpoint point

# Writing.
does 'an archive is written' audit archive --before $before --out old
like 'and counted' "$out" '^archive [0-9a-f-]{36}: tenants 2, chains [0-9]+, entries [0-9]+, sha256 [0-9a-f]{64}$'
id=$(cut -c 9-44 <<<"$out")
n=${out##*entries } n=${n%%,*}
is 'it has what was older' "$(grep -c '^{' old)" "$(sql "SELECT count(*) FROM grantd.audit_log WHERE created_at < '$before'")"
is 'as many as it says' "$(grep -c '^{' old)" $n
is 'nothing is dropped' "$(entries)" $total
is 'nobody else may read it' "$(stat -c %a old)" 600
refuses 1 'is there already' audit archive --before $before --out old
refuses 1 'yet to come' audit archive --before 2999-01-01T00:00:00Z --out x
refuses 2 'either --before and --out, or --drop' audit archive --before $before
refuses 2 'either --before and --out, or --drop' audit archive --out x --drop old
refuses 2 'a file says whose' audit archive --drop old --tenant $a
holds 'it is verified, by itself and against the log' --archive old
does 'one tenant alone' audit archive --before $before --out one --tenant $b
printf '%064d' 1 >key
does 'a signed one' audit archive --before $before --out signed --key-file key
refuses 1 'give it with --key-file' audit archive --drop signed
refuses 1 'made without a key' audit archive --drop old --key-file key
holds 'it is verified with its key' --archive signed --key-file key

# Files that are not as they were written: `reseal` makes the digest fit, as anybody can without a key.
reseal()
{
	sed '$d' "$1" >tampered
	echo "sha256 $(sha256sum <tampered | cut -d ' ' -f 1)" >>tampered
}
# tampers REGEX: the file `tampered` drops nothing, and this says why.
tampers()
{
	refuses 1 "$1" audit archive --drop tampered
	is 'and drops nothing' "$(entries) $(archived)" "$total 0"
}
sed 's/"alice/"malice/' old >tampered
tampers 'not as it was written|hash is not that of its content'
sed 's/alice/malice/g' old >changed && reseal changed
tampers 'grant [0-9a-f-]{36}, entry 1: its hash is not that of its content'
head -n -1 old >tampered
tampers 'ends here, and is not complete'
head -c 3000 old >tampered
tampers 'ends here, and is not complete'
last=$(grep -n '"action":"UpdateGrant"' old | tail -n 1 | cut -d : -f 1)
sed "${last}d" old >changed && reseal changed
tampers 'grant [0-9a-f-]{36}, entry [0-9]+: it is missing'
first=$(grep -n '"action":"UpdateGrant"' old | head -n 1 | cut -d : -f 1)
sed "${first}d" old >changed && reseal changed
tampers 'grant [0-9a-f-]{36}, entry [0-9]+: it is missing'
sed '/^cut /s/alice/mallory/' old >changed && reseal changed
tampers 'what is said to be told up to here is not what the entries tell'
sed "s/^tenant $a/tenant $b/" old >changed && reseal changed
tampers 'its hash is not that of its content'
sed '/^cut /d' old >changed && reseal changed
tampers 'no beginning of a chain|does not end'
(cat old; echo more) >tampered
tampers 'there is more after the end'
# A whole history, made up, in a file that holds by itself: the log has another one.
sql "CREATE DATABASE forged TEMPLATE template" || bail 'no database'
forged=$(PGDATABASE=forged "$GRANTCTL" tenant create --name F)
PGDATABASE=forged "$GRANTCTL" audit archive --before "$(now)" --out forged >/dev/null
cp forged tampered
tampers "tenant $forged, entries 1 to 1: the log has none of them"

# The log has other entries than the file: one is gone, one is another.
keep()
{
	sql 'DROP TABLE IF EXISTS kept_log' 'CREATE TABLE kept_log AS TABLE grantd.audit_log'
}
restore()
{
	sql "SET session_replication_role = replica; DELETE FROM grantd.audit_log; INSERT INTO grantd.audit_log TABLE kept_log"
}
keep
sql "SET session_replication_role = replica; DELETE FROM grantd.audit_log WHERE resource_id = '$g' AND sequence = 2"
refuses 1 "grant $g, entries 1 to 3: the log has not exactly these entries" audit archive --drop old
restore
sql "SET session_replication_role = replica; UPDATE grantd.audit_log SET hash = sha256('x') WHERE resource_id = '$g' AND sequence = 3"
refuses 1 "grant $g, entries 1 to 3: the log has not exactly these entries" audit archive --drop old
ctl audit verify --archive old
like 'and the archive says so' "$status $err" "^1 .*grant $g, entries 1 to 3: the log has not exactly these entries"
ctl audit archive --before $before --out x
like 'what does not hold is not archived' "$status $err" '^1 .*what does not hold is not archived'
is 'and no file is left' "$(ls x x.new 2>/dev/null)" ''
restore

is 'nothing was dropped, nor told' "$(archived)" 0
holds 'all is as it was'

# What of a tenant has arrived elsewhere would keep what is dropped here.
sql 'CREATE DATABASE elsewhere TEMPLATE template' || bail 'no database'
does 'a tenant begins to move' tenant move --to dbname=elsewhere --prepare $a
does 'it may be archived' audit archive --before $before --out moving --tenant $a
refuses 1 "^grantctl audit archive: a move of tenant $a is under way, .*--abort\)\$" audit archive --drop moving
is 'but not dropped' "$(entries) $(archived)" "$total 0"
said=$(sql "SELECT grantd.drop_archived('$a', '$id', 'grant', '$g', 1, 3, '', '', '{}')" 2>&1)
like 'nor by one who had begun before' "$said" "a move of tenant $a is under way"
does 'the move goes on' tenant move --to dbname=elsewhere --prepare $a
does 'and is given up' tenant move --to dbname=elsewhere --abort $a
is 'which is said' "$out" "the move is given up; the tenant stays here"
does 'given up once more, for programs' tenant move --to dbname=elsewhere --abort --json $a
is 'it has moved nowhere' "$(json '[.tenant, .moved_to]')" "[\"$a\",null]"

does 'the archive is dropped' audit archive --drop old --reason 'older than it has to be'
is 'the log has what is newer, and an entry for each tenant that says so' "$(entries)" "$((total - n + 2))"
is 'that is told' "$(sql "SELECT count(*) FROM grantd.audit_log l JOIN grantd.audit_archives r ON r.entry = l.id AND r.tenant_id = l.tenant_id
	WHERE l.action = 'ArchiveAuditLog' AND l.reasoning LIKE 'older%' AND l.record #>> '{archive,sha256}' = encode(r.digest, 'hex')
	AND l.record #>> '{archive,id}' = '$id'")" "$(sql "SELECT count(*) FROM grantd.audit_log WHERE action = 'ArchiveAuditLog' AND reasoning LIKE 'older%'")"
is 'with the digest of the file' "$(sql "SELECT DISTINCT encode(digest, 'hex') FROM grantd.audit_archives")" "$(sha256sum old | cut -d ' ' -f 1)"
holds 'the chains go on from where it ends, and so does what is told'
is 'what is in archives is counted' "$(json .archived)" $n
holds 'with the archive, too' --archive old
does 'dropped again' audit archive --drop old
like 'nothing is done' "$out" "entries dropped 0, dropped before $n\$"
refuses 1 'beginning of this chain was archived otherwise' audit archive --drop one
refuses 1 'beginning of this chain was archived otherwise' audit archive --drop signed --key-file key

# What came later is no matter, and a checkpoint from before the archive is still good for what is newer than that.
change
make_grant $b >/dev/null
holds 'after more changes' --checkpoint point --archive old
is 'the checkpoint is compared where the log has its entries' "$([ "$(json .beyond)" -lt "$(grep -c '^[a-z_]* [0-9a-f-]* [0-9]* ' point)" ] && echo some)" some
does 'a checkpoint' audit checkpoint later
before=$(now)
does 'a second archive' audit archive --before $before --out newer
does 'goes on from the first' audit archive --drop newer
holds 'all chains are archived to their ends' --archive newer --archive old --checkpoint later

# Nothing in the log borders on what the first archive has any more: what holds that file is the digest that the log was told.
# unfit WHAT REGEX: the file `tampered` holds by itself, and does not fit the log.
unfit()
{
	ctl audit verify --archive tampered
	like "$1: the log finds it" "$status $err" "^1 .*$2"
}
sed "/^chain grant $g /,/^cut /d" old >changed && reseal changed
unfit 'a chain is taken out of an old archive' 'another file of this archive'
sed "s/^archive .*/archive $nobody/" changed >renamed && reseal renamed
unfit 'which is given another id' 'was not told of this archive'
change
holds 'and go on'

# What a file says was told before its entries is what the log says, too: a change by hand is not made good that way.
does 'a third archive' audit archive --before "$(now)" --out third
sql "SET session_replication_role = replica; UPDATE grantd.grants SET grantee_id = 'mallory' WHERE id = '$g'"
sed "/^chain grant $g /,/^cut /s/alice/mallory/" third >changed && reseal changed
refuses 1 "grant $g, .*what is said to be told before these entries" audit archive --drop tampered
sql "SET session_replication_role = replica; UPDATE grantd.grants SET grantee_id = 'alice' WHERE id = '$g'"
holds 'the third fits' --archive third

# What stands for archived entries is not to be changed, nor are others to be dropped by hand.
keep
attack()
{
	sql "SET session_replication_role = replica; $2" || bail 'cannot tamper'
	ctl audit verify
	like "$1: it is found" "$status $out" "^1 .*$3"
}
sql 'CREATE TABLE kept_cuts AS TABLE grantd.audit_cuts'
cuts()
{
	sql 'DELETE FROM grantd.audit_cuts; INSERT INTO grantd.audit_cuts TABLE kept_cuts'
}
attack 'what is told is changed' "UPDATE grantd.audit_cuts SET told = replace(told::text, 'alice', 'mallory')::json WHERE resource_id = '$g'" 'was changed'
cuts
attack 'a cut is removed' "DELETE FROM grantd.audit_cuts WHERE resource_id = '$g'" 'this entry is missing'
cuts
attack 'a cut is moved' "UPDATE grantd.audit_cuts SET sequence = sequence + 1 WHERE resource_id = '$g'" 'was changed'
cuts
# forge ARCHIVE: the beginning of a chain is removed, with a cut that has the right seal.
forge()
{
	sql "SET session_replication_role = replica;
	DELETE FROM grantd.audit_log WHERE resource_id = '$g' AND sequence <= (SELECT sequence + 1 FROM grantd.audit_cuts WHERE resource_id = '$g');
	UPDATE grantd.audit_cuts c SET sequence = c.sequence + 1, archive = '$1', hash = k.hash FROM kept_log k
	WHERE k.resource_id = c.resource_id AND k.sequence = c.sequence + 1 AND c.resource_id = '$g';
	UPDATE grantd.audit_cuts SET seal = sha256('grantd-cut-1'::bytea || uuid_send(tenant_id) || uuid_send(resource_id) || uuid_send(archive)
		|| int8send(sequence) || hash || grantd.audit_text(resource_type) || convert_to(told::text, 'UTF8')) WHERE resource_id = '$g'"
}
forge $nobody
ctl audit verify
like 'entries are removed for an archive that is none: it is found' "$status $out" '^1 .*no entry tells of the archive'
restore
cuts
last=$(sed -n 's/^archive //p' newer)
forge $last
ctl audit verify --archive newer
like 'entries are removed for an archive that has them not: the archive finds it' "$status $err" \
	'^1 .*the log says that this archive has more of the chain than it has'
restore
cuts
sql "SET session_replication_role = replica; UPDATE grantd.grants SET grantee_id = 'mallory' WHERE id = '$g'"
ctl audit verify --json
is 'a row is changed, and all that tells of it is archived: it is found' "$status $(json '[.differences[] | [.table, .column, .told, .found]]')" \
	'1 [["grants","grantee_id","alice","mallory"]]'
sql "SET session_replication_role = replica; UPDATE grantd.grants SET grantee_id = 'alice' WHERE id = '$g'"
sql "SET session_replication_role = replica; DELETE FROM grantd.audit_log WHERE resource_id = '$g' AND sequence = (SELECT max(sequence) FROM grantd.audit_log WHERE resource_id = '$g')"
ctl audit verify
like 'the end of a chain is removed: it is found' "$status $out" '^1 .*missing'
restore
for role in grantd_owner grantd_auth grantd_app postgres; do
	not_ok "$role drops nothing" sql "SET ROLE $role; DELETE FROM grantd.audit_log WHERE resource_id = '$g'"
done
not_ok 'nor does a worker by the function' sql "SET ROLE grantd_app; SELECT grantd.drop_archived('$a', '$id', 'grant', '$g', 1, 1, '', '', '{}')"
holds 'nothing of this is left'

done_testing
