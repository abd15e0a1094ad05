/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_FOLLOW_STATE_H
#define GRANTCTL_FOLLOW_STATE_H

#include "ctl/engine/command.h"
#include "db/audit_follow.h"

#define FOLLOW_MARKS 64

/*
 * How far the log was handed on, in a file. It is replaced as a whole and is on disk before anything rests on it: before a
 * batch is sent it says how far that goes (`until`), so that whoever begins again knows what may have been sent before.
 */
struct follow_state {
	char database[AUDIT_DATABASE_MAX]; /* "": nothing was read yet */
	bool again;                        /* what comes by id may all have been sent before */
	int64_t start;            /* what was written from this transaction on comes by writer */
	struct audit_place at;    /* the receiver has everything up to here */
	struct audit_place until; /* and may have everything up to here */
	/* Entries that were read, the last one at the end, further and further apart: to see whether a server is another one. */
	struct audit_mark mark[FOLLOW_MARKS];
	size_t marks;
};

/*
 * Read the file, if it exists; an empty state otherwise. `tenant` NULL: of all tenants. False, with a message: it cannot be
 * read, is none, or is about other tenants.
 */
MUST_CHECK bool follow_state_read(struct ctl *, const char *path, const struct uuid *tenant,
    struct follow_state *);

/* Replace the file. False: errno says why. */
MUST_CHECK bool follow_state_write(const char *path, const struct uuid *tenant,
    const struct follow_state *);

/* Note an entry that was read. */
void follow_state_mark(struct follow_state *, const struct audit_followed *);

/*
 * Hold the file for this process, by a lock on PATH.lock until the process ends. False, with a message: another one has it, or it
 * cannot be made.
 */
MUST_CHECK bool follow_state_hold(struct ctl *, const char *path);

#endif
