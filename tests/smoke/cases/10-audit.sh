# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Reading the audit log, page by page and as an export; clients that leave, and exports that fail, in the middle.

# A long chain with large entries, so that an export does not fit into what lies between grantd and a client.
many=4000
no_entry=11111111-2222-4333-8444-555555555555
many_grant=00000000-0000-4000-8000-0000000000c1
make_entries()
{
	make_grant "$tenant" "$many_grant" &&
	sql "DO \$\$
	DECLARE
		t uuid := '$tenant';
		g grantd.grants;
		entry uuid;
		now timestamptz;
		data jsonb;
		h bytea;
	BEGIN
		SELECT * INTO STRICT g FROM grantd.grants WHERE id = '$many_grant';
		FOR n IN g.audit_length + 1 .. $many LOOP
			now := clock_timestamp();
			entry := (lpad(to_hex((extract(epoch FROM now) * 1000)::bigint), 12, '0') || '7' ||
				lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid;
			data := jsonb_build_object('before', NULL, 'after', jsonb_build_object('n', n), 'pad', repeat('x', 6000));
			h := grantd.audit_hash(g.audit_head, t, entry, 'grant', g.id, n, 'cases', 'system', 'UpdateGrant',
				CASE WHEN n % 1000 = 0 THEN 'denied' ELSE 'done' END, data, CASE WHEN n = 77 THEN '=1+1, \"quoted\"' END, now);
			INSERT INTO grantd.audit_log VALUES (t, entry, 'cases', 'system', 'UpdateGrant', 'grant', g.id,
				CASE WHEN n % 1000 = 0 THEN 'denied' ELSE 'done' END, data,
				CASE WHEN n = 77 THEN '=1+1, \"quoted\"' END, now, n, g.audit_head, h);
			g.audit_head := h;
			g.updated_at := CASE WHEN n % 1000 = 0 THEN g.updated_at ELSE now END;
		END LOOP;
		UPDATE grantd.grants SET audit_length = $many, audit_head = g.audit_head, updated_at = g.updated_at WHERE id = g.id;
	END \$\$"
}
expect 'a long audit log is made' make_entries
total=$(sql "SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '$tenant'")

# One entry, as the database has it.
keyed GET '/v1/audit-log?limit=1'
expect_ok 'the newest entry' 200 '(.data | length) == 1 and .has_more and (.next_cursor | type == "string")
    and (.data[0] | keys_unsorted) == ["id", "actor_id", "actor_type", "action", "resource_type", "resource_id", "outcome",
    "metadata", "reasoning", "created_at", "sequence", "hash", "previous_hash"]'
newest=$(member '.data[0].id')
expect 'it is the one with the greatest id' same "$newest" "$(sql "SELECT id FROM grantd.audit_log
    WHERE tenant_id = '$tenant' ORDER BY id DESC LIMIT 1")"
keyed GET "/v1/audit-log/$newest"
expect_ok 'the same by its id' 200 ".sequence == $many and .actor_id == \"cases\" and .metadata.after.n == $many"
expect 'its hash' same "$(member .hash)" "$(sql "SELECT encode(hash, 'hex') FROM grantd.audit_log WHERE id = '$newest'")"
keyed HEAD "/v1/audit-log/$newest"
expect_ok 'HEAD of an entry' 200
keyed GET "/v1/audit-log/$no_entry"
expect_error 'an entry that is not there' 404 not_found
keyed GET "/v1/audit-log/$(sql "SELECT id FROM grantd.audit_log WHERE tenant_id = '$other_tenant' LIMIT 1")"
expect_error "another tenant's entry" 404 not_found
keyed GET /v1/audit-log/x
expect_error 'an id that is none' 400 invalid_parameter '.details.parameter == "id"'
keyed DELETE "/v1/audit-log/$newest"
expect_error 'an entry is not to be deleted' 405 method_not_allowed
request GET /v1/audit-log
expect_error 'no key' 401 unauthenticated
request GET /v1/audit-log --header "X-API-Key: $key" --header "X-Tenant-ID: $other_tenant"
expect_error "another tenant's log" 403 tenant_mismatch

# Filters, followed until there are 250 entries or no more. How many there are is asked of the database.
filtered()
{
	local cursor='' pages=0

	: >"$work/filtered"
	while [ "$pages" -lt 100 ]; do
		keyed GET "/v1/audit-log?limit=250&$1${cursor:+&cursor=$cursor}"
		[ "$status" = 200 ] || break
		jq -c '.data[]' <<<"$body" >>"$work/filtered"
		pages=$((pages + 1))
		cursor=$(member '.next_cursor // empty')
		if [ -z "$cursor" ] || [ "$(wc -l <"$work/filtered")" -ge 250 ]; then
			break
		fi
	done
	body=$(jq -cs '{data: .[:250]}' <"$work/filtered")
	expect_ok "filter $1" 200 "(.data | length) == ([250, $(sql "SELECT count(*) FROM grantd.audit_log
	    WHERE tenant_id = '$tenant' AND $2")] | min) and (.data | all($3))"
}
filtered outcome=denied "outcome = 'denied'" '.outcome == "denied"'
filtered action=CreateGrant "action = 'CreateGrant'" '.action == "CreateGrant"'
filtered resource_type=tenant "resource_type = 'tenant'" '.resource_type == "tenant"'
filtered "resource_id=$grant" "resource_id = '$grant'" ".resource_id == \"${grant,,}\""
filtered "resource_id=$grant&resource_type=grant" "resource_id = '$grant' AND resource_type = 'grant'" \
    '.resource_type == "grant"'
filtered "resource_id=$grant&resource_type=policy" false false
filtered "resource_id=$many_grant&outcome=denied&action=UpdateGrant" \
    "resource_id = '$many_grant' AND outcome = 'denied'" '.outcome == "denied"'
filtered actor_id=cases "actor_id = 'cases'" '.actor_id == "cases"'
filtered actor_id=nobody false false
middle=$(sql "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
    FROM grantd.audit_log WHERE resource_id = '$many_grant' AND sequence = 100")
filtered "to=$middle" "created_at < '$middle'" ".created_at < \"$middle\""
filtered "from=$middle&actor_id=cases" "created_at >= '$middle' AND actor_id = 'cases'" ".created_at >= \"$middle\""
filtered "from=$middle&to=$middle" false false
while IFS='|' read -r query parameter; do
	keyed GET "/v1/audit-log?$query"
	expect_error "query $query" 400 invalid_parameter ".details.parameter == \"$parameter\""
done <<'EOF'
limit=0|limit
limit=251|limit
cursor=x|cursor
cursor=!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!|cursor
actor_id=|actor_id
resource_type=user|resource_type
resource_id=x|resource_id
action=|action
from=yesterday|from
to=2026-01-01|to
outcome=error|outcome
format=xml|format
format=ndjson&limit=5|limit
format=csv&cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA|cursor
format=csv&format=csv|format
offset=5|offset
EOF

# Pages: all there is, in order, each once.
pages=0 cursor=
: >"$work/paged"
while [ "$pages" -lt 100 ]; do
	keyed GET "/v1/audit-log?limit=250${cursor:+&cursor=$cursor}"
	[ "$status" = 200 ] || break
	jq -r '.data[].id' <<<"$body" >>"$work/paged"
	pages=$((pages + 1))
	cursor=$(member '.next_cursor // empty')
	[ -n "$cursor" ] || break
done
sql "SELECT id FROM grantd.audit_log WHERE tenant_id = '$tenant' ORDER BY id DESC" >"$work/stored"
expect "all $total entries in $pages pages" cmp "$work/paged" "$work/stored"

# Exports. The body is a file here: it is too large to be looked at otherwise.
export_log()
{
	curl --silent --show-error --max-time 120 --dump-header "$work/head" --output "$work/export" \
	    --header "X-API-Key: $key" --header "X-Tenant-ID: $tenant" "$root/v1/audit-log?$1" 2>"$work/curl"
}
log_says()
{
	logs_hold "$1" >"$work/said"
}
expect 'an export as NDJSON' export_log format=ndjson
read_answer
expect 'NDJSON: its type' same "$(field content-type)" application/x-ndjson
expect 'NDJSON: a file to be saved' same "$(field content-disposition)" 'attachment; filename="audit-log.ndjson"'
expect 'NDJSON: what every answer carries' same "$(field cache-control) $(field x-content-type-options)" 'no-store nosniff'
expect 'NDJSON: a request id' test -n "$(field x-request-id)"
jq -r 'select(.id).id' "$work/export" >"$work/exported"
expect 'NDJSON: all entries, as in the pages' cmp "$work/exported" "$work/stored"
expect 'NDJSON: the closing line counts them' same "$(tail -n 1 "$work/export")" "{\"complete\":true,\"entries\":$total}"
expect 'NDJSON: one with a reason' same "$(jq -r 'select(.reasoning != null and .sequence == 77).reasoning' "$work/export")" \
    '=1+1, "quoted"'
expect 'an export as CSV' export_log format=csv
read_answer
expect 'CSV: its type' same "$(field content-type)" 'text/csv; charset=utf-8'
expect 'CSV: all entries, a header and a closing line' same "$(wc -l <"$work/export")" $((total + 2))
cut -d , -f 1 "$work/export" | sed '1d;$d' >"$work/exported"
expect 'CSV: as in the pages' cmp "$work/exported" "$work/stored"
expect 'CSV: the closing line counts them' same "$(tail -n 1 "$work/export")" "complete,$total,,,,,,,,,,,"$'\r'
expect 'CSV: quotes are doubled, and nothing is a formula' grep -q ",\"'=1+1, \"\"quoted\"\"\"," "$work/export"
expect 'an export of what a filter lets through' export_log 'format=ndjson&outcome=denied'
expect 'it is that and no more' same "$(jq -r 'select(.id).outcome' "$work/export" | uniq -c | tr -s ' ')" \
    " $(sql "SELECT count(*) FROM grantd.audit_log WHERE tenant_id = '$tenant' AND outcome = 'denied'") denied"
expect 'an export of nothing' export_log 'format=ndjson&actor_id=nobody'
expect 'says that it is whole' same "$(cat "$work/export")" '{"complete":true,"entries":0}'
keyed HEAD '/v1/audit-log?format=csv'
expect_ok 'HEAD of an export' 200
keyed GET '/v1/audit-log?format=csv' --header 'Origin: https://console.example.com' --output /dev/null
expect 'an export to a page in a browser' same "$(field access-control-allow-origin)" https://console.example.com

# A client that reads a part and then waits, until something is written to "go".
slow_key=$(make_key "$tenant" slow)
mkfifo "$work/go"
read_part()
{
	rm -f "$work/began" "$work/part.status"
	{
		curl --silent --no-buffer --max-time 60 --header "X-API-Key: $slow_key" --header "X-Tenant-ID: $tenant" \
		    "$root/v1/audit-log?format=ndjson" 2>/dev/null &
		echo $! >"$work/part.pid"
		wait $!
		echo $? >"$work/part.status"
	} | {
		head -c 50000 >"$work/part"
		: >"$work/began"
		read -r _ <"$work/go"
		cat >>"$work/part"
	} &
	reader=$!
}
streaming()
{
	test -e "$work/began"
}
no_session_works()
{
	[ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'grantd_worker' AND state <> 'idle'")" = 0 ]
}

# The key is revoked while the client waits: it gets no more than what was on its way, and can see that this is not all.
read_part
expect 'a slow client gets the beginning' until_true 20 streaming
expect 'meanwhile no session has a transaction open' until_true 5 no_session_works
sql "UPDATE grantd.api_keys SET revoked_at = statement_timestamp() WHERE name = 'slow'"
echo >"$work/go"
wait "$reader"
expect 'its key is revoked: the export ends' until_true 20 log_says 'export ended early: the key is not valid any more'
expect 'the client has no closing line' same "$(tail -n 1 "$work/part" | grep -c '"complete":true')" 0
# mod_fcgid and nginx end an answer that was cut as if it were whole: there the closing line alone tells.
case $form in
apache-fcgid | shared-hosting | nginx) ;;
*)	expect 'and an error of its own' test "$(cat "$work/part.status")" -ne 0 ;;
esac

# The client leaves.
slow_key=$key
read_part
expect 'a client gets the beginning, and leaves' until_true 20 streaming
kill "$(cat "$work/part.pid")"
echo >"$work/go"
wait "$reader"
expect 'its worker notices' until_true 25 log_says 'export ended early: the client left'
expect 'no session is left at work' until_true 10 no_session_works
rm "$work/go"
keyed GET "/v1/audit-log/$newest"
expect_ok 'and others are served' 200 .id
