# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# On terminals: tables that they are too narrow for, and texts that they are not to obey.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

if ! command -v script >/dev/null; then
	skip_all 'script is not installed'
fi

ctl tenant create --name A
t=$out
ctl grant create --tenant $t --resource-type aws_account --resource-id 123456789012 --grantee-id "alice-with-a-long-name@exämple.com" \
	--action administer-everything --expires-in 8h
g=$out

# on COLUMNS ARGUMENT...: what grantctl prints on a terminal of so many.
on()
{
	local columns=$1

	shift
	script -qec "stty cols $columns rows 24; '$GRANTCTL' $*" /dev/null </dev/null | tr -d '\r'
}

# In characters.
longest()
{
	LC_ALL=C.UTF-8 wc -L
}

ctl grant list --tenant $t
is 'into a file a row is a line' "$(wc -l <out)" 2
ok 'of any length' test "$(longest <out)" -gt 150
on 250 grant list --tenant $t >wide
is 'and on a wide terminal' "$(<wide)" "$out"
on 130 grant list --tenant $t >narrow
ok 'on a narrow one no line is longer than it' test "$(longest <narrow)" -le 130
ok 'text goes on below' test "$(wc -l <narrow)" -gt 2
is 'ids and times are whole' "$(grep -c "^$g .*T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z" narrow)" 1
is 'and nothing is lost' "$(tr -d ' \n' <narrow | grep -o . | sort | tr -d '\n')" "$(tr -d ' \n' <out | grep -o . | sort | tr -d '\n')"
ctl grant show --tenant $t $g
on 40 grant show --tenant $t $g >narrow
ok 'one grant fits, too' test "$(longest <narrow)" -le 40
is 'with all that it has' "$(tr -d ' \n' <narrow | grep -o . | sort | tr -d '\n')" "$(tr -d ' \n' <out | grep -o . | sort | tr -d '\n')"

# What a tenant wrote into its rules, whether they parse or not.
controls()
{
	LC_ALL=C grep -c $'[\x1b\x7f]\\|\xc2\x9b' "$1"
}
ctl policy show --tenant $t
cp out baseline
sql "UPDATE grantd.policy_rules SET policy_text = E'forbid (principal, action, resource)\\nwhen { \"\\x1b[2J\\u009b31m\\x7f!\" == \"\" };' WHERE ordinal = 1"
ctl policy show --tenant $t
is 'into a file a rule is as it was written' "$(controls out)" 1
on 250 policy show --tenant $t >shown
is 'on a terminal without controls' "$(controls shown) $(grep -c '"?\[2J?31m?!"' shown)" '0 1'
sql "UPDATE grantd.policy_rules SET policy_text = E'garbage \\x1b[2J\\u009b31m\\x7f!' WHERE ordinal = 1"
on 250 policy apply --dry-run --tenant $t baseline >shown
is 'nor where it does not parse' "$(controls shown) $(grep -c 'garbage ?\[2J?31m?!' shown)" '0 1'
sql "UPDATE grantd.grants SET metadata = E'{\"a\": \"\\u009b31m\\x7f\"}'"
on 250 grant show --json --tenant $t $g >shown
is 'nor in JSON, which means the same' "$(controls shown) $(jq '.metadata.a == "\u009b31m\u007f"' shown)" '0 true'

done_testing
