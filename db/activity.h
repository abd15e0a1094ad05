/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_ACTIVITY_H
#define GRANTD_DB_ACTIVITY_H

#include "db/change.h"
#include "db/page.h"

/*
 * What was done in the sessions under a grant. Events are stored while the grant's auditing is on
 * and at no other time, each once, and are counted in the statement that stores them.
 */

#define ACTIVITY_BATCH_MOST 500 /* events that are recorded at once */

/* What became of a batch. */
struct activity_receipt {
	enum change
	    change; /* CHANGE_OFF: the grant's auditing is, and nothing was stored; else see db/change.h */
	int64_t accepted; /* events stored; the others were there already, or twice in the batch */
};

/*
 * Queue a change, see db/change.h: store a batch of events of a grant, all or none. The events are the record themselves: no
 * entry is made, so that CHANGE_MADE is never said. CHANGE_KEY also where there is no such grant.
 *
 * `events` is a JSON array of objects as clients send them, which have been checked; times in
 * UTC. Borrowed until the exchange.
 */
void db_activity_record(struct db *, const struct uuid *tenant, const struct uuid *grant,
    const char *events, const struct change_by *, struct activity_receipt *);

/* One event. Texts borrow from the list. */
struct activity_event {
	struct uuid id;
	int64_t occurred_at; /* microseconds since 1970 in UTC */
	const char *service;
	const char *name;
	const char *kind;      /* "read" or "write" */
	const char *outcome;   /* "success", "denied" or "error" */
	const char *source_ip; /* NULL: not reported */
	const char *details;   /* a JSON object; NULL: none */
};

/* Which events; what is NULL or not there does not limit. */
struct activity_filter {
	const int64_t *
	    since; /* happened then or later; microseconds since 1970 in UTC; borrowed until the exchange */
	const int64_t *until; /* happened earlier */
	const char *outcome;
	const char *service;
};

/*
 * Queue: read a page of a grant's events. The latest that happened come first: page->key.created_at
 * is occurred_at.
 */
void db_activity_list(struct db *, const struct uuid *tenant, const struct uuid *grant,
    const struct activity_filter *, const struct page *, struct db_list *);

/* The row at `i`, from 0 to list->count - 1. */
struct activity_event activity_event_at(const struct db_list *, int i);

/* In the order of their words (base/words.h). */
enum { ACTIVITY_READ, ACTIVITY_WRITE, ACTIVITY_KINDS };
enum { ACTIVITY_SUCCESS, ACTIVITY_DENIED, ACTIVITY_ERROR, ACTIVITY_OUTCOMES };

/* How many events of a grant there are. */
struct activity_summary {
	int64_t total, read, write, denied, error;
	const char *
	    services; /* JSON array of their names, in the order of their bytes; borrows from rows */
	bool in_buckets; /* as was asked for; what follows is there then alone */
	bool too_many; /* there would be more than ACTIVITY_BUCKETS_MOST, and nothing was counted */
	int buckets;   /* that have an event */
	int64_t first, last; /* events; microseconds since 1970 in UTC; nothing where total is 0 */
	struct db_rows rows;
};

#define ACTIVITY_SUMMARY_EMPTY \
	{ \
		.total = 0, .services = "[]", .rows = DB_ROWS_EMPTY \
	}

/* Queue: read the counts of all events, which are stored; activity_summary_clear() them. */
void db_activity_summary(struct db *, const struct uuid *tenant, const struct uuid *grant,
    struct activity_summary *);

#define ACTIVITY_BUCKETS_MOST 1000
#define ACTIVITY_INTERVAL_MOST 31536000

/* Events of a time; what is NULL does not limit, and is no wish for buckets. Borrowed until the exchange. */
struct activity_span {
	const int64_t *since;    /* as in activity_filter */
	const int64_t *until;    /* as in activity_filter */
	const int64_t *interval; /* the length of a bucket, 1 to ACTIVITY_INTERVAL_MOST seconds */
};

/* Queue: the same for events of that time, which are counted one by one. */
void db_activity_counted(struct db *, const struct uuid *tenant, const struct uuid *grant,
    const struct activity_span *, struct activity_summary *);

/* What happened from one multiple of the interval since 1970 to the next. */
struct activity_bucket {
	int64_t
	    from; /* microseconds since 1970 in UTC; TIME_LEAST where the multiple lies before that */
	int64_t events[ACTIVITY_KINDS][ACTIVITY_OUTCOMES];
};

/* The one at `i`, from 0 to buckets - 1; the oldest is the first. */
struct activity_bucket activity_bucket_at(const struct activity_summary *, int i);

void activity_summary_clear(struct activity_summary *);

/* A month whose partitions are added or dropped. Texts borrow from the list. */
struct activity_month {
	const char *action; /* "add" or "drop" */
	const char *month;  /* as 2026-11 */
};

#define ACTIVITY_AHEAD_MOST 24 /* months */

/*
 * Queue, in an owner's session and in a transaction of no tenant: add the partitions of the
 * months up to so many after the present one, and drop those that ended longer ago than `keep`
 * seconds (NULL: none). `dry_run` only says what would be done. All partitions are locked
 * meanwhile, so UNAVAILABLE may come of a statement that holds them for too long.
 */
void db_activity_maintain(struct db *, int ahead, const int64_t *keep, bool dry_run,
    struct db_list *);

struct activity_month activity_month_at(const struct db_list *, int i);

#endif
