/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_GRANT_CREATE_H
#define GRANTD_DB_GRANT_CREATE_H

#include "db/grant.h"

/* What a new grant is to be; all borrowed. The caller has checked the values. */
struct grant_new {
	struct uuid id;
	const struct uuid *request_id; /* NULL: none */
	const char *grantee_id;
	const char *resource_type;
	const char *resource_id;
	const char *action;
	bool audit_enabled;
	int64_t expires_at;
	const char *metadata; /* a JSON object */
};

/*
 * Queue: add a grant, and the entry that says so, in one statement. CONFLICT where the tenant has one with this id.
 * Leaves created->found false, and nothing changed, where the tenant is not there or expires_at has passed by the
 * database's clock.
 */
void db_grant_create(struct db *, const struct uuid *tenant, const struct grant_new *,
    const struct audit_entry *, struct grant *created);

#define IDEMPOTENCY_KEY_MOST 255
#define BODY_HASH_LEN 32

/* A request that is to be done once, however often it is sent within 24 hours. */
struct idempotency {
	const char *key;                  /* as the client named it: visible ASCII; borrowed */
	uint8_t body_hash[BODY_HASH_LEN]; /* SHA-256 */
};

/* What the first request with a key made. Clear it. */
struct first_answer {
	bool same_body;
	struct grant grant; /* as it was then; found: there was a request with this key */
};

#define FIRST_ANSWER_EMPTY \
	{ \
		.same_body = false, .grant = GRANT_EMPTY \
	}

/* Queue: was this asked before? */
void db_first_answer_get(struct db *, const struct uuid *tenant, const struct idempotency *,
    struct first_answer *);

/*
 * Queue, after db_grant_create() in the same transaction: keep what was made for requests to come. CONFLICT, and all is
 * rolled back, where another request with this key came first: begin anew and ask again.
 */
void db_first_answer_keep(struct db *, const struct uuid *tenant, const struct idempotency *,
    const struct grant_new *);

void first_answer_clear(struct first_answer *);

#endif
