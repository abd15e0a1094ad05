# shellcheck shell=bash disable=SC2086,SC2154 # ids and numbers hold no blanks; what ctl fills is lib.sh's
# SPDX-License-Identifier: MIT
# What shells make of the scripts that grantctl prints for them.

# shellcheck source=tests/ctl/lib.sh
. "$(dirname "$0")/lib.sh"

# The scripts run the program that is named on the line.
PATH=$(dirname "$GRANTCTL"):$PATH

refuses 2 'SHELL must be bash or zsh.usage: grantctl completion SHELL' completion fish
refuses 2 'SHELL is missing' completion
does 'the script for bash' completion bash
printf '%s\n' "$out" >script.bash
does 'the script for zsh' completion zsh
printf '%s\n' "$out" >script.zsh

# completes LINE: what bash offers at its end, on one line, in its own order. Bash has made words of it at '=', too.
completes()
{
	local line=${1//=/ = }

	read -ra COMP_WORDS <<<"$line"
	[[ $line != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_grantctl
	tr ' ' '\n' <<<"${COMPREPLY[*]}" | sort | paste -sd' '
}

ok 'bash takes it in' source ./script.bash
source ./script.bash
is 'it is for grantctl' "$(complete -p grantctl)" 'complete -F _grantctl grantctl'
is 'a noun' "$(completes 'grantctl ten')" tenant
is 'a noun of several' "$(completes 'grantctl do')" doctor
is 'a verb' "$(completes 'grantctl key cr')" create
is 'all verbs' "$(completes 'grantctl tenant ')" 'create delete disable enable list move rename set show'
is 'the first of two verbs' "$(completes 'grantctl grant au')" audit
is 'the second one' "$(completes 'grantctl grant audit o')" 'off on'
is 'an option' "$(completes 'grantctl key create --na')" --name
is 'an option of one word' "$(completes 'grantctl doctor --')" '--help --json'
is 'a value of few words' "$(completes 'grantctl key list --status ')" 'active expired revoked'
is 'the same behind =' "$(completes 'grantctl key list --status=re')" revoked
is 'a shortened option' "$(completes 'grantctl key list --sta=re')" revoked
is 'with nothing behind =' "$(completes 'grantctl key list --status=')" 'active expired revoked'
is 'another command'\''s option of that name' "$(completes 'grantctl audit list --outcome ')" 'denied done'
is 'an option is offered once' "$(completes 'grantctl doctor --json --')" '--help'
is 'unless it may be repeated' "$(completes 'grantctl key create --role a --ro')" '--role'
is 'no option behind --' "$(completes 'grantctl doctor -- --')" ''
is 'a value that may be any text' "$(completes 'grantctl key create --name ')" ''
is 'a word that is no option' "$(completes 'grantctl completion z')" zsh
is 'an unknown command' "$(completes 'grantctl frobnicate now --')" ''
is 'help' "$(completes 'grantctl he')" help
is 'a noun behind help' "$(completes 'grantctl help ten')" tenant
is 'a verb behind help' "$(completes 'grantctl help grant sh')" show
is 'nothing more behind help' "$(completes 'grantctl help grant show --')" ''
: >'some.cedar'
is 'a file' "$(completes 'grantctl policy check some')" some.cedar
is 'a file as an option'\''s value' "$(completes 'grantctl policy test --policies som')" some.cedar
is 'an option where a file may be' "$(completes 'grantctl policy check --h')" --help

# Every command and every option is offered, and no other.
missing=
ctl help
while read -ra words; do
	before=grantctl
	for word in "${words[@]}"; do
		[[ " $(completes "$before ") " == *" $word "* ]] || missing="$missing [$before $word]"
		before="$before $word"
	done
	ctl help "${words[@]}"
	options=$({ sed -n 's/^  \(--[a-z-]*\).*/\1/p' <<<"$out"; echo --help; } | sort | paste -sd' ')
	[ "$(completes "$before --")" = "$options" ] || missing="$missing [$before --]"
done < <(sed -n 's/^  \([a-z ]*[a-z]\)  .*/\1/p' <<<"$out")
is 'every command and option is offered' "$missing" ''

# Every value that is offered is taken and is in the command's help and in the manual; another one is not taken. (A value is
# looked at before it is seen what else is missing.)
wrong='' seen=0
ctl help
while read -r words; do
	ctl help $words
	help=$out
	for option in $(sed -n 's/^  \(--[a-z-]*\) [A-Z].*/\1/p' <<<"$help") ''; do
		values=$(completes "grantctl $words ${option:+$option }")
		[[ -n $values && $values != *[!A-Za-z0-9_\ ]* ]] || continue
		for value in $values; do
			seen=$((seen + 1))
			ctl $words $option $value --no-such-option
			[[ $err == *'there is no option'* ]] || wrong="$wrong [$words $option $value: $err]"
			grep -qw -- "$value" <<<"$help" || wrong="$wrong [help $words: $value]"
			grep -qw -- "$value" "$(dirname "$0")/../../docs/grantctl.1" || wrong="$wrong [manual: $value]"
		done
		ctl $words $option frobnicate
		[[ $err == *"must be "* ]] || wrong="$wrong [$words $option takes anything]"
	done
done < <(sed -n 's/^  \([a-z ]*[a-z]\)  .*/\1/p' <<<"$out")
is 'the values that are offered are taken, and no other' "$wrong" ''
is 'there are such values' "$((seen >= 25))" 1
is 'the types of resources are offered' "$(completes 'grantctl grant create --resource-type aws_r')" aws_rds_instance

# zsh itself completes a line that is typed, and runs it: here, a function that says what it was given.
cat >type.zsh <<'EOT'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PS1= PS2= RPS1=; unset zle_bracketed_paste; setopt no_beep'
zpty -w shell 'autoload -Uz compinit && compinit -D -u && source ./script.zsh'
zpty -w shell 'grantctl() { print -r "[ran] $*" }; print "[re""ady]"'
zpty -r shell said '*\[ready\]*'
zpty -w -n shell "$1"$'\t\n'
zpty -r shell said '*\[ran\] *'$'\n'
zpty -d shell
print -r -- "$said"
EOT
in_zsh()
{
	timeout 60 zsh -f type.zsh "$1" 2>&1 | tr -d '\r' | sed -n 's/ *$//; s/.*\[ran\] *//p'
}

if ! command -v zsh >/dev/null; then
	skip 'zsh completes' 'zsh is not installed'
else
	ok 'zsh reads it' zsh -f -n script.zsh
	is 'zsh completes a noun' "$(in_zsh 'grantctl ten')" 'tenant'
	is 'zsh completes a verb' "$(in_zsh 'grantctl key cr')" 'key create'
	is 'zsh completes an option' "$(in_zsh 'grantctl grant create --resource-t')" 'grant create --resource-type'
	is 'zsh completes a value' "$(in_zsh 'grantctl key list --status=re')" 'key list --status=revoked'
	is 'zsh completes an operand' "$(in_zsh 'grantctl completion b')" 'completion bash'
	is 'zsh completes a file' "$(in_zsh 'grantctl policy check som')" 'policy check some.cedar'
	is 'zsh completes a file behind =' "$(in_zsh 'grantctl policy test --policies=som')" 'policy test --policies=some.cedar'
	is 'zsh completes behind help' "$(in_zsh 'grantctl help audit ver')" 'help audit verify'
fi

done_testing
