/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_POLICY_INPUT_H
#define GRANTCTL_POLICY_INPUT_H

#include "ctl/engine/command.h"
#include "policy/file.h"

/* A file's whole text, or standard input's for "-". False, with a message, where it cannot be read or is over 4 MiB. */
MUST_CHECK bool input_text(struct ctl *, const char *path, struct buf *text);

/*
 * Read a file of policies. Rules that name no policy go into one called as the file, without its folder and ending.
 * False, with each fault on standard error, its line shown and its place pointed at. policy_file_clear() in any case.
 */
MUST_CHECK bool input_policies(struct ctl *, const char *path, struct policy_file *);

#endif
