# shellcheck shell=bash disable=SC2034,SC2154 # for those who source it, and from lib.sh
# SPDX-License-Identifier: MIT
#
# A database for fault tests: source it after lib.sh. A cluster with the schema in $work/pg, the role grantd_worker, a tenant with a key and
# a grant.
#
#   sql STATEMENT             as the superuser, on $socket's database
#   call METHOD PATH [BODY]   a request with the key: the whole answer, without carriage returns
#   status METHOD PATH [BODY] its status alone

database_starts

tenant=2489e9ad-2ee2-8e00-8ec9-32d5f69181c0
grant=0192f0c1-2b3a-7000-8000-00000000000a
key=grd_Ab3dEf7h_00000000000000000000000000000000000000000003xAJ4f

sql()
{
	psql -XqAt -v ON_ERROR_STOP=1 -c "$1"
}

# With the baseline of policies, which lets an admin do everything.
"$build/grantctl" tenant create --id "$tenant" --name faults >"$work/tenant.log" 2>&1 ||
	bail "$(tail -n 5 "$work/tenant.log")"
psql -Xq -v ON_ERROR_STOP=1 -v key="$key" -v tenant="$tenant" -v grant="$grant" <<'SQL' || bail "no test data"
CREATE ROLE grantd_worker LOGIN IN ROLE grantd_app;
INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash)
	VALUES (:'tenant', gen_random_uuid(), 'Ab3dEf7h', 'faults', '{admin}', sha256(:'key'::bytea));
INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action, expires_at)
	VALUES (:'tenant', :'grant', 'somebody', 'aws_account', '123456789012', 'read', '2999-12-31 23:59:59.5+00');
SQL

call()
{
	local words=(request "$1" "${2%%\?*}" param "HTTP_X_API_KEY=$key" param "HTTP_X_TENANT_ID=$tenant")

	[ "${2#*\?}" = "$2" ] || words+=(param "QUERY_STRING=${2#*\?}")
	if [ $# -gt 2 ]; then
		fcgi "${words[@]}" param CONTENT_TYPE=application/json param "CONTENT_LENGTH=$(wc -c <<<"$3")" \
			begin 1 0 params stdin "$3"$'\n' end read 2>&1 | tr -d '\r'
	else
		fcgi "${words[@]}" begin 1 0 params end read 2>&1 | tr -d '\r'
	fi
}

# grantd says nothing of a 200.
status()
{
	local said

	said=$(call "$@" | sed -n '1s/^Status: \([0-9]*\).*/\1/p')
	echo "${said:-200}"
}
