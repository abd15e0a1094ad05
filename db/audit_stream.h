/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_STREAM_H
#define GRANTD_DB_AUDIT_STREAM_H

#include "base/words.h"
#include "db/audit_row.h"
#include "db/db.h"

/* What a verification reads: the tables of one tenant, each in the order of its key, a batch at a time. */

#define CHAIN_KINDS 4 /* of enum chain_owner */

/* Whose rows. Everything is borrowed. */
struct stream_of {
	struct db *db;
	const struct uuid *tenant;
	enum chain_owner kind;
	const char *resource_type;    /* its name */
	void (*batch)(void *context); /* is called before a batch is read; may be NULL */
	void *context;
};

/* A row that carries a chain; also what was found of a chain so far. */
struct carrier {
	struct uuid id;
	int64_t length;
	uint8_t head[AUDIT_HASH_LEN];
	bool has_last;    /* of a chain: an entry was found, */
	struct uuid last; /* and this is the last one */
	const char *row;  /* its columns, for told_compare(); NULL where they were not read */
};

/*
 * A zeroed one has nothing to release; it begins with a call below, and stream_end() ends it. What is read from a row is the
 * row's, and lasts until the next stream_fill().
 */
struct stream {
	const struct statement *statement;
	struct db_rows rows;
	int next;   /* the current row of the batch; past the last one: the batch is used up */
	bool ended; /* there is no batch after this one */
	struct uuid after; /* key of the last row that was used */
	int64_t after_sequence;
	struct uuid after_rule; /* of rules, which come in the order of their policies */
};

/* Where the chain goes on after its archived beginning. */
struct cut {
	struct uuid id;
	int64_t sequence;
	uint8_t hash[AUDIT_HASH_LEN];
	struct uuid archive;
	const char *told;
	uint8_t seal[AUDIT_HASH_LEN];
	bool is_told; /* an entry tells of the archive */
};

/* From the first row on; or from behind the chain of that resource. */
void stream_entries(struct stream *, const struct uuid *after);
void stream_cuts(struct stream *, const struct uuid *after);
void stream_rules(struct stream *, const struct uuid *after);

/* The rows that carry the chains of a kind, with what else is in them; or their heads alone. */
void stream_carriers(struct stream *, enum chain_owner, const struct uuid *after);
void stream_heads(struct stream *, enum chain_owner);

/* No rows, and no memory. */
void stream_end(struct stream *);

/* See to it that there is a current row, unless the stream has ended. As db_exchange(). */
MUST_CHECK enum outcome stream_fill(const struct stream_of *, struct stream *);

MUST_CHECK bool stream_has_row(const struct stream *);

/* To the next row; of the current one that is the key. */
void stream_next(struct stream *, const struct uuid *id, int64_t sequence);

/*
 * The current row of entries, of carriers and heads, and of cuts. False at the end of the stream; a row that is not as it should
 * be makes *rc BROKEN.
 */
MUST_CHECK bool stream_entry(const struct stream *, struct audit_row *, enum outcome *rc);
MUST_CHECK bool stream_carrier(const struct stream *, struct carrier *, enum outcome *rc);
MUST_CHECK bool stream_cut(const struct stream *, struct cut *, enum outcome *rc);

#endif
