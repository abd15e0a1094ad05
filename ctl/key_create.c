/* SPDX-License-Identifier: MIT */
/* grantctl key create, import: a new key, made here or elsewhere. */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "ctl/commands.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/key_output.h"
#include "ctl/key_roles.h"
#include "ctl/remotes.h"

#define ROLES_TEXT_MAX (FIELD_ROLES_MOST * (FIELD_ROLE_MOST + 1))

static enum status key_create(struct ctl *);
static enum status key_import(struct ctl *);

#define KEY_OPTIONS \
	OPTION_TENANT, OPTION_NAME, \
	    { .name = "role", \
		    .value = "ROLE", \
		    .type = VALUE_ROLE, \
		    .flags = OPTION_REQUIRED | OPTION_REPEATS, \
		    .help = "a role that policies refer to" }, \
	    OPTION_EXPIRES_IN, OPTION_EXPIRES_AT, OPTION_ALLOW_UNKNOWN_ROLE, OPTION_REASON, \
	    OPTION_JSON

static const struct option create_options[] = { KEY_OPTIONS, OPTIONS_REMOTE, OPTIONS_END };
static const struct option import_options[] = { KEY_OPTIONS, OPTIONS_END };

const struct command cmd_key_create = {
	.name = "key create",
	.summary = "Make an API key, and print it, once",
	.help = "The key alone goes to standard output: KEY=$(grantctl key create ...).",
	.options = create_options,
	.needs = NEEDS_OWNER,
	.run = key_create,
	.remote = key_create_remote,
};

const struct command cmd_key_import = {
	.name = "key import",
	.summary = "Import an API key that was made elsewhere",
	.help = "The key is read from standard input. Only its hash is kept.",
	.options = import_options,
	.needs = NEEDS_OWNER,
	.run = key_import,
};

/* What the options say of a new key. */
struct request {
	const struct uuid *tenant;
	struct key_new key;
	struct change_by by;
	char roles[ROLES_TEXT_MAX];
};

/* The values of --role in the order given, separated by blanks. */
static bool
take_roles(const struct args *a, char roles[ROLES_TEXT_MAX])
{
	const char *role;
	size_t used = 0, len;
	int n;

	for (n = 0; (role = args_nth(a, "role", n)) != NULL; n++) {
		len = strlen(role);
		if (n == FIELD_ROLES_MOST)
			return args_fault(a, "a key has at most %d roles", FIELD_ROLES_MOST);
		memcpy(roles + used, role, len);
		used += len;
		roles[used++] = ' ';
	}
	roles[used - 1] = '\0';
	return true;
}

static enum status
take_request(struct ctl *c, struct request *r)
{
	const struct args *a = &c->args;

	r->tenant = args_uuid(a, "tenant");
	r->key = (struct key_new){ .name = args_text(a, "name"), .roles = r->roles };
	if (!take_roles(a, r->roles) || !args_expiry(a, &r->key.has_expires_at, &r->key.expires_at))
		return STATUS_USAGE;
	return session_new_id(c, &r->key.id) && session_entry(c, "CreateApiKey", &r->by) ?
	    STATUS_DONE :
	    STATUS_REFUSED;
}

/* Store the key. On failure, report it and leave created->found false. */
static enum status
store(struct ctl *c, struct request *r, const struct key_text *key, struct key_record *created)
{
	struct tenant tenant = TENANT_EMPTY;
	enum status st = STATUS_DONE;
	enum outcome rc;

	r->key.key_name = key->name;
	r->key.hash = key->hash;
	session_begin(c, DB_READ_WRITE, r->tenant, &tenant);
	db_key_create(c->db, r->tenant, &r->key, &r->by, created);
	rc = db_commit(c->db);
	if (rc == CONFLICT)
		st = session_refuse(c, "the tenant has a key named %s already", key->name);
	else if (!session_tenant(c, rc, r->tenant, &tenant))
		st = STATUS_REFUSED;
	else if (!created->found)
		st = session_refuse(c, "its expiry has passed already");
	tenant_clear(&tenant);
	return st;
}

/* A hash that two rows share authenticates neither, so no tenant may have the key already. */
static bool
read_unknown_key(struct ctl *c, struct key_text *key)
{
	struct key_place place;
	enum outcome rc;

	if (!key_text_read(c, key))
		return false;
	db_begin(c->db, DB_READ_ONLY);
	db_key_find(c->db, key->hash, &place);
	rc = db_commit(c->db);
	if (rc == DONE && !place.found)
		return true;
	if (rc == DONE)
		(void)session_refuse(c, "this key is known already: grantctl key check");
	else
		(void)session_failed(c, rc);
	key_text_wipe(key);
	return false;
}

static enum status
print_imported(struct ctl *c, const struct key_record *k, const struct key_text *key)
{
	(void)key;
	return key_print(c, k);
}

static enum status
add_key(struct ctl *c, bool (*obtain)(struct ctl *, struct key_text *),
    enum status (*print)(struct ctl *, const struct key_record *, const struct key_text *))
{
	struct key_record created = KEY_RECORD_EMPTY;
	struct key_text key;
	struct request r;
	enum status st = take_request(c, &r);

	if (st == STATUS_DONE)
		st = key_roles_check(c, r.tenant);
	if (st != STATUS_DONE)
		return st;
	if (!obtain(c, &key))
		return STATUS_REFUSED;
	st = store(c, &r, &key, &created);
	if (st == STATUS_DONE)
		st = print(c, &created, &key);
	key_text_wipe(&key);
	key_record_clear(&created);
	return st;
}

static enum status
key_create(struct ctl *c)
{
	return add_key(c, key_text_make, key_print_new);
}

static enum status
key_import(struct ctl *c)
{
	return add_key(c, read_unknown_key, print_imported);
}
