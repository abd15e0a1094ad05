# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What needs no key, and the published example.

request GET /healthz
expect_ok 'healthz' 200 '.status == "ok"'
request HEAD /healthz
expect_ok 'HEAD of healthz' 200
request GET /readyz
expect_ok 'readyz' 200 '.status == "ready"'

# The published command, word for word but for the host and the key.
published=$(cat <<'EOF'
curl --request PATCH \
  --url https://example.com/v1/grants/2489E9AD-2EE2-8E00-8EC9-32D5F69181C0 \
  --header 'Content-Type: application/json' \
  --header 'X-API-Key: <X-API-Key>' \
  --header 'X-Tenant-ID: 2489E9AD-2EE2-8E00-8EC9-32D5F69181C0' \
  --data '{ "audit_enabled": true }'
EOF
)
published=${published/https:\/\/example.com/$root}
published=${published/<X-API-Key>/$key}
# What it needs more than that is in a file that curl reads by itself.
printf '%s\n' silent 'max-time = 30' "dump-header = $work/head" "output = $work/body" \
    'write-out = %{http_code}' >"$work/.curlrc"
run_published()
{
	status=$(export CURL_HOME="$work" && eval "$published") || status="$status (curl: $?)"
	read_answer
}

entries_before=$(sql 'SELECT count(*) FROM grantd.audit_log')
run_published
expect_ok 'the published command answers 200 with the grant' 200 '.audit_enabled == true and .version == 2
	and .id == "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0"'
etag=$(field etag)
expect 'which appended one entry' same "$(entries)" 1
keyed GET "/v1/grants/$grant"
expect_ok 'GET shows it' 200 '.audit_enabled == true and .version == 2'
expect 'with the ETag of the PATCH' same "$(field etag)" "$etag"
run_published
expect_ok 'the published command again' 200 '.audit_enabled == true and .version == 2'
expect 'appended none' same "$(entries)" 1
expect 'and left the ETag' same "$(field etag)" "$etag"

# The representation, in full.
keyed GET "/v1/grants/$grant"
time='test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{6}Z$")'
expect_ok 'the representation of a grant' 200 "keys == [\"action\", \"audit_enabled\", \"created_at\", \"expires_at\",
	\"granted_at\", \"grantee_id\", \"id\", \"metadata\", \"request_id\", \"resource\", \"revoked_at\", \"status\",
	\"updated_at\", \"version\"] and .action == \"administer\" and .grantee_id == \"alice@example.com\"
	and .resource == {\"type\": \"aws_account\", \"id\": \"123456789012\"} and .status == \"active\"
	and .request_id == null and .revoked_at == null and .metadata == {} and (.created_at | $time)
	and (.expires_at | $time) and (.granted_at | $time) and (.updated_at | $time)"

# What the log says of it.
patch '{"audit_enabled":false}' --header 'X-Request-Id: smoke.audit-1' --header 'User-Agent: smoke/1' \
    --header 'X-Audit-Reason: ticket 42 – naïve'
expect_ok 'switching off' 200 '.audit_enabled == false and .version == 3'
expect 'the entry holds who, what, from where, which request and why' same "$(sql "
    SELECT actor_type, action, outcome, reasoning, sequence, record->'before'->>'audit_enabled',
	record->'after'->>'audit_enabled', record->>'request_id', record->>'source_ip', record->>'user_agent'
    FROM grantd.audit_log WHERE resource_id = '$grant' ORDER BY sequence DESC LIMIT 1")" \
    'api_key|UpdateGrant|done|ticket 42 – naïve|3|true|false|smoke.audit-1|'"${client_address:-127.0.0.1}|smoke/1"
