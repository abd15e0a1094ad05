/* SPDX-License-Identifier: MIT */
/*
 * grantctl key rotate: a new key in the place of another one, with the same name and roles, and the
 * same end. The old one works for --overlap more. Both, with an entry for each, are one
 * transaction.
 */
#include "config.h"

#include "base/time_text.h"
#include "ctl/commands.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/key_output.h"
#include "ctl/remotes.h"

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
	OPTIONS_REMOTE,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_key_rotate = {
	.name = "key rotate",
	.summary = "Replace an API key with a new one, and print that, once",
	.help =
	    "The new key has the old one's name and roles. Where the old one has an expiry, the new one\n"
	    "ends at that time, too, unless --expires-in or --expires-at is given.",
	.options = options,
	.operand = { .value = "KEY", .type = VALUE_UUID, .help = "the old key's id" },
	.needs = NEEDS_OWNER,
	.run = key_rotate,
	.remote = key_rotate_remote,
};

struct request {
	const struct uuid *tenant;
	struct key_text text;
	struct key_new key;
	struct key_rotation how;
	struct change_by by;
	struct key_record old;
};

static enum status
take_request(struct ctl *c, struct request *r)
{
	const struct args *a = &c->args;
	const int64_t *overlap = args_number(a, "overlap");

	*r = (struct request){
		.tenant = args_uuid(a, "tenant"),
		.how = {
			.old = &a->operand.uuid,
			.overlap = overlap != NULL ? *overlap : OVERLAP_SECONDS,
		},
	};
	if (!args_expiry(a, &r->key.has_expires_at, &r->key.expires_at))
		return STATUS_USAGE;
	r->how.inherit = !r->key.has_expires_at;
	return session_entry(c, "RotateApiKey", &r->by) && uuid_make_v7(&r->how.old_entry) &&
		session_new_id(c, &r->key.id) && key_text_make(c, &r->text) ?
	    STATUS_DONE :
	    STATUS_REFUSED;
}

/* Read the old key, whose version goes along with the rotation. If it is there, the transaction stays open. */
static enum status
read_old(struct ctl *c, struct request *r)
{
	struct tenant tenant = TENANT_EMPTY;
	enum status st = STATUS_DONE;
	enum outcome rc;

	session_begin(c, DB_READ_WRITE, r->tenant, &tenant);
	db_key_get(c->db, r->tenant, r->how.old, &r->old);
	rc = db_exchange(c->db);
	if (!session_tenant(c, rc, r->tenant, &tenant))
		st = STATUS_REFUSED;
	else if (!r->old.found)
		st = session_not_there(c, "key");
	r->how.old_version = r->old.version;
	tenant_clear(&tenant);
	return st;
}

static enum status
rotate(struct ctl *c, struct request *r, struct key_rotated *rotated)
{
	enum outcome rc;

	r->key.key_name = r->text.name;
	r->key.hash = r->text.hash;
	db_key_rotate(c->db, r->tenant, &r->how, &r->key, &r->by, rotated);
	rc = db_commit(c->db);
	if (rc != DONE)
		return session_failed(c, rc);
	switch (rotated->made.change) {
	case CHANGE_DONE:
		return key_print_new(c, &rotated->made, &r->text);
	case CHANGE_REVOKED:
		return session_refuse(c,
		    "this key is revoked: make a new one with grantctl key create");
	case CHANGE_REPLACED:
		return session_refuse(c,
		    "this key was rotated already: rotate the one that came after it");
	case CHANGE_PAST:
		return session_refuse(c, "its expiry has passed already");
	default:
		return session_refuse(c,
		    "the key was changed at the same moment: look at it again");
	}
}

static enum status
key_rotate(struct ctl *c)
{
	struct key_rotated rotated = { .made = KEY_RECORD_EMPTY };
	struct request r;
	enum status st = take_request(c, &r);

	if (st == STATUS_DONE)
		st = read_old(c, &r);
	if (st == STATUS_DONE)
		st = rotate(c, &r, &rotated);
	db_rollback(c->db);
	key_text_wipe(&r.text);
	key_record_clear(&r.old);
	key_record_clear(&rotated.made);
	return st;
}
