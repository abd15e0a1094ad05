/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_ARCHIVE_H
#define GRANTD_DB_AUDIT_ARCHIVE_H

#include "db/audit_row.h"
#include "db/change.h"

/*
 * Dropping what an archive has, and finding it in the log: db/deploy/audit_archives.sql. For the owner's sessions, with the
 * tenant chosen.
 */

/* An archive, as one tenant's log is told of it. */
struct audit_archive {
	struct uuid id;
	uint8_t digest[AUDIT_HASH_LEN]; /* SHA-256 of the whole file */
	int64_t before;
	int64_t entries, chains; /* of this tenant */
};

/* The part of a chain that an archive has. */
struct audit_part {
	struct uuid tenant;
	const char *resource_type; /* static */
	struct uuid resource_id;
	int64_t first, last;                   /* sequences */
	uint8_t previous_hash[AUDIT_HASH_LEN]; /* of the entry before the first one */
	uint8_t hash[AUDIT_HASH_LEN];          /* of the last one */
	uint8_t hashes[AUDIT_HASH_LEN];        /* SHA-256 of the hashes of all of them in a row */
	const char
	    *told_before; /* up to the one before the first; NULL: that is the chain's beginning */
	const char *told; /* up to the last one: db/told_state.h */
};

/* Queue: make the entry that says so. CHANGE_DONE; CHANGE_SAME: it is there; CHANGE_MISMATCH: with another file. */
void db_archive_begin(struct db *, const struct uuid *tenant, const struct audit_archive *,
    const struct change_by *, enum change *);

/*
 * Queue: drop a part, where the log has exactly these entries. CHANGE_DONE; CHANGE_SAME: that was done before; CHANGE_STALE: the chain's
 * beginning was archived otherwise; CHANGE_MISMATCH: the log has other entries; CHANGE_NONE: db_archive_begin() was not called.
 */
void db_archive_drop(struct db *, const struct uuid *archive, const struct audit_part *,
    enum change *);

/* Where a part is now. */
struct audit_whereabouts {
	int64_t in_log; /* so many entries of it are in the log, */
	bool is_whole;  /* and these are exactly all of its own */
	int64_t cut;    /* so far was the chain archived and dropped; 0: not at all */
	uint8_t cut_hash[AUDIT_HASH_LEN];
	struct uuid cut_archive; /* by this one */
	bool same_told;          /* what is told up to there is what the part says */
	bool same_before;        /* ... is what the part says of what was told before it */
	bool is_known;           /* the tenant's log was told of the part's archive, */
	bool same_file;          /* and of a file with this digest */
};

/* Queue: look for it. `digest` is of the file that has it. */
void db_archive_find(struct db *, const struct uuid *archive, const uint8_t digest[AUDIT_HASH_LEN],
    const struct audit_part *, struct audit_whereabouts *);

#endif
