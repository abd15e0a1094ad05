/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_VERIFY_H
#define GRANTD_DB_AUDIT_VERIFY_H

#include "db/audit_row.h"
#include "db/db.h"

/* What can be wrong with a chain, at the first place where it does not hold. */
enum chain_fault {
	CHAIN_HOLDS,
	CHAIN_GAP,		/* the entry that should be here is missing; the one that is found has a later sequence */
	CHAIN_LINK,		/* previous_hash is not the hash of the entry before */
	CHAIN_CONTENT,		/* hash is not the hash of the entry's content: something in it was changed */
	CHAIN_CUT,		/* the row that carries the chain counts more entries: the last ones are missing */
	CHAIN_LONGER,		/* the row that carries the chain does not count this entry */
	CHAIN_HEAD,		/* the row that carries the chain has another hash than the last entry */
	CHAIN_OWNER		/* there are entries, and the row that would carry their chain is missing */
};

struct audit_verdict {
	int64_t entries;	/* looked at, the bad one included */
	int64_t chains;		/* found to hold */
	enum chain_fault fault;

	/* Where, unless the chains hold. */
	const char *resource_type;	/* static */
	struct uuid resource_id;
	int64_t sequence;		/* of the entry that is bad or missing; CHAIN_HEAD: of the last one, 0 where there is none */
	bool has_entry;			/* false: the entry is missing */
	struct uuid entry;
};

/*
 * Walk all chains of one tenant in order, each from its beginning to its end, and stop at the first
 * fault. All of it is seen as of one moment, so it may run while entries are added. For the owner's
 * sessions, outside a transaction. DONE where the walk came to an end, with or without a fault;
 * otherwise as db_exchange(), and *v then counts how far it came. Takes constant memory: a batch of
 * entries at a time.
 */
MUST_CHECK enum outcome audit_verify(struct db *, const struct uuid *tenant, struct audit_verdict *v);

/* What is wrong, as a sentence. */
const char *chain_fault_text(enum chain_fault);

#endif
