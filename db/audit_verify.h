/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_VERIFY_H
#define GRANTD_DB_AUDIT_VERIFY_H

#include "db/audit_hear.h"
#include "db/audit_row.h"
#include "db/db.h"

/* What can be wrong with a chain, at the first place where it does not hold. */
enum chain_fault {
	CHAIN_HOLDS,
	CHAIN_GAP, /* the entry that should be here is missing; the one that is found has a later sequence */
	CHAIN_LINK,    /* previous_hash is not the hash of the entry before */
	CHAIN_CONTENT, /* hash is not the hash of the entry's content: something in it was changed */
	CHAIN_CUT, /* the row that carries the chain counts more entries: the last ones are missing */
	CHAIN_LONGER, /* the row that carries the chain does not count this entry */
	CHAIN_HEAD,   /* the row that carries the chain has another hash than the last entry */
	CHAIN_OWNER,  /* there are entries, and the row that would carry their chain is missing */
	CHAIN_SEAL,   /* what stands for the archived beginning of the chain was changed */
	CHAIN_UNTOLD, /* no entry tells of the archive that is to have it */
	/* Against what was kept elsewhere: */
	CHAIN_SHORTER, /* the chain had more entries: the last ones are missing */
	CHAIN_OTHER,   /* another entry is where the chain ended then */
	CHAIN_GONE     /* the chain is missing, and the row that carried it */
};

/* How far a chain has come. */
struct audit_head {
	const char *resource_type; /* static */
	struct uuid resource_id;
	int64_t length;               /* entries, at least 1 */
	uint8_t hash[AUDIT_HASH_LEN]; /* of the last one */
};

/* The static text for a resource type; NULL: there is none of that name. */
const char *audit_resource_type(const char *name);

/*
 * Tell of the heads of all of a tenant's chains, as of one moment, in the order in which chains are verified.
 * `take` returns false to stop, which is no failure. For the owner's sessions, outside a transaction.
 */
MUST_CHECK enum outcome audit_heads(struct db *, const struct uuid *tenant,
    bool (*take)(void *context, const struct audit_head *), void *context);

struct audit_verdict {
	int64_t entries;         /* looked at, the bad one included */
	int64_t chains;          /* found to hold */
	int64_t archived;        /* entries that are in archives, and were not looked at */
	int64_t beyond;          /* heads that were kept whose entries are */
	struct told_count count; /* of rows, as the entries tell them */
	struct policies_told policies;
	enum chain_fault fault;

	/* Where, unless the chains hold. */
	const char *resource_type; /* static */
	struct uuid resource_id;
	int64_t sequence; /* of the bad or missing entry; CHAIN_HEAD: of the last one, or 0 */
	bool has_entry;   /* false: the entry is missing */
	struct uuid entry;
};

/* What a walk may be given to go by, and who hears of it. Any pointer may be NULL, but `context` is for all. */
struct audit_watch {
	const struct audit_head *after; /* begin behind this chain */
	struct policies_told policies;  /* what was told before it */
	/* The next head of this tenant that was kept, in the order of audit_heads(). False: no more. */
	bool (*kept)(void *context, struct audit_head *);
	void (*chain_holds)(void *context, const struct audit_head *,
	    const struct audit_verdict *so_far);
	void (*differs)(void *context, const struct difference *);
	void (*batch_read)(void *context, const struct audit_verdict *so_far);
	/*
	 * For an archive, not NULL: the beginning of each chain up to the first entry of that time or later. It hears of
	 * the chain (`from` is where its archived beginning ends, with what is told up to there; length 0 and NULL: it has
	 * none), of those entries, as they are found to hold, and where there were some of the last one with what is told up to
	 * there: see db/told_state.h. False: it can take no more, and the walk ends with BROKEN.
	 */
	const struct audit_archiving {
		int64_t before;
		bool (*chain)(void *context, const struct audit_head *from, const char *told);
		bool (*entry)(void *context, const struct audit_row *);
		bool (*cut)(void *context, const struct audit_head *, const char *told);
	} * archiving;
	void *context;
};

/*
 * Walk all chains of one tenant in order, each from its beginning to its end, and stop at the first
 * fault. Where a chain holds, its row is compared with what its entries tell, and policies' rules with theirs; `differs` hears of
 * all that is different. In the end come the tenant's policy_version, the counts of activity, and entries of no chain. All of it is
 * seen as of one moment, so it may run while entries are added. For the owner's sessions, outside a transaction. DONE where the
 * walk came to an end, with or without a fault; otherwise as db_exchange(), and *v then counts how far it came. Takes constant
 * memory: a batch of entries at a time, and what is told of one row, or of one policy with its rules.
 */
MUST_CHECK enum outcome audit_verify(struct db *, const struct uuid *tenant,
    const struct audit_watch *, struct audit_verdict *v);

/* What is wrong, as a sentence. */
const char *chain_fault_text(enum chain_fault);

#endif
