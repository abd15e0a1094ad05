# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# TAP for shell tests. Source it, then:
#
#   plan N                    the number of tests that will run, or done_testing at the end
#   ok WHAT COMMAND...        passes when the command succeeds; its output becomes diagnostics
#   not_ok WHAT COMMAND...    passes when the command fails
#   is WHAT GOT WANTED        passes when the two strings are equal
#   like WHAT GOT REGEX       passes when GOT matches the extended regular expression
#   pass WHAT, fail WHAT
#   skip WHAT REASON          counts one test as skipped
#   skip_all REASON           ends the program: nothing here can be tested
#   bail REASON               ends the program and the run: further tests make no sense
#   diag TEXT...              lines for people
#   done_testing              prints the plan where there was none; the last command of a
#                             test, whose status is 1 if anything failed

tap_run=0
tap_failed=0
tap_plan=

plan()
{
	tap_plan=$1
	echo "1..$1"
}

# Standard output, so that it stays beside the test it speaks of.
diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# A "#" in a description would be read as a directive.
pass()
{
	tap_run=$((tap_run + 1))
	printf 'ok %d - %s\n' "$tap_run" "${1//#/\\#}"
}

fail()
{
	tap_run=$((tap_run + 1))
	tap_failed=$((tap_failed + 1))
	printf 'not ok %d - %s\n' "$tap_run" "${1//#/\\#}"
	return 1
}

ok()
{
	local what=$1 output status

	shift
	output=$("$@" 2>&1)
	status=$?
	if [ "$status" -eq 0 ]; then
		pass "$what"
		return
	fi
	fail "$what"
	diag "status $status from: $*"
	[ -z "$output" ] || diag "$output"
	return 1
}

not_ok()
{
	local what=$1 output

	shift
	if ! output=$("$@" 2>&1); then
		pass "$what"
		return
	fi
	fail "$what"
	diag "this succeeded: $*"
	[ -z "$output" ] || diag "$output"
	return 1
}

is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
		return
	fi
	fail "$1"
	diag "     got: $2"
	diag "expected: $3"
	return 1
}

like()
{
	if [[ $2 =~ $3 ]]; then
		pass "$1"
		return
	fi
	fail "$1"
	diag "     got: $2"
	diag "no match: $3"
	return 1
}

skip()
{
	tap_run=$((tap_run + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_run" "${1//#/\\#}" "$2"
}

skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

bail()
{
	echo "Bail out! $*"
	exit 255
}

done_testing()
{
	[ -n "$tap_plan" ] || plan "$tap_run"
	if [ "$tap_run" -ne "$tap_plan" ]; then
		diag "planned $tap_plan tests, ran $tap_run"
		return 1
	fi
	[ "$tap_failed" -eq 0 ]
}
