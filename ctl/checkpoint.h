/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_CHECKPOINT_H
#define GRANTCTL_CHECKPOINT_H

#include <stdio.h>

#include "ctl/engine/command.h"
#include "ctl/seal.h"
#include "db/audit_verify.h"

/*
 * A checkpoint: how far every audit chain has come, in a file that is kept where whoever can change the
 * database cannot change it. A chain that is later shorter, gone, or has another history up to there
 * no longer matches it; the chains alone cannot show that once their rows were made to match.
 *
 * Lines of text:
 *
 *	grantd-checkpoint 1
 *	taken TIME
 *	tenant UUID			followed by the heads of its chains, as of one moment:
 *	TYPE UUID LENGTH HASH		in the order in which they are verified
 *	sha256 DIGEST			over all lines before it; or, with a key:
 *	hmac-sha256 DIGEST
 *
 * SHA-256 shows that the file is intact, and is worth noting down elsewhere; only HMAC shows that nobody
 * made another one.
 */
#define CHECKPOINT_TITLE "grantd-checkpoint 1"

/* A checkpoint that is being read. */
struct checkpoint {
	FILE *file;
	int64_t taken; /* microseconds since 1970 in UTC, as the file says */
	struct place {
		struct uuid tenant;
		long offset; /* of the line after it */
	} * tenants;
	size_t count;
	char *line; /* the last one read */
	size_t size;
	bool damaged; /* a line that was good no longer is */
};

#define CHECKPOINT_EMPTY \
	{ \
		.file = NULL, .tenants = NULL, .count = 0, .line = NULL \
	}

/*
 * Read FILE through, and compare its digest. False, with a message: it is none, or not as it was written.
 * checkpoint_close() it in any case.
 */
MUST_CHECK bool checkpoint_open(struct ctl *, struct checkpoint *, const char *path, struct seal *);
void checkpoint_close(struct checkpoint *);

/* Go to a tenant's heads. False: there are none, it is newer than the checkpoint. */
MUST_CHECK bool checkpoint_seek(struct checkpoint *, const struct uuid *tenant);

/* The next of them; for struct audit_watch. `checkpoint` is a struct checkpoint. */
bool checkpoint_next(void *checkpoint, struct audit_head *);

#endif
