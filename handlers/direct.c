/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "handlers/audit_context.h"
#include "handlers/authorize.h"
#include "handlers/direct.h"
#include "handlers/service.h"

static bool
is_eligible(const struct call *c, const struct key *known)
{
	return c->op->direct && c->op->target == TARGET_GRANT && known != NULL &&
	    uuid_equal(&known->tenant, &c->tenant) && c->rq->header[HEADER_IF_MATCH] == NULL &&
	    c->rq->header[HEADER_IF_NONE_MATCH] == NULL;
}

/* Statements in the order of the ordinary way: the row is locked before it is compared and changed. */
static enum outcome
exchange(struct call *c, struct key *found)
{
	enum outcome rc;

	db_begin(c->db, DB_READ_WRITE);
	db_key_authenticate(c->db, c->key_hash, found);
	db_grant_lock(c->db, &c->tenant, &c->path_id[0], &c->grant);
	rc = c->op->change(c);
	if (rc != DONE) {
		db_rollback(c->db);
		return rc;
	}
	return db_commit(c->db);
}

bool
direct_transact(struct call *c, enum outcome *rc)
{
	const struct key *known = known_keys_get(c->service->known_keys, c->key_hash);
	struct key found = KEY_EMPTY;
	bool confirmed;

	if (!is_eligible(c, known) || !authorize_unseen(c, known))
		return false;
	c->key = *known; /* borrowed: what the entry and the change are made from */
	c->unseen = true;
	if (!audit_context_make(c)) {
		c->key = (struct key)KEY_EMPTY;
		return false;
	}
	*rc = exchange(c, &found);
	confirmed = found.found && strcmp(found.stamp, known->stamp) == 0;
	c->key = found;
	/* With nothing changed there is no doubt, but nothing was read either: once more, in the ordinary way. */
	if (*rc == COMMIT_UNKNOWN && c->changing)
		return true;
	c->unseen = false;
	if (*rc == DONE && confirmed) {
		if (!c->grant.found)
			*rc = NOT_FOUND;
		return true;
	}
	return *rc == UNAVAILABLE || *rc == BROKEN;
}
