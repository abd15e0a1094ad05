# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# Tables on terminals that are too narrow for them.

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

done_testing
