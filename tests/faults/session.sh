#!/bin/bash
# SPDX-License-Identifier: MIT
# Whatever role and database say of a session, and whatever another client of a pooler left in one: the answers are the same,
# or grantd refuses to begin.
# shellcheck source=tests/faults/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/faults/served.sh
. "$here/served.sh"

# Names that a search_path could find before pg_catalog's; who saw a commit; and a tenant of somebody else's.
sql "CREATE SCHEMA evil;
	CREATE FUNCTION evil.count(anyelement) RETURNS bigint LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'evil count'; END \$\$;
	CREATE FUNCTION evil.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'evil set'; END \$\$;
	CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'evil now'; END \$\$;
	CREATE FUNCTION evil.eq(uuid, uuid) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'evil uuid'; END \$\$;
	CREATE FUNCTION evil.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'evil text'; END \$\$;
	CREATE OPERATOR evil.= (FUNCTION = evil.eq, LEFTARG = uuid, RIGHTARG = uuid);
	CREATE OPERATOR evil.= (FUNCTION = evil.eq, LEFTARG = text, RIGHTARG = text);
	GRANT USAGE ON SCHEMA evil TO PUBLIC;
	CREATE TABLE public.seen (name text, value text);
	CREATE FUNCTION public.look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS \$\$ BEGIN
		DELETE FROM public.seen;
		INSERT INTO public.seen SELECT name, setting FROM pg_catalog.pg_settings;
		RETURN NEW; END \$\$;
	CREATE TRIGGER look BEFORE INSERT ON grantd.audit_log FOR EACH ROW EXECUTE FUNCTION public.look();
	INSERT INTO grantd.tenants (id, name) VALUES ('00000000-0000-4000-8000-00000000000b', 'other')"

# What may be set, and what to. Those that the server itself guards take a superuser, for the role.
hostile="
bytea_output=escape
row_security=off
search_path=evil, pg_catalog
standard_conforming_strings=off
backslash_quote=off
escape_string_warning=on
client_encoding=LATIN1
transform_null_equals=on
array_nulls=off
quote_all_identifiers=on
timezone=Asia/Kathmandu
datestyle=German, DMY
intervalstyle=sql_standard
extra_float_digits=-15
xmlbinary=hex
xmloption=document
client_min_messages=error
exit_on_error=on
default_transaction_isolation=serializable
default_transaction_deferrable=on
statement_timeout=700
lock_timeout=1
idle_in_transaction_session_timeout=700
client_connection_check_interval=0
idle_session_timeout=700
synchronous_commit=remote_apply
check_function_bodies=off
plan_cache_mode=force_custom_plan
force_parallel_mode=regress
enable_indexscan=off
enable_seqscan=off
constraint_exclusion=on
jit_above_cost=0
default_tablespace=pg_default
temp_tablespaces=pg_default
application_name=x
lc_numeric=C
lc_monetary=C
lc_time=C
grantd.tenant=00000000-0000-4000-8000-00000000000b
grantd.stamp=x
role=grantd_app"
guarded="
lc_messages=C
lo_compat_privileges=on
zero_damaged_pages=on
commit_delay=1
log_statement=all
debug_discard_caches=0
max_stack_depth=100"

# What a change is made with, whatever anybody said.
pinned="array_nulls=on
bytea_output=hex
client_connection_check_interval=1000
client_encoding=UTF8
client_min_messages=warning
default_transaction_isolation=read committed
exit_on_error=off
extra_float_digits=1
idle_in_transaction_session_timeout=30000
lock_timeout=2000
quote_all_identifiers=off
row_security=on
standard_conforming_strings=on
statement_timeout=5000
transform_null_equals=off"

