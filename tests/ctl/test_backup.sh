# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# Backup and restore as docs/operating.md has them: on another cluster the chains and a checkpoint hold.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"
cluster=$(dirname "$0")/../lib/cluster

ctl tenant create --name A
t=$out
ctl key create --tenant $t --name k --role admin
key=$out
ctl grant create --tenant $t --resource-type aws_account --resource-id 123456789012 --grantee-id a --action x --expires-in 8h
g=$out
for state in on off on; do
	does "switched $state" grant audit $state --tenant $t $g
done
head -c 32 /dev/urandom | base64 -w 0 >seal
chmod 600 seal
does 'a checkpoint' audit checkpoint before --key-file seal
sql 'CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app' 'CREATE ROLE operator LOGIN IN ROLE grantd_owner' \
	'CREATE ROLE grantd_backup LOGIN BYPASSRLS IN ROLE pg_read_all_data'

# Who can make one.
is 'a member of grantd_owner cannot' "$(pg_dump -U operator -f none 2>&1 | grep -c 'affected by row-level security')" 1
ok 'with --enable-row-security it would be told that all is well' pg_dump -U operator --enable-row-security -f empty
is 'and have none of the entries' "$(sed -n '/^COPY grantd.audit_log/,/^\\\./p' empty | wc -l)" 2
ok 'the backup role can' pg_dump -U grantd_backup -Fc -f dump
pg_dumpall --roles-only >roles
# Roles are the cluster's, and so everybody's.
sql 'DROP ROLE grantd_worker' 'DROP ROLE operator' 'DROP ROLE grantd_backup'

# Elsewhere
"$cluster" start "$PWD/elsewhere" --fsync || bail 'no second cluster'
trap '"$cluster" remove "$PWD/elsewhere"' EXIT
eval "$("$cluster" env "$PWD/elsewhere")"
PGDATABASE=postgres
createdb -T template0 grantd
said=$(pg_restore -d grantd --exit-on-error dump 2>&1)
is 'a dump alone does not restore' "$? $(grep -c 'role "grantd_.*" does not exist' <<<"$said")" '1 1'
dropdb grantd
grep -v -E '^(CREATE|ALTER) ROLE postgres\b' roles >ours
ok 'the roles' psql -X -q -v ON_ERROR_STOP=1 -f ours
createdb -T template0 grantd
ok 'and then the dump' pg_restore -d grantd --exit-on-error dump
export PGDATABASE=grantd
ctl doctor
is 'all is as it was installed' "$status $(grep -vc '^ok' <<<"$out")" '0 0' || diag "$out"
like 'the schema is complete' "$(psql -X -q -d grantd -f "$(dirname "$0")/../../db/install.sql" 2>&1)" 'is installed .*, nothing to do'
does 'the chains and the checkpoint hold' audit verify --checkpoint before --key-file seal
like 'all of them' "$out" 'the chains hold: tenants 1, chains 4, entries 12'
does 'the grant is there' grant show --tenant $t $g --json
is 'as it was' "$(json '[.audit_enabled, .version]')" '[true,4]'
does 'and the key works' key check <<<"$key"
is 'workers are what they were' "$(sql "SELECT rolcanlogin, rolsuper, rolbypassrls, pg_has_role('grantd_worker', 'grantd_app', 'MEMBER'),
	pg_has_role('grantd_worker', 'grantd_owner', 'MEMBER') FROM pg_roles WHERE rolname = 'grantd_worker'")" 't|f|f|t|f'
does 'it goes on' grant audit off --tenant $t $g
does 'and holds' audit verify --checkpoint before --key-file seal

# An older backup: a checkpoint that was made after it tells what is missing.
does 'a later checkpoint' audit checkpoint after --key-file seal
dropdb grantd && createdb -T template0 grantd && pg_restore -d grantd dump
ctl audit verify --checkpoint after --key-file seal
is 'a restore goes back, and a checkpoint from after it says so' $status 1
like 'of which chain' "$out$err" "$g"

done_testing
