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

#define IDEMPOTENCY_KEY_MOST 255
#define BODY_HASH_LEN 32

/* A request that is to be done once, however often it is sent within 24 hours. */
struct idempotency {
	const char *key; /* as the client named it: visible ASCII; borrowed; NULL: none */
	uint8_t body_hash[BODY_HASH_LEN]; /* SHA-256 */
};

/*
 * Queue a change, see db/change.h: add a grant. CONFLICT, and nothing is done, where the tenant has one with this id, or where
 * another request with this Idempotency-Key is made at the same moment: called again, it finds what that one made.
 */
void db_grant_create(struct db *, const struct uuid *tenant, const struct grant_new *,
    const struct idempotency *, const struct change_by *, struct grant *created);

#endif
