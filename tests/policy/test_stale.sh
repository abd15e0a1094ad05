# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# A change of policies holds from the next request on, in every worker: the switch of a policy that forbids everything but
# its own mending is turned over and over, and after each turn a read and a write are asked, whichever worker
# takes them. POLICY_CHANGES says how often.

changes=${POLICY_CHANGES:-1000}
make_policy stop '{"name":"stop","priority":9,"enabled":false}'
make_rule 'forbid (principal, action in [Action::"GetGrant", Action::"UpdateGrant"], resource);'

# next METHOD PATH BODY: one more request of a file for curl.
next()
{
	[ -z "${more-}" ] || echo next
	more=yes
	printf 'url = "%s%s"\nrequest = %s\noutput = /dev/null\nwrite-out = "%%{http_code}\\n"\nsilent\n' "$root" "$2" "$1"
	printf 'header = "X-API-Key: %s"\nheader = "X-Tenant-ID: %s"\n' "$key" "$tenant"
	[ -z "$3" ] || printf 'header = "Content-Type: application/json"\ndata = "%s"\n' "${3//\"/\\\"}"
}

turns()
{
	local i

	for ((i = 1; i <= changes; i++)); do
		if ((i % 2)); then
			next PATCH "/v1/policies/$policy" '{"enabled":true}'
		else
			next PATCH "/v1/policies/$policy" '{"enabled":false}'
		fi
		next GET "/v1/grants/$grant" ''
		if ((i % 4 < 2)); then
			next PATCH "/v1/grants/$grant" '{"audit_enabled":true}'
		else
			next PATCH "/v1/grants/$grant" '{"audit_enabled":false}'
		fi
	done
}

others()
{
	local i more=

	for ((i = 0; i < 500; i++)); do
		next GET "/v1/policies/$policy" ''
	done
}

expected()
{
	local i

	for ((i = 1; i <= changes; i++)); do
		((i % 2)) && printf '200\n403\n403\n' || printf '200\n200\n200\n'
	done
}

turns >"$work/turns"
others >"$work/others"
expected >"$work/expected"
# Others come between, so that the requests are spread over the workers.
: >"$web_logs/grantd.log"
pids=
for _ in 1 2 3 4; do
	(while [ ! -e "$work/turned" ]; do curl --config "$work/others" >/dev/null 2>&1; done) &
	pids+=" $!"
done
curl --config "$work/turns" >"$work/got" 2>"$work/curl"
touch "$work/turned"
# shellcheck disable=SC2086 # a list of numbers
wait $pids
is "none of $changes changes was followed by an old decision" \
    "$(diff <(cat -n "$work/expected") <(cat -n "$work/got") | grep -c '^[<>]')" 0 ||
	diag "$(diff <(cat -n "$work/expected") <(cat -n "$work/got") | head -n 20; cat "$work/curl")"
is 'and each was made' "$(sql "SELECT version FROM grantd.policies WHERE id = '$policy'")" $((changes + 1))
workers=$(grep -oE ' operation=GetGrant .* 403 |info [0-9]+ .*operation=GetGrant' "$web_logs/grantd.log" |
    grep -oE 'info [0-9]+' | sort -u | wc -l)
ok "several workers answered ($workers)" test "$workers" -ge 4
