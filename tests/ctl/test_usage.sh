# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# Wrong usage ends with status 2, says what is wrong and how it is right; a key on the command line is refused.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

t=11111111-1111-4111-8111-111111111111

refuses 2 'usage: grantctl COMMAND'
refuses 2 'no such command: frobnicate' frobnicate
refuses 2 'no such command: key frobnicate.usage: grantctl key create' key frobnicate
refuses 2 'no such command: key.usage: grantctl key create' key
refuses 2 'no such command: \?' $'\033[2J'
refuses 2 'tenant create: --name is missing.usage: grantctl tenant create --name TEXT' tenant create
refuses 2 'there is no option --colour' tenant list --colour red
refuses 2 'there is no option --.usage' tenant list $'--\033[2J'
refuses 2 'options begin with two hyphens' tenant list -x
refuses 2 '--name needs a value: TEXT' tenant create --name
refuses 2 '--name is given twice' tenant create --name a --name b
refuses 2 '--json takes no value' tenant list --json=yes
refuses 2 'could be --expires-in or --expires-at' key create --tenant $t --name n --role r --expires 1d
refuses 2 'it takes options alone' tenant list $t
refuses 2 'TENANT is missing' tenant show
refuses 2 'it takes one TENANT' tenant show $t $t
refuses 2 'TENANT must be a UUID' tenant show 12
refuses 2 'TENANT must be a UUID' tenant show -- --json
refuses 2 '--id must be a UUID' tenant create --name a --id 11111111111141118111111111111111
refuses 2 '--tenant must be a UUID' key list --tenant x
refuses 2 '--name must be one line of 1 to 200 bytes' tenant create --name ''
refuses 2 '--name must be one line' tenant create --name $'two\nlines'
refuses 2 '--name must be one line' tenant create --name $'\xff'
refuses 2 '--name must be one line' tenant create --name "$(printf '%0201d' 0)"
refuses 2 '--limit must be a number from 1' tenant list --limit 0
refuses 2 '--limit must be a number from 1' tenant list --limit 10x
refuses 2 '--status must be active, expired or revoked' key list --tenant $t --status lost
refuses 2 '--role must be a lower-case letter' key create --tenant $t --name n --role Admin
refuses 2 '--role must be a lower-case letter' key create --tenant $t --name n --role 'a b'
refuses 2 '--role must be a lower-case letter' key create --tenant $t --name n --role ''
mapfile -t many < <(printf -- '--role\nr%d\n' {1..33})
refuses 2 'at most 32 roles' key create --tenant $t --name n "${many[@]}"
refuses 2 'exclude each other' key create --tenant $t --name n --role r --expires-in 1d --expires-at 2099-01-01T00:00:00Z
refuses 2 '--expires-in must be a number and a unit' key create --tenant $t --name n --role r --expires-in 90
refuses 2 '--expires-in must be a number and a unit' key create --tenant $t --name n --role r --expires-in 1y
refuses 2 '--expires-in must be a number and a unit' key create --tenant $t --name n --role r --expires-in 101000000d
refuses 2 '--expires-at must be a time as' key create --tenant $t --name n --role r --expires-at tomorrow
refuses 2 '--reason must be one line of 1 to 512 bytes' tenant create --name a --reason ''
refuses 2 '--reason must be one line of 1 to 512 bytes' tenant create --name a --reason "$(printf '%0513d' 0)"

# Form and check sum do not matter: whatever looks like a key is not for the command line.
key=grd_AAAAAAAA_0000000000000000000000000000000000000000000000000
refuses 2 'looks like an API key.*rotate it' key check $key
refuses 2 'looks like an API key' tenant create --name=$key
refuses 2 'looks like an API key' help $key
ctl key check $key
is 'the key is not repeated' "$(grep -c grd_AAAAAAAA <<<"$err")" 0

does 'help' help
like 'help names the commands' "$out" 'audit verify +Recompute'
does '--help' --help
does 'help of one command' help key create
like 'help shows usage and options' "$out" '^usage: grantctl key create .*--expires-in TIME'
does 'the same as an option' key create --help
like 'which needs nothing else' "$out" '^usage: grantctl key create'
refuses 2 'no such command' help key frobnicate
does 'version' --version
like 'version has a number' "$out" '^grantctl [0-9]+\.[0-9]+\.[0-9]+$'

# The manual knows every command and every option.
manual=$(sed 's/^\.It Xo //; s/^\.It //; s/\\&//g' "$(dirname "$0")/../../docs/grantctl.1")
ctl help
commands=$(sed -n 's/^  \([a-z]* *[a-z]*\)  .*/\1/p' <<<"$out" | sed 's/ *$//')
is 'help lists commands' "$(grep -c . <<<"$commands" | awk '{ print ($1 >= 14) }')" 1
missing=
while read -r command; do
	grep -q "^Cm $command\b" <<<"$manual" || missing="$missing [$command]"
	ctl help $command
	while read -r option; do
		grep -q -- "Fl -$option\b" <<<"$manual" || missing="$missing [$command --$option]"
	done < <(sed -n 's/^  --\([a-z-]*\).*/\1/p' <<<"$out")
done <<<"$commands"
is 'none is missing in the manual' "$missing" ''
if command -v mandoc >/dev/null; then
	is 'the manual has no fault' "$(mandoc -Tlint -Wwarning "$(dirname "$0")/../../docs/grantctl.1")" ''
else
	skip 'the manual has no fault' 'mandoc is not installed'
fi

# Options may be shortened, and come in both forms.
does 'a short form' tenant create --na=Short
does 'the list' tenant list
like 'shows it' "$out" 'Short'

# What is not there.
PGHOST=$PWD/none refuses 1 'unavailable: connection to server .*grantctl doctor says more' tenant list
PGDATABASE=postgres refuses 1 'the database postgres has no schema for grantd' tenant list
GRANTD_WORKERS=many refuses 1 'GRANTD_WORKERS must be a whole number' tenant list
GRANTD_DATABASE='password=secret host' refuses 1 'GRANTD_DATABASE is not a connection string' tenant list
ctl tenant list >/dev/null
"$GRANTCTL" tenant list >/dev/full 2>err
is 'output that cannot be written is a failure' $? 1
like 'which is said' "$(<err)" 'standard output: No space left'

done_testing
