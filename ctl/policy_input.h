/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_POLICY_INPUT_H
#define GRANTCTL_POLICY_INPUT_H

#include "ctl/engine/command.h"
#include "policy/file.h"

/* Read a whole file, or standard input for "-". False, with a message, if it cannot be read or exceeds 4 MiB. */
MUST_CHECK bool input_text(struct ctl *, const char *path, struct buf *text);

/*
 * Read a file of policies. Rules that name no policy go into one named after the file, without folder and extension.
 * False, with each fault on standard error below its line. policy_file_clear() in any case.
 */
MUST_CHECK bool input_policies(struct ctl *, const char *path, struct policy_file *);

/*
 * The same of policies that are to be used: their rules must speak of what there is (policy/vocabulary.h), but for commands
 * with OPTION_ALLOW_UNKNOWN when that is given, which print a warning.
 */
MUST_CHECK bool input_known_policies(struct ctl *, const char *path, struct policy_file *);

#define OPTION_ALLOW_UNKNOWN \
	{ \
		.name = "allow-unknown", \
		.help = "even if a rule speaks of what does not exist, or always fails" \
	}

#endif
