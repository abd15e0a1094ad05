/* SPDX-License-Identifier: MIT */
/*
 * grantctl key rotate: a new key in the place of another one, with the same name and roles, and as
 * long a life as that one was given. The old one works for --overlap more. Both, with an entry for
 * each, are one transaction.
 */
#include "config.h"

#include "base/time_text.h"
#include "ctl/commands.h"
#include "ctl/engine/session.h"
#include "ctl/key_output.h"

#define OVERLAP_SECONDS 3600 /* the default of --overlap */

static enum status key_rotate(struct ctl *);

static const struct option options[] = {
	OPTION_TENANT,
	{ .name = "overlap",
	    .value = "TIME",
	    .type = VALUE_SPAN,
	    .help = "how long both keys work, 0s for not at all; default: 1h" },
	OPTION_EXPIRES_IN,
	OPTION_EXPIRES_AT,
	OPTION_REASON,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_key_rotate = {
	.name = "key rotate",
	.summary = "Replace an API key with a new one, and print that, once",
	.help =
	    "The new key has the old one's name and roles. Where the old one had an expiry, the new\n"
	    "one lives as long from now, unless --expires-in or --expires-at is given.",
	.options = options,
	.operand = { .value = "KEY", .type = VALUE_UUID, .help = "the old key's id" },
	.needs = NEEDS_OWNER,
	.run = key_rotate,
};

struct rotation {
	const struct uuid *tenant, *old_id;
	int64_t overlap;
	struct key_text text;
	struct key_new key;
	struct audit_entry made, retired; /* one entry in each key's chain */
	struct key_record old, changed, created;
};

static enum status
take_request(struct ctl *c, struct rotation *r)
{
	const struct args *a = &c->args;
	const int64_t *overlap = args_number(a, "overlap");

	*r = (struct rotation){
		.tenant = args_uuid(a, "tenant"),
		.old_id = &a->operand.uuid,
		.overlap = overlap != NULL ? *overlap : OVERLAP_SECONDS,
		.old = KEY_RECORD_EMPTY,
		.changed = KEY_RECORD_EMPTY,
		.created = KEY_RECORD_EMPTY,
	};
	if (!args_expiry(a, &r->key.has_expires_at, &r->key.expires_at))
		return STATUS_USAGE;
	return session_entry(c, "RotateApiKey", &r->made) &&
		session_entry(c, "RotateApiKey", &r->retired) && session_new_id(c, &r->key.id) &&
		key_text_make(c, &r->text) ?
	    STATUS_DONE :
	    STATUS_REFUSED;
}

/* Lock the old key, and check that it may be replaced. If so, the transaction stays open. */
static enum status
lock_old(struct ctl *c, struct rotation *r)
{
	struct tenant tenant = TENANT_EMPTY;
	enum status st = STATUS_DONE;
	enum outcome rc;

	session_begin(c, DB_READ_WRITE, r->tenant, &tenant);
	db_key_lock(c->db, r->tenant, r->old_id, &r->old);
	rc = db_exchange(c->db);
	if (!session_tenant(c, rc, r->tenant, &tenant))
		st = STATUS_REFUSED;
	else if (!r->old.found)
		st = session_refuse(c, "the tenant has no key with this id");
	else if (r->old.has_revoked_at)
		st = session_refuse(c,
		    "this key is revoked: make a new one with grantctl key create");
	tenant_clear(&tenant);
	return st;
}

static enum status
replace(struct ctl *c, struct rotation *r)
{
	enum outcome rc;

	r->key.key_name = r->text.name;
	r->key.hash = r->text.hash;
	r->key.name = r->old.name;
	r->key.roles = r->old.roles;
	r->key.replaces = r->old_id;
	if (!r->key.has_expires_at && r->old.has_expires_at) {
		r->key.has_expires_at = true;
		r->key.expires_at = time_now() + (r->old.expires_at - r->old.created_at);
	}
	db_key_create(c->db, r->tenant, &r->key, &r->made, &r->created);
	db_key_retire(c->db, r->tenant, r->old_id, r->overlap, &r->key.id, &r->retired,
	    &r->changed);
	rc = db_exchange(c->db);
	if (rc != DONE)
		return session_failed(c, rc);
	if (!r->created.found)
		return session_refuse(c, "its expiry has passed already");
	rc = db_commit(c->db);
	return rc == DONE ? key_print_new(c, &r->created, &r->text) : session_failed(c, rc);
}

static enum status
key_rotate(struct ctl *c)
{
	struct rotation r;
	enum status st = take_request(c, &r);

	if (st == STATUS_DONE)
		st = lock_old(c, &r);
	if (st == STATUS_DONE)
		st = replace(c, &r);
	db_rollback(c->db);
	key_text_wipe(&r.text);
	key_record_clear(&r.old);
	key_record_clear(&r.changed);
	key_record_clear(&r.created);
	return st;
}