# A day: changes, lists, exports and activity. What differs from run to run is taken out.
id=0
a_day()
{
	local event

	id=$((id + 1))
	event=$(printf '00000000-0000-4000-8000-%012d' $id)
	{
		"$client" "$socket" \
			request PATCH "/v1/grants/$grant" "${with_key[@]}" "${with_body[@]}" stdin "$true_body" end read \
			request GET "/v1/grants/$grant" "${with_key[@]}" "${without[@]}" \
			request POST "/v1/grants/$grant/activity" "${with_key[@]}" "${with_body[@]}" stdin "{\"events\":[{\"id\":\"$event\",
				\"occurred_at\":\"2026-02-03T04:05:06.789Z\",\"service\":\"s3\",\"name\":\"G\\u00e4t\",\"kind\":\"read\",
				\"outcome\":\"success\",\"details\":{\"a\":1.50}}]}" end read \
			request GET "/v1/grants/$grant/activity" param QUERY_STRING=limit=1 "${with_key[@]}" "${without[@]}" \
			request GET "/v1/grants/$grant/activity/summary" "${with_key[@]}" "${without[@]}" \
			request GET /v1/audit-log param QUERY_STRING=limit=1 "${with_key[@]}" "${without[@]}" \
			request GET /v1/audit-log param QUERY_STRING=format=csv "${with_key[@]}" "${without[@]}" \
			request GET /v1/grants param 'QUERY_STRING=status=active&grantee_id=somebody' "${with_key[@]}" "${without[@]}" \
			request GET /v1/policies "${with_key[@]}" "${without[@]}" \
			request GET /v1/api-keys param QUERY_STRING=limit=1 "${with_key[@]}" "${without[@]}" \
			request POST /v1/policies "${with_key[@]}" "${with_body[@]}" stdin '{"name":"twice","priority":1}' end read \
			request POST /v1/api-keys "${with_key[@]}" "${with_body[@]}" stdin '{"name":"k","roles":["null","operator"]}' end read \
			request GET /readyz "${without[@]}" 2>&1 | tr -d '\r'
		echo
		# shellcheck disable=SC2001 # the name before the '=', of each line
		sql "SELECT name || '=' || value FROM public.seen WHERE name IN ($(sed "s/\(.*\)=.*/'\1',/" <<<"$pinned") '') ORDER BY 1"
	} | sed -E -e 's/Status: /\nStatus: /' -e 's/^X-Request-Id: .*/X-Request-Id/' -e 's/^ETag: .*/ETag/' \
		-e 's/"(version|sequence|total_events|read_events)":[0-9]+/"\1"/g' \
		-e 's/"(request_id|created_at|updated_at|hash|previous_hash|id|recorded_at|raw_key|key_name|next_cursor|last_used_at)":("[^"]*"|null)/"\1"/g' \
		-e 's/^Location: .*/Location/' -e '/^("?[0-9a-f-]{36}|complete,)/d' 
}
with_key=(param "HTTP_X_API_KEY=$key" param "HTTP_X_TENANT_ID=$tenant")
with_body=(param CONTENT_TYPE=application/json begin 1 1 params)
without=(begin 1 1 params end read)
true_body='{"audit_enabled":true}'
# afresh [STATEMENT]...: the statements, and then new sessions and a grant that is not audited.
afresh()
{
	printf '%s;\n' "$@" "UPDATE grantd.grants SET audit_enabled = false WHERE id = '$grant'" \
		"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'grantd_worker'" |
		psql -XqAt -v ON_ERROR_STOP=1 >"$work/afresh" 2>&1 || bail "$(<"$work/afresh")"
}
same_day()
{
	a_day >"$work/day"
	ok "$1" diff "$work/day.plain" "$work/day"
}

GRANTD_DATABASE="user=grantd_worker" grantd_start --workers 1
call POST '/v1/policies' '{"name":"twice","priority":1}' >/dev/null
a_day >/dev/null
afresh
a_day >"$work/day.plain"
is 'a plain day: what is answered' "$(sed -n 's/^Status: //p' "$work/day.plain" | xargs)" \
	'200 OK 200 OK 200 OK 200 OK 200 OK 200 OK 200 OK 200 OK 200 OK 200 OK 409 Conflict 201 Created 200 OK'
is 'a plain day: what a change is made with' "$(grep -xE '[a-z_]+=.*' "$work/day.plain")" "$pinned"
while IFS='=' read -r name value; do
	[ -n "$name" ] || continue
	afresh 'ALTER ROLE grantd_worker RESET ALL' "ALTER ROLE grantd_worker SET $name = '${value//, /\', \'}'"
	same_day "with $name = $value"
done <<<"$hostile$guarded"

# Everything that can be chosen, all at once, for the database: also what a later server brings. But for what stops us, what writes
# megabytes to the server's log, and what takes a server that is built for it.
others="SELECT format('ALTER DATABASE %I SET %s = %L', current_database(), name, CASE vartype
	WHEN 'bool' THEN CASE boot_val WHEN 'on' THEN 'off' ELSE 'on' END
	ELSE (SELECT v FROM unnest(enumvals) v WHERE v <> boot_val ORDER BY v DESC LIMIT 1) END)
	FROM pg_settings WHERE context IN ('user', 'superuser') AND vartype IN ('bool', 'enum')
	AND name !~ '^(debug_|log_|trace_|transaction_|wal_|is_superuser)' AND name NOT IN ('default_transaction_read_only',
	'session_replication_role', 'synchronous_commit', 'allow_system_table_mods', 'ignore_invalid_pages', 'default_toast_compression')"
is 'there is much else to choose' "$(sql "SELECT count(*) > 50 FROM ($others) x")" t
sql "$others" >"$work/others"
mapfile -t statements <"$work/others"
afresh 'ALTER ROLE grantd_worker RESET ALL' "${statements[@]}"
same_day 'with every switch the other way'
afresh "ALTER DATABASE grantd RESET ALL"

