# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# Wrong usage ends with status 2, says what is wrong and how it is right; a key on the command line is refused.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

t=11111111-1111-4111-8111-111111111111
top=$(cd "$(dirname "$0")/../.." && pwd)

refuses 2 'usage: grantctl COMMAND'
refuses 2 'no such command: frobnicate' frobnicate
refuses 2 'no such command: key frobnicate.  key create  .*key check  .*grantctl help COMMAND$' key frobnicate
is 'of the other nouns nothing is said' "$(grep -c '^  grant ' <<<"$err")" 0
refuses 2 'several commands begin with: key.  key create ' key
refuses 2 'several commands begin with: grant audit.  grant create ' grant audit --json
refuses 2 'no such command: \?' $'\033[2J'
refuses 2 'no such command: --frobnicate' --frobnicate tenant
refuses 2 'no such command: frobnicate it.Commands begin with tenant, key, .*, status, completion\..All of them: grantctl help$' frobnicate it
# What was meant, and what there is of that noun.
refuses 2 'no such command: grnt list; is grant list meant\?.  grant create  .*  grant revoke ' grnt list
refuses 2 'no such command: grant lst; is grant list meant\?.  grant create ' grant lst
refuses 2 "no such command: tenat shw $t; is tenant show meant\\?" tenat shw $t
refuses 2 'no such command: grant audt off; is grant audit off meant\?' grant audt off --tenant $t
refuses 2 'no such command: grnt; is grant meant\?.  grant create ' grnt
refuses 2 'no such command: doctr; is doctor meant\?' doctr --json
refuses 2 'tenant create: --name is missing.usage: grantctl tenant create --name TEXT' tenant create
refuses 2 'there is no option --colour.usage' tenant list --colour red
refuses 2 'there is no option --tenat; is --tenant meant\?' key list --tenat $t
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
refuses 2 '--status: is active meant\? It must be active, expired or revoked' key list --tenant $t --status activ
refuses 2 '--listen must be a socket' status --listen here
refuses 2 '--listen must be a socket' status --listen ''
refuses 2 '--json and --metrics exclude' status --listen /nowhere --json --metrics
refuses 2 '--prepare and --abort exclude' tenant move --to service=x --prepare --abort $t
refuses 2 '--interval must be 1s at least' audit follow --once --state x --interval 0s
refuses 2 '--role must be a lower-case letter' key create --tenant $t --name n --role Admin
refuses 2 '--role must be a lower-case letter' key create --tenant $t --name n --role 'a b'
refuses 2 '--role must be a lower-case letter' key create --tenant $t --name n --role ''
mapfile -t many < <(printf -- '--role\nr%d\n' {1..33})
# What an entry may be of is named; others need a word more, as another version may have them.
refuses 2 '--action: is UpdateGrant meant\? It must be CreateGrant, .*ArchiveAuditLog; or any other with --allow-unknown' \
	audit list --tenant $t --action UpdatGrant
refuses 2 '--action must be CreateGrant' audit export --action ListGrants
refuses 2 '--action must be' audit list --tenant $t --allow-unknown --action $'two\nlines'
known=0
for operation in $(sed -n 's/^\tX(\([A-Za-z]*\), [a-z_]*, WRITE, .*/\1/p' "$top/base/operations.h") \
    $(grep -ho 'session_entry([a-z>-]*, "[A-Za-z]*"' "$top"/ctl/*.c | cut -d '"' -f 2 | sort -u); do
	known=$((known + 1))
	ctl audit list --action "$operation" --no-such-option
	[[ $err == *'there is no option --no-such-option'* ]] || fail "an entry may be of $operation"
done
is 'whatever makes an entry is known' "$((known >= 20))" 1
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
refuses 2 'no such command: key frobnicate' help key frobnicate
refuses 2 'no such command: grnt; is grant meant\?' help grnt
does 'help of a noun' help key
like 'lists its commands' "$out" '^  key create  .*  key check '
is 'and no others' "$(grep -vc '^  key \|^    ' <<<"$out")" 0
said=$out
does 'the same as an option' key --help
is 'says the same' "$out" "$said"
does 'help of half a name' help grant audit
is 'lists what it may be' "$(cut -c 1-18 <<<"$out" | paste -sd,)" '  grant audit on  ,  grant audit off '
does 'help' help
is 'no line is wider than a terminal' "$(grep -c '.\{81\}' <<<"$out")" 0
does 'version' --version
like 'version has a number' "$out" '^grantctl [0-9]+\.[0-9]+\.[0-9]+$'

# The manual knows every command and every option.
manual=$(sed 's/^\.It Xo //; s/^\.It //; s/\\&//g' "$(dirname "$0")/../../docs/grantctl.1")
ctl help
commands=$(sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' <<<"$out")
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
# Where the manual tells of a command it tells of all its options, but for those that it tells of once; and its line has no others.
strange=
while read -r command; do
	"$GRANTCTL" help $command | sed -n 's/^  --\([a-z-]*\).*/\1/p' | sort -u >takes
	awk -v "name=Cm $command " '/^\.(It|El)/ { on = 0 } /^\.It (Xo )?Cm / && index($0 " ", name) { on = 1 } on' \
		"$top/docs/grantctl.1" >block
	awk '/^\.It/ { long = /^\.It Xo/; print; next } long { print } /^\.Xc/ { long = 0 }' block >line
	[ "$command" != 'audit list' ] || cp block filters
	! grep -q 'Ar filters' block || cat filters >>block
	for file in block line; do
		grep -o -e 'Fl -[a-z-]*' -e ' [|,] -[a-z-]*' $file | sed 's/.* -//' | sort -u >$file.told
	done
	strange=$strange$(grep -vxF -f block.told takes | grep -vx -e json -e reason -e url -e api-key-file -e ca-file | sed "s/.*/ [$command --&: not told]/" | tr -d '\n')
	strange=$strange$(grep -vxF -f takes line.told | sed "s/.*/ [$command --&: not taken]/" | tr -d '\n')
done <<<"$commands"
is 'where it tells of a command it has its options' "$strange" ''

wide=
while read -r command; do
	wide=$wide$("$GRANTCTL" help $command | sed -n "s/^.\{81\}.*/ [$command: &]/p")
done <<<"$commands"
is 'no help is wider than a terminal' "$wide" ''

# Its examples run.
awk '/^\.Sh/ { on = /EXAMPLES/ } /^\.Ed/ { body = 0 } on && body { print >"example" n } on && /^\.Bd/ { n++; body = 1 }' "$top/docs/grantctl.1"
sed -i 's/\\e$/\\/; s|https://grants.example.com|http://127.0.0.1:9|' example?
PATH=$(dirname "$GRANTCTL"):$PATH
mail()
{
	fail 'there is nothing to mail'
}
is 'it has examples' "$(printf '%s ' example?)" 'example1 example2 example3 example4 '
# shellcheck disable=SC1091 # made above
ok 'a tenant, a key and a grant' source ./example2
source ./example2 >grant 2>/dev/null
like 'a grant is printed' "$(<grant)" "$uuid_form"
printf '%s\n' "$KEY" >key
ok 'whose key it is' source ./example3
source ./example4 && pass 'and every night'
ctl_of()
{
	source ./example1 >out 2>err
	status=$?
}
ctl_of
like 'over HTTP nobody is there' "$status $(<err)" '^1 .*grant audit on: .*127\.0\.0\.1'

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
