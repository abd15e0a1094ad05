# shellcheck shell=bash disable=SC2154 # variables and functions of tests/cells/run, which sources this
# SPDX-License-Identifier: MIT
#
# grantctl is killed at each stage of a move: at most one place serves then, and the next run goes on. For each stage the way on is
# barred by a lock that somebody else holds.

# bar CELL STATEMENT: hold what the statement locks, until unbar.
bar()
{
	mkfifo "$work/bar"
	in_cell "$1" psql -XqAt <"$work/bar" >"$work/barred" 2>&1 &
	bar_pid=$!
	exec 7>"$work/bar"
	printf "BEGIN;\n%s;\nSELECT 'held';\n" "$2" >&7
	until_true grep -q held "$work/barred" || bail "no lock: $(<"$work/barred")"
}
unbar()
{
	exec 7>&-
	wait "$bar_pid"
	rm -f "$work/bar" "$work/barred"
}

move()
{
	in_cell a grantctl tenant move "$tenant" --to "$(conninfo b)" "$@" >"$work/move.out" 2>&1
}
waits()
{
	[ "$(sql "$1" "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'grantctl' AND wait_event_type = 'Lock'")" -eq 1 ]
}
no_session()
{
	[ "$(sql a "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'grantctl'")" -eq 0 ] &&
	[ "$(sql b "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'grantctl'")" -eq 0 ]
}

# killed_where CELL STATEMENT [ARGUMENT]...: a move is killed while it waits for what the statement locks there.
killed_where()
{
	local cell=$1 to

	bar "$cell" "$2"
	to=$(conninfo b)
	(
		eval "$("$top/tests/lib/cluster" env "$work/a")"
		exec env GRANTD_LOCK_TIMEOUT=60000 grantctl tenant move "$tenant" --to "$to"
	) >"$work/move.out" 2>&1 &
	mover=$!
	until_true waits "$cell" || diag "it does not wait: $(<"$work/move.out")"
	{ kill -KILL "$mover" && wait "$mover"; } 2>/dev/null
	until_true no_session || diag 'sessions of a grantctl that was killed are left'
	unbar
}

status_of()
{
	REQUEST_METHOD=$1 SCRIPT_NAME=$2 HTTP_X_API_KEY=$key HTTP_X_TENANT_ID=$tenant REMOTE_ADDR=127.0.0.1 \
	    CONTENT_TYPE=application/json CONTENT_LENGTH=$(wc -c <"$work/body") \
	    timeout 20 cgi-fcgi -bind -connect "$work/run/$3.sock" <"$work/body" | sed -n 's/^Status: \([0-9]*\).*/\1/p'
}
# What both cells answer to a GET, and what they answer to a PATCH.
answers()
{
	local grant=/v1/grants/$grant

	: >"$work/body"
	printf '%s %s, ' "$(status_of GET "$grant" a)" "$(status_of GET "$grant" b)"
	flip=$([ "$flip" = true ] && echo false || echo true)
	printf '{"audit_enabled":%s}' "$flip" >"$work/body"
	printf '%s %s\n' "$(status_of PATCH "$grant" a)" "$(status_of PATCH "$grant" b)"
}

flip=false
make_tenant a killed || bail 'no tenant'
grant=$(in_cell a grantctl grant create --tenant "$tenant" --resource-type aws_account --resource-id 123456789012 \
	--grantee-id somebody --action read --expires-in 1d) || bail 'no grant'
# What stands for entries that were archived and dropped has to come along.
old=$work/old.archive
ok 'its entries are archived' quietly in_cell a grantctl audit archive --tenant "$tenant" --out "$old" \
	--before "$(sql a "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")"
ok 'and dropped' quietly in_cell a grantctl audit archive --drop "$old" --reason 'kept for long enough'
cuts()
{
	sql "$1" "SELECT count(*), (SELECT count(*) FROM grantd.audit_log l JOIN grantd.audit_cuts c USING (tenant_id, resource_type, resource_id)
		WHERE tenant_id = '$tenant' AND l.sequence <= c.sequence) FROM grantd.audit_cuts WHERE tenant_id = '$tenant'"
}
is 'of its four chains' "$(cuts a)" '4|0'

