#!/bin/bash
# SPDX-License-Identifier: MIT
# When /readyz says that changes could be made, and when not.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/faults/served.sh
. "$here/served.sh"

ready_again()
{
	[ "$(status GET /readyz)" = 200 ]
}
GRANTD_DATABASE="user=grantd_worker" grantd_start --workers 1
is 'with everything: ready' "$(status GET /readyz)" 200

# Every right that the schema gives to workers, and to the role that functions run as. Each is taken away and given back.
rights="SELECT x.kind, x.name, a.privilege_type || coalesce(' (' || x.part || ')', ''), r.rolname
	FROM (SELECT 'function' AS kind, oid::regprocedure::text AS name, NULL::name AS part, proacl AS acl, proowner AS owner
			FROM pg_proc WHERE pronamespace = 'grantd'::regnamespace
		UNION ALL SELECT 'table', oid::regclass::text, NULL, relacl, relowner FROM pg_class
			WHERE relnamespace = 'grantd'::regnamespace AND relkind IN ('r', 'p')
		UNION ALL SELECT 'column', attrelid::regclass::text, attname, attacl, 'grantd_auth'::regrole FROM pg_attribute
			WHERE attrelid = 'grantd.api_keys'::regclass AND attname IN ('id', 'version')) x
	CROSS JOIN LATERAL aclexplode(x.acl) a JOIN pg_roles r ON r.oid = a.grantee
	WHERE r.rolname IN ('grantd_app', 'grantd_auth') AND r.oid <> x.owner ORDER BY 1, 2, 3, 4"
PGOPTIONS='-c search_path=' sql "$rights" >"$work/rights"
ok 'there are many rights' test "$(wc -l <"$work/rights")" -gt 40
wrong='' back='SELECT 1'
while IFS='|' read -r kind name privilege role; do
	[ "$kind" = function ] && on="FUNCTION $name" || on="TABLE $name"
	PGOPTIONS='-c search_path=' psql -XqAt -c "$back" -c "REVOKE $privilege ON $on FROM $role" >"$work/said"
	back="GRANT $privilege ON $on TO $role"
	: >"$log"
	[ "$(status GET /readyz)" = 503 ] || wrong+="$privilege $name $role; "
	said="lacks ${privilege%% *} on $kind ${name%%(*}"
	[ "$name" = grantd.schema_version ] && said='no schema for grantd that this role may read'
	logged "$said" || wrong+="($said); "
	if [ "$name" = grantd.schema_version ]; then
		sql "$back"
		until_true ready_again
	fi
done <"$work/rights"
PGOPTIONS='-c search_path=' sql "$back"
is 'without any one of them: not ready, and the log says which' "$wrong" ''
ok 'with all of them again: ready' until_true ready_again
sql 'REVOKE USAGE ON SCHEMA grantd FROM grantd_auth'
is 'without the use of the schema: not ready' "$(status GET /readyz)" 503
sql 'GRANT USAGE ON SCHEMA grantd TO grantd_auth'

# Asked every second, the log is not filled.
sql 'REVOKE INSERT ON grantd.audit_log FROM grantd_auth'
: >"$log"
for _ in 1 2 3; do
	status GET /readyz >"$work/status"
done
is 'the same reason is logged once' "$(grep -c 'not ready: grantd_auth lacks INSERT on table grantd.audit_log' "$log")" 1
like 'a change that cannot be made is told so' "$(status PATCH "/v1/grants/$grant" '{"audit_enabled":true}')" '^50[03]$'
sql 'GRANT INSERT ON grantd.audit_log TO grantd_auth'
ok 'ready again' until_true ready_again

# A newer schema that serves workers of this version.
sql 'UPDATE grantd.schema_version SET version = version + 1'
is 'a newer version that serves this one: ready' "$(status GET /readyz)" 200
# One that does not, under workers that are connected: they go on, as no function of theirs is gone, and say that they are not ready.
sql 'UPDATE grantd.schema_version SET serves_from = version'
is 'another version: not ready' "$(status GET /readyz)" 503
ok 'another version: the log says so' logged 'has version [0-9]+ of the schema and this build needs'
sql 'UPDATE grantd.schema_version SET version = version - 1, serves_from = version - 1'
ok 'the version again: ready' until_true ready_again
grantd_stop 'with rights and without'

# A standby, which reads.
bin=$(dirname "$(psql -XqAtc "SELECT setting FROM pg_config WHERE name = 'BINDIR'")/x")
data=$(psql -XqAtc 'SHOW data_directory')
as=()
[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid "$(stat -c %u "$data")" --regid "$(stat -c %g "$data")" --init-groups)
standby=$(mktemp -d /tmp/grantd-standby.XXXXXX)
chown "$(stat -c %u:%g "$data")" "$standby"
trap '(cd / && "${as[@]}" "$bin/pg_ctl" -m immediate -D "$standby/data" stop >/dev/null 2>&1); rm -rf "$standby"
	"$cluster" remove "$work/pg" 2>/dev/null; clean_up' EXIT
sed 's/^local all postgres peer/local replication postgres peer/;t;d' "$data/pg_hba.conf" >"$work/hba"
"${as[@]}" tee -a "$data/pg_hba.conf" <"$work/hba" >/dev/null
sql 'SELECT pg_reload_conf()' >/dev/null
base_backup()
{
	(cd / && "${as[@]}" "$bin/pg_basebackup" -h "$PGHOST" -p "$PGPORT" -U postgres -D "$standby/data" -R -X stream -c fast) \
		>"$work/backup.log" 2>&1
}
until_true base_backup || bail "$(<"$work/backup.log")"
(cd / && "${as[@]}" "$bin/pg_ctl" -w -s -D "$standby/data" -l "$standby/log" -o "-c unix_socket_directories=$standby -c hot_standby=on" start) 7>&- ||
	bail 'no standby'
GRANTD_DATABASE="host=$standby user=grantd_worker" grantd_start --workers 1
is 'a standby: reading' "$(status GET "/v1/grants/$grant")" 200
is 'a standby: a change' "$(status PATCH "/v1/grants/$grant" '{"audit_enabled":true}')" 503
is 'a standby: not ready' "$(status GET /readyz)" 503
ok 'a standby: the log says why' logged 'not ready: this server is a standby'
is 'a standby: alive' "$(status GET /healthz)" 200
(cd / && "${as[@]}" "$bin/pg_ctl" -w -s -D "$standby/data" promote)
ok 'a standby that is promoted: ready' until_true ready_again
is 'a standby that is promoted: a change' "$(status PATCH "/v1/grants/$grant" '{"audit_enabled":true}')" 200
grantd_stop 'a standby'

done_testing
