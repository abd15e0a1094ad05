/* SPDX-License-Identifier: MIT */
/*
 * grantctl completion: scripts with which shells ask grantctl itself what may stand at the end of a line
 * (ctl/engine/complete.h), so that they know what this program knows.
 */
#include "config.h"

#include <stdio.h>

#include "ctl/commands.h"

static enum status completion(struct ctl *);

enum shell { SHELL_BASH, SHELL_ZSH };
static const char *const shells[] = { [SHELL_BASH] = "bash", [SHELL_ZSH] = "zsh", NULL };
static const struct option options[] = { OPTIONS_END };

const struct command cmd_completion = {
	.name = "completion",
	.summary = "Print a script with which a shell completes commands and options",
	.help = "Load it with: source <(grantctl completion bash)",
	.options = options,
	.operand = { .value = "SHELL", .type = VALUE_WORD, .words = shells, .help = "the shell" },
	.needs = NEEDS_NOTHING,
	.run = completion,
};

/* For bash 4 and later, to which --option=value is three words. */
static const char bash[] =
    "# bash completion for grantctl, printed by: grantctl completion bash\n"
    "_grantctl()\n"
    "{\n"
    "	local typed=${COMP_WORDS[COMP_CWORD]} word help\n"
    "	local -a words=()\n"
    "\n"
    "	for word in \"${COMP_WORDS[@]:1:COMP_CWORD - 1}\"; do\n"
    "		[[ $word == = ]] || words+=(\"$word\")\n"
    "	done\n"
    "	[[ $typed != = ]] || typed=''\n"
    "	COMPREPLY=()\n"
    "	while IFS=$'\\t' read -r word help; do\n"
    "		if [[ $word == :files ]]; then\n"
    "			compopt -o filenames 2>/dev/null\n"
    "			mapfile -t COMPREPLY < <(compgen -f -- \"$typed\")\n"
    "		else\n"
    "			COMPREPLY+=(\"$word\")\n"
    "		fi\n"
    "	done < <(command \"${COMP_WORDS[0]}\" __complete \"${words[@]}\" \"$typed\" 2>/dev/null)\n"
    "}\n"
    "complete -F _grantctl grantctl\n";

/* zsh reads the file as the function's body when it is first called, or somebody sources it. */
static const char zsh[] =
    "#compdef grantctl\n"
    "# zsh completion for grantctl, printed by: grantctl completion zsh\n"
    "_grantctl()\n"
    "{\n"
    "	local line\n"
    "	local -a list\n"
    "\n"
    "	for line in \"${(@f)$(command \"$words[1]\" __complete \"${(@)words[2,CURRENT-1]}\" \"$PREFIX\" 2>/dev/null)}\"; do\n"
    "		if [[ $line == :files ]]; then\n"
    "			compset -P '--*='\n"
    "			_files\n"
    "			return\n"
    "		fi\n"
    "		[[ -z $line ]] || list+=(\"${${line//:/\\\\:}/$'\\t'/:}\")\n"
    "	done\n"
    "	_describe grantctl list\n"
    "}\n"
    "if [[ $funcstack[1] == _grantctl ]]; then\n"
    "	_grantctl \"$@\"\n"
    "else\n"
    "	compdef _grantctl grantctl\n"
    "fi\n";

static enum status
completion(struct ctl *c)
{
	(void)fputs(c->args.operand.number == SHELL_BASH ? bash : zsh, stdout);
	return STATUS_DONE;
}
