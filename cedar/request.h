/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_REQUEST_H
#define CEDAR_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "cedar/cedar.h"
#include "cedar/policy.h"

/* A record under construction: what cedar_put_... adds to. */
struct cedar_record {
	struct record record; /* sorted by cd_request_prepare() */
	struct cedar_request *request;
	struct cedar_record *next; /* among all records of the request */
	uint32_t room;
	bool attributes; /* an entity's: names the set does not know are of no use */
};

struct cedar_entity {
	struct cedar_request *request;
	const struct uid *uid;
	uint32_t serial;                      /* the uid's; at the next begin that may be gone */
	struct cedar_record attributes, tags; /* with no request until they are first added to */
	struct cedar_entity **parents;
	uint32_t parent_count, parent_room;
	uint32_t children; /* scratch of the search for cycles; 0 otherwise */
	uint32_t visited;  /* the number of the last walk that came here */
	bool listed;       /* something is known of it: it exists */
	bool opaque;
	struct cedar_entity *next; /* among all entities of the request */
};

/* One of the three entities in question, with all its ancestors, sorted by serial. */
struct party {
	struct cedar_entity *entity;
	const struct uid **ancestors;
	uint32_t ancestor_count;
};

struct cedar_request {
	struct arena arena;
	const struct cedar_set *set; /* NULL until begun */
	struct interner symbols;
	struct cedar_entity **by_serial; /* of the uid; NULL: never mentioned. On the heap, kept */
	uint32_t by_serial_room;
	struct cedar_entity *entities;
	uint32_t entity_count;
	struct cedar_record *records;
	struct cedar_record context;
	struct party parties[VAR_CONTEXT]; /* by enum variable */
	uint32_t walks;
	uint64_t *candidates; /* a bit for each policy whose scope may match */
	int64_t budget;       /* steps; INT64_MAX where there is no bound */
	int64_t left;         /* of them; below 0 when they did not suffice */
	uint32_t asking;      /* the policy in hand */
	bool prepared;        /* records, parties and candidates are up to date */
	bool unheld;          /* cedar_put_unheld() was called */
	bool faulty;
	char fault[256];
};

/* The entity with this uid, NULL where the request does not mention it. */
static inline struct cedar_entity *
cd_request_find(const struct cedar_request *rq, const struct uid *uid)
{
	return uid->serial < rq->by_serial_room ? rq->by_serial[uid->serial] : NULL;
}

/* Take steps; false where there are not so many left: whoever asks gives up. */
static inline bool
cd_request_take(struct cedar_request *rq, uint64_t steps)
{
	return (rq->left -= (int64_t)steps) >= 0;
}

/* The same, made if need be; NULL after a failure. */
struct cedar_entity *cd_request_entity(struct cedar_request *, const struct uid *);

/* An empty record, on the request's list. */
void cd_record_init(struct cedar_request *, struct cedar_record *);
/* A field to be filled in; NULL after a failure, or where it is of no use. */
struct value *cd_record_put(struct cedar_record *, struct cedar_str name);

/* Remember the first failure; the text is put together from the parts up to NULL. */
void cd_request_fail(struct cedar_request *, const char *, ...) __attribute__((sentinel));
void cd_request_no_memory(struct cedar_request *);

/* Bring everything up to date for an evaluation. False: there is a fault. */
bool cd_request_prepare(struct cedar_request *);

/*
 * Whether the entity is, or has as an ancestor, this uid, or one of a set that
 * holds entities alone.  False with *able false where memory or steps ran out.
 */
bool cd_request_in(struct cedar_request *, const struct uid *, const struct uid *ancestor,
    bool *able);
bool cd_request_in_set(struct cedar_request *, const struct uid *, const struct set *, bool *able);

#endif
