# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# Random policies and questions, answered by EvaluatePolicies as the official engine answers them. GRANTD_NPM is where
# that engine is installed, as tests/cedar/differential does; POLICY_DECISIONS how many are asked.

if [ -d "$modules/@cedar-policy/cedar-wasm" ]; then
	asker=$(sql "SELECT id FROM grantd.api_keys WHERE name = 'admin'")
	if GRANTD_API_KEY=$key "$here/differential" --url "$root" --tenant "$tenant" --grantctl "$build/grantctl" \
	    --modules "$modules" --asker "$asker" --decisions "${POLICY_DECISIONS:-500}" >"$work/differences" 2>&1; then
		pass "no difference in $(tail -n 1 "$work/differences")"
	else
		fail 'the official engine decides the same' || diag "$(head -c 8000 "$work/differences")"
	fi
else
	skip 'the official engine decides the same' "it is not installed in $modules"
fi