# What grantd refuses to begin with.
refuses()
{
	afresh "ALTER ROLE grantd_worker SET $1 = $2"
	is "$1 = $2: no change" "$(status PATCH "/v1/grants/$grant" "$true_body")" 503
	is "$1 = $2: not ready" "$(status GET /readyz)" 503
	ok "$1 = $2: the log says why" logged "$3"
	sql "ALTER ROLE grantd_worker RESET $1"
	: >"$log"
	ok "$1 = $2: and when that is over, it serves" until_true ready
}
ready()
{
	[ "$(status GET /readyz)" = 200 ]
}
for value in off local remote_write; do
	refuses synchronous_commit $value "synchronous_commit is $value for this role, so that a change that was answered could be lost"
done
refuses session_replication_role replica 'session_replication_role is replica for this role'
afresh "ALTER ROLE grantd_worker SET default_transaction_read_only = on"
is 'read-only: reading' "$(status GET "/v1/grants/$grant")" 200
is 'read-only: no change' "$(status PATCH "/v1/grants/$grant" "$true_body")" 503
is 'read-only: not ready' "$(status GET /readyz)" 503
ok 'read-only: the log says why' logged 'not ready: default_transaction_read_only is on'
sql "ALTER ROLE grantd_worker RESET default_transaction_read_only"
ok 'read-only no more' until_true ready

# A session that was opened before goes on as it was opened: what is acknowledged is durable.
sql "ALTER SYSTEM SET synchronous_commit = off" && sql "SELECT pg_reload_conf()" >/dev/null
sql "UPDATE grantd.grants SET audit_enabled = false WHERE id = '$grant'"
is 'the server is told to be less durable: a change' "$(status PATCH "/v1/grants/$grant" "$true_body")" 200
is 'is as durable as before' "$(sql "SELECT value FROM public.seen WHERE name = 'synchronous_commit'")" on
grantd_stop 'refusing'
GRANTD_ALLOW_ASYNC_COMMIT=yes GRANTD_DATABASE="user=grantd_worker" grantd_start --workers 1
sql "UPDATE grantd.grants SET audit_enabled = false WHERE id = '$grant'"
is 'where that is allowed: a change' "$(status PATCH "/v1/grants/$grant" "$true_body")" 200
is 'is made so' "$(sql "SELECT value FROM public.seen WHERE name = 'synchronous_commit'")" off
grantd_stop 'allowing'
sql "ALTER SYSTEM RESET synchronous_commit" && sql "SELECT pg_reload_conf()" >/dev/null

# Behind a pooler with one session, which another client has had before.
if ! command -v pgbouncer >/dev/null; then
	skip 'behind a pooler' 'pgbouncer is not installed'
	done_testing
	exit
fi
mkdir "$work/pooler"
chmod 755 "$work"
cat >"$work/pooler/ini" <<END
[databases]
grantd = host=$PGHOST port=$PGPORT dbname=grantd user=grantd_worker
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $work/pooler
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits
END
as=()
if [ "$(id -u)" -eq 0 ]; then
	chown nobody "$work/pooler"
	as=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups)
fi
"${as[@]}" pgbouncer "$work/pooler/ini" >"$work/pooler.log" 2>&1 &
pooler=$!
background+=("$pooler")
until_true test -S "$work/pooler/.s.PGSQL.6432" || bail "$(<"$work/pooler.log")"
GRANTD_POOLER=transaction GRANTD_DATABASE="host=$work/pooler port=6432 dbname=grantd user=grantd_worker" grantd_start --workers 1
afresh
same_day 'behind a pooler'
other_client()
{
	PGHOST=$work/pooler PGPORT=6432 PGDATABASE=grantd PGUSER=grantd_worker psql -XqAt -v ON_ERROR_STOP=1 2>&1
}
leave='' left=''
while IFS='=' read -r name value; do
	[ -n "$name" ] || continue
	leave+="SET $name = '${value//, /\', \'}';"
done <<<"$hostile"
# Behind a pooler a session that ends is the next one's business.
leave+="SET synchronous_commit = off; SET idle_session_timeout = 0;"
left=$(other_client <<<"$leave SELECT current_setting('bytea_output') || ' ' || pg_backend_pid();")
sql "UPDATE grantd.grants SET audit_enabled = false WHERE id = '$grant'"
like 'another client sets everything' "$left" '^escape [0-9]+$'
same_day 'and what it left behind does not matter'
is 'not for durability either' "$(sql "SELECT value FROM public.seen WHERE name = 'synchronous_commit'")" on
is 'the session is the same' "$(other_client <<<"SELECT current_setting('bytea_output') || ' ' || pg_backend_pid();")" "$left"
grantd_stop 'behind a pooler'
kill "$pooler"
wait "$pooler"

done_testing