killed_where b 'LOCK TABLE grantd.audit_log IN SHARE MODE'
is 'killed while it carries: the old place serves' "$(answers)" '200 401, 200 401'
killed_where a 'LOCK TABLE grantd.audit_log IN SHARE MODE'
is 'killed before the old place gives it up: that reads, and nobody writes' "$(answers)" '200 503, 503 503'
like 'which grantctl tenant show says' "$(in_cell a grantctl tenant show "$tenant")" 'under way +closed'
ok 'given up' move --abort
is 'given up: the old place serves' "$(answers)" '200 401, 200 401'
is 'and nothing is left in the new one' "$(sql b "SELECT count(*) FROM grantd.grants WHERE tenant_id = '$tenant'") $(sql b \
	"SELECT count(*) FROM grantd.tenants WHERE id = '$tenant'") $(sql b "SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '$tenant'")" '0 0 0'
killed_where a 'LOCK TABLE grantd.audit_log IN SHARE MODE'
is 'killed there again: nobody writes' "$(answers)" '200 503, 503 503'
ok 'prepared: what was closed is open again' move --prepare
is 'prepared: the old place serves' "$(answers)" '200 503, 200 503'
ok 'prepared once more, with what came since' move --prepare
killed_where b 'LOCK TABLE grantd.audit_log IN SHARE MODE'
is 'killed before the new place opens: nobody serves' "$(answers)" '503 503, 503 503'
is 'the old place has given it up' "$(sql a "SELECT state FROM grantd.tenants WHERE id = '$tenant'")" moved
not_ok 'which cannot be undone' move --abort
like 'as it says' "$(<"$work/move.out")" 'cannot be undone'
not_ok 'nor is the tenant deleted there' quietly in_cell a grantctl tenant delete "$tenant" --yes "$tenant"
ok 'run again, it goes on' move
is 'and the new place serves' "$(answers)" '503 200, 503 200'
not_ok 'run once more, there is nothing to do' move
like 'as it says' "$(<"$work/move.out")" 'has moved to .* already'
ok 'disabled' quietly in_cell b grantctl tenant disable "$tenant"
is 'disabled: its key is none' "$(answers)" '503 401, 503 401'
ok 'enabled' quietly in_cell b grantctl tenant enable "$tenant"
is 'enabled: it is served' "$(answers)" '503 200, 503 200'
for cell in b a; do
	ok "cell $cell: every chain verifies" quietly in_cell "$cell" grantctl audit verify --tenant "$tenant"
	ok "cell $cell: also with what was archived before the move" quietly in_cell "$cell" grantctl audit verify --tenant "$tenant" --archive "$old"
	is "cell $cell: the log has what is not archived" "$(cuts "$cell")" '4|0'
done
# A table that is new has to be carried, and removed.
tables="SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
	WHERE c.relnamespace = 'grantd'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
for table in $(sql a "$tables"); do
	ok "the rows of $table are carried" grep -q "TO_NEW(\"$table\"," "$top/db/move_carry.c"
	ok "they are compared" grep -q "SUM(\"$table\"," "$top/db/move_carry.c"
	is "and removed" "$(sql a "SELECT count(*) FROM pg_proc WHERE proname = 'remove_rows' AND prosrc LIKE '%''$table''%'")" 1
done
is 'the old place had no entry that the new one has not, but for its own end' "$(comm -23 \
	<(sql a "SELECT encode(hash, 'hex') FROM grantd.audit_log WHERE tenant_id = '$tenant'" | sort) \
	<(sql b "SELECT encode(hash, 'hex') FROM grantd.audit_log WHERE tenant_id = '$tenant'" | sort) | wc -l)" 1
ok 'what is left in the old place is deleted' quietly in_cell a grantctl tenant delete "$tenant" --yes "$tenant"
for table in $(sql a "$tables") tenants; do
	is "no row of it is left in $table" "$(sql a "SELECT count(*) FROM grantd.$table x WHERE x.$([ "$table" = tenants ] && echo id || echo tenant_id) = '$tenant'")" 0
done
ok 'and the new place still verifies with the archive' quietly in_cell b grantctl audit verify --tenant "$tenant" --archive "$old"
