/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_UNKNOWN_H
#define GRANTCTL_ENGINE_UNKNOWN_H

#include "ctl/engine/command.h"

/*
 * Say on standard error that the words of argv, of which there is one at least, are no command's name, or only the beginning of some; which one may
 * be meant, and what there is. STATUS_USAGE.
 */
enum status unknown_command(char *const *argv);

#endif
