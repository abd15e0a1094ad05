/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_SERVICE_H
#define GRANTD_HANDLERS_SERVICE_H

#include "base/settings.h"
#include "base/uuid.h"
#include "handlers/known_keys.h"

struct db;
struct decider;
struct limits;
struct policy_cache;

/* What a worker keeps from request to request. */
struct service {
	const struct settings *settings;  /* borrowed */
	struct limits *limits;            /* of all workers, borrowed; NULL: none */
	const struct tenant_share *share; /* borrowed; NULL: nobody asks for one */
	struct db *db;
	struct policy_cache *policies;
	struct decider *decider;
	struct known_keys *known_keys;
	struct uuid
	    writer; /* this worker, where refusals are counted; it has one request at a time */
	struct {    /* of a key, to be noted when its request was answered */
		bool due;
		struct uuid tenant;
		uint8_t hash[KEY_HASH_LEN];
	} use;
};

#endif
