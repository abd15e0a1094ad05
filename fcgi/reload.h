/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_RELOAD_H
#define GRANTD_FCGI_RELOAD_H

#include <stdbool.h>

struct options;
struct settings;

/*
 * Read the settings again into *s, and open the log anew. What only a start can change keeps
 * its value, with a warning. False: they are not usable, which is logged, and everything stays
 * as it was.
 */
bool reload_settings(struct settings *s, const struct options *o);

/*
 * The same, silently, for a process beside the parent that is told of every reload, too: what is wrong with the settings, and which take a
 * restart, is the parent's to say.
 */
void reload_beside(struct settings *s, const struct options *o);

#endif
