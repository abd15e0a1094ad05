/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/api_key.h"
#include "base/log.h"
#include "db/conninfo.h"
#include "db/db.h"
#include "handlers/dispatch.h"
#include "handlers/service.h"
#include "policy/cache.h"
#include "policy/decide.h"

/* OpenSSL makes itself ready at its first use, and ends the process where memory runs out just then: so that is now. */
static bool
prepare_digests(void)
{
	uint8_t hash[API_KEY_HASH_LEN];

	return api_key_hash("", 0, hash);
}

bool
service_check(const struct settings *settings, char sentence[SETTINGS_ERROR_MAX])
{
	return conninfo_check(settings->database, sentence);
}

struct service *
service_open(const struct settings *settings, struct limits *limits)
{
	struct service *s = prepare_digests() ? calloc(1, sizeof(*s)) : NULL;

	if (s == NULL)
		return NULL;
	s->settings = settings;
	s->limits = limits;
	s->db = db_open(settings, DB_WORKER);
	s->policies = policy_cache_new((size_t)settings->policy_memory << 20);
	s->decider = decider_new();
	s->known_keys = known_keys_new(KNOWN_KEYS_MEMORY);
	if (s->db != NULL && s->policies != NULL && s->decider != NULL && s->known_keys != NULL &&
	    uuid_make_v7(&s->writer))
		return s;
	service_close(s);
	return NULL;
}

void
service_close(struct service *s)
{
	if (s == NULL)
		return;
	known_keys_free(s->known_keys);
	decider_free(s->decider);
	policy_cache_free(s->policies);
	db_close(s->db);
	free(s);
}

void
service_share(struct service *s, const struct tenant_share *share)
{
	s->share = share;
}

/* By itself: should it fail, the time that people see is a little old. */
void
service_after(struct service *s)
{
	if (!s->use.due)
		return;
	s->use.due = false;
	db_begin(s->db, DB_ONE_WRITE);
	db_key_note_use(s->db, &s->use.tenant, s->use.hash);
	if (db_commit(s->db) != DONE)
		log_info("the use of a key was not noted");
	explicit_bzero(s->use.hash, sizeof(s->use.hash));
}
