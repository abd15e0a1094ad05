# shellcheck shell=bash disable=SC2154 # variables of run and lib.sh
# SPDX-License-Identifier: MIT
#
# docs/policies.md: every policy in it is checked, put beside the baseline, and asked its cases; and a file with all of
# it goes into the database and comes back the same.

mkdir "$work/docs"
# The blocks of a section, as N.cedar and N.jsonl; the baseline as baseline.cedar.
awk -v dir="$work/docs" '
	/^## / { among = /policies$/ }
	among && /^### / { n++; print substr($0, 5) >(dir "/" n ".name") }
	/^```cedar baseline$/ { to = dir "/baseline.cedar"; next }
	/^```cedar$/ { to = dir "/" n ".cedar"; next }
	/^```json$/ { to = dir "/" n ".jsonl"; next }
	/^```$/ { to = ""; next }
	to != "" { print >to }' "$top/docs/policies.md"

is 'the page has thirteen policies' "$(find "$work/docs" -name '*.jsonl' | wc -l)" 13
ok 'the baseline is well formed' "$build/grantctl" policy check "$work/docs/baseline.cedar"
ok 'and is what a new tenant has' test "$("$build/grantctl" policy show --tenant "$tenant")" = "$(
    "$build/grantctl" policy apply --tenant "$tenant" "$work/docs/baseline.cedar" >"$work/said" &&
    grep -qx 'nothing to change' "$work/said" && "$build/grantctl" policy show --tenant "$tenant")"
for n in {1..13}; do
	name=$(<"$work/docs/$n.name")
	ok "$name: it is well formed" "$build/grantctl" policy check "$work/docs/$n.cedar"
	cat "$work/docs/baseline.cedar" "$work/docs/$n.cedar" >"$work/docs/both$n.cedar"
	ok "$name: its cases hold" "$build/grantctl" policy test --policies "$work/docs/both$n.cedar" "$work/docs/$n.jsonl"
	not_ok "$name: and not without it" "$build/grantctl" policy test --policies "$work/docs/baseline.cedar" \
	    "$work/docs/$n.jsonl"
	ok "$name: it can be applied" "$build/grantctl" policy apply --force --tenant "$tenant" "$work/docs/both$n.cedar"
	ok "$name: and decides the same from the database" "$build/grantctl" policy test --tenant "$tenant" "$work/docs/$n.jsonl"
	"$build/grantctl" policy show --tenant "$tenant" >"$work/docs/shown.cedar"
	is "$name: what is shown is what was applied" \
	    "$("$build/grantctl" policy apply --force --tenant "$tenant" "$work/docs/shown.cedar")" 'nothing to change'
done
