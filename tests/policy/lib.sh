# shellcheck shell=bash disable=SC2034,SC2154 # variables of run, and for the tests
# SPDX-License-Identifier: MIT
#
# What the tests of policies share, beside tests/smoke/lib.sh. Sourced by run.
#
#   fresh_tenant               the tenant anew, with its baseline, a grant, and keys: $key (admin), $operator,
#                              $auditor, $collector
#   as KEY                     requests that follow are made with this key
#   send METHOD PATH BODY ...  a request with a JSON body
#   make_policy NAME [BODY]    a policy; its id in $policy
#   make_rule TEXT [MEMBERS]   a rule in $policy, with further members; its id in $rule
#   evaluate BODY              EvaluatePolicies, which must answer 200
#   place PATH                 such as a Location, without the address
#   policy_version             of the tenant

make_key()
{
	"$build/grantctl" key create --tenant "$tenant" --name "$1" --role "$1" --json | jq -r .raw_key
}

# The one before is emptied as only the superuser can.
fresh_tenant()
{
	sql 'SET session_replication_role = replica; SET client_min_messages = error;
	    TRUNCATE grantd.tenants CASCADE; TRUNCATE grantd.audit_log' &&
	"$build/grantctl" tenant create --id "$tenant" --name Policies >/dev/null &&
	"$build/grantctl" grant create --tenant "$tenant" --id "$grant" --grantee-id alice@example.com \
	    --resource-type aws_account --resource-id 123456789012 --action administer --expires-in 8h >/dev/null &&
	key=$(make_key admin) && operator=$(make_key operator) && auditor=$(make_key auditor) &&
	collector=$(make_key collector) && admin=$key
}

as()
{
	key=$1
}

send()
{
	local method=$1 path=$2 data=$3

	shift 3
	keyed "$method" "$path" --header 'Content-Type: application/json' --data-binary "$data" "$@"
}

place()
{
	field location
}

make_policy()
{
	send POST /v1/policies "${2:-{\"name\":\"$1\"\}}"
	policy=$(member .id)
	[ "$status" = 201 ]
}

make_rule()
{
	send POST "/v1/policies/$policy/rules" "$(jq -cn --arg text "$1" '{policy_text: $text} + ($ARGS.positional[0] // {})' \
	    --jsonargs "${2:-{\}}")"
	rule=$(member .id)
	[ "$status" = 201 ]
}

evaluate()
{
	send POST /v1/policies/evaluate "$1"
}

policy_version()
{
	sql "SELECT policy_version FROM grantd.tenants WHERE id = '$tenant'"
}

# The actions in the log, in the order of their making.
logged()
{
	sql "SELECT string_agg(action || ':' || outcome, ' ' ORDER BY id) FROM grantd.audit_log
	    WHERE resource_type IN ('policy', 'tenant') AND action NOT LIKE '%Tenant'
	    AND actor_type = 'api_key'"
}
