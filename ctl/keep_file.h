/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_KEEP_FILE_H
#define GRANTCTL_KEEP_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/compiler.h"

/*
 * Writing a file so that under its name there is all of it or what was there before, whatever crashes: into PATH.new, which is
 * on disk before it gets its name, and the name before this says so. Who writes PATH.new holds it by a lock until then, so that two who
 * write the same do not make one file of both.
 */
struct keep_file {
	FILE *file;
	struct buf path, temporary;
};

enum keep_how {
	KEEP_REPLACE, /* a file of that name is replaced */
	KEEP_NEW,     /* one that is there stays, and this fails with EEXIST */
	KEEP_NOT      /* all that was written is thrown away; always succeeds */
};

/* False: errno says why (EBUSY: another process writes it), and there is nothing to end. */
MUST_CHECK bool keep_file_begin(struct keep_file *, const char *path);

/* False: it is not kept; errno says why. */
MUST_CHECK bool keep_file_end(struct keep_file *, enum keep_how);

/* The folder that a file is in, on disk: a name is only there for good then. False: errno. */
MUST_CHECK bool keep_file_name(const char *path);

#endif
