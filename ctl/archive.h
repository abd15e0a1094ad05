/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ARCHIVE_H
#define GRANTCTL_ARCHIVE_H

#include <stdio.h>

#include "ctl/engine/command.h"
#include "ctl/seal.h"
#include "db/audit_archive.h"
#include "db/audit_verify.h"
#include "db/told_rules.h"

/*
 * An archive: the beginnings of chains, which are then dropped from the log. Lines of text:
 *
 *	grantd-archive 1
 *	archive UUID
 *	before TIME
 *	taken TIME
 *	tenant UUID				followed by its chains, in the order in which they are verified:
 *	chain TYPE UUID LENGTH HASH STATE	what was archived of it before; LENGTH 0, and - for STATE: nothing
 *	{...}					an entry, see archive_write.c
 *	cut LENGTH HASH STATE			the last of them, and what is told up to there
 *	sha256 DIGEST				over all lines before it; or, with a key: hmac-sha256 DIGEST
 *
 * STATE is db/told_state.h's text, as a JSON string. So a file is verified by itself: every hash is of its entry and of the one
 * before, and what is told at a cut is what was told before and what the entries tell.
 */
#define ARCHIVE_TITLE "grantd-archive 1"

/* An archive that is being read. */
struct archive {
	FILE *file;
	const char *path; /* borrowed */
	struct uuid id;
	int64_t before;
	uint8_t digest[AUDIT_HASH_LEN]; /* of the whole file, as sha256sum prints it */
	int64_t tenants, chains, entries;
	char error[512];

	/* Where reading is. */
	char *line;
	size_t size;
	int64_t number; /* of the line */
	bool has_tenant;
	bool in_chain;          /* `part` begins, and is not cut yet */
	struct audit_part part; /* what it says is told is in these: */
	struct uuid tenant;
	struct told told;
	struct told_rules rules;
	struct policies_told policies;
	struct buf before_state, state, work; /* before_state: part.told_before */
	EVP_MD_CTX *hashes, *whole;           /* owned */
};

/*
 * Read FILE through, and verify it by itself. False, with a message that names what does not hold; archive_close() in any case.
 */
MUST_CHECK bool archive_open(struct ctl *, struct archive *, const char *path, struct seal *);
void archive_close(struct archive *);

/* Who goes through an archive that was verified. Each returns a status, and anything but STATUS_DONE ends it. */
struct archive_visitor {
	/* A tenant's part begins; may be NULL. */
	enum status (*tenant)(void *context, const struct uuid *);
	/* One chain's part is complete, of so many entries. What it is given is gone when it returns. */
	enum status (*part)(void *context, const struct audit_part *);
	void *context;
};

/* Go through it from the beginning; everything is verified once more, as it is read. */
MUST_CHECK enum status archive_walk(struct ctl *, struct archive *, const struct archive_visitor *);

/* grantctl audit verify --archive FILE: by itself, and against the log. *holds is false where it does not fit the log. */
MUST_CHECK enum status archive_compare(struct ctl *, const char *path, struct seal *, bool *holds);

/*
 * Write an archive of what is older than `before`. False... see archive_write.c. Nothing is written where the chains do not hold.
 */
MUST_CHECK enum status archive_write(struct ctl *, const char *path, int64_t before);

/* Drop from the log what an archive has. */
MUST_CHECK enum status archive_drop(struct ctl *, const char *path);

#endif
