/* SPDX-License-Identifier: MIT */
/* grantctl grant create. */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "base/resource.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/remote.h"
#include "ctl/engine/session.h"
#include "ctl/remotes.h"
#include "db/grant_create.h"
#include "db/json.h"

static enum status grant_create(struct ctl *);

static const struct option options[] = {
	OPTION_TENANT,
	{ .name = "resource-type",
	    .value = "TYPE",
	    .type = VALUE_WORD,
	    .flags = OPTION_REQUIRED,
	    .words = resource_types,
	    .help = "the type of resource" },
	{ .name = "resource-id",
	    .value = "ID",
	    .flags = OPTION_REQUIRED,
	    .help = "the resource: an account number, an ARN, ..., depending on its type" },
	{ .name = "grantee-id",
	    .value = "ID",
	    .type = VALUE_LINE,
	    .flags = OPTION_REQUIRED,
	    .most = FIELD_IDENTIFIER_MOST,
	    .help = "who holds it" },
	{ .name = "action",
	    .value = "TEXT",
	    .type = VALUE_LINE,
	    .flags = OPTION_REQUIRED,
	    .most = FIELD_IDENTIFIER_MOST,
	    .help = "what the holder may do there" },
	OPTION_EXPIRES_IN,
	OPTION_EXPIRES_AT,
	OPTION_ID,
	{ .name = "request-id",
	    .value = "UUID",
	    .type = VALUE_UUID,
	    .help = "the access request that led to it" },
	{ .name = "metadata",
	    .value = "JSON",
	    .type = VALUE_OBJECT,
	    .help = "the tenant's own data, a JSON object" },
	{ .name = "audit", .help = "switch auditing on from the start" },
	OPTION_REASON,
	OPTIONS_REMOTE,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_grant_create = {
	.name = "grant create",
	.summary = "Add a grant, and print its id",
	.help = "One of --expires-in and --expires-at is required.",
	.options = options,
	.needs = NEEDS_OWNER,
	.run = grant_create,
	.remote = grant_create_remote,
};

struct request {
	const struct uuid *tenant;
	struct grant_new grant;
	struct change_by by;
};

static bool
take_resource(const struct args *a, struct grant_new *g)
{
	g->resource_type = args_text(a, "resource-type");
	g->resource_id = args_text(a, "resource-id");
	if (resource_id_valid(g->resource_type, g->resource_id))
		return true;
	return args_fault(a, "--resource-id must be %s, for %s", resource_id_form(g->resource_type),
	    g->resource_type);
}

static bool
take_expiry(const struct args *a, struct grant_new *g)
{
	bool has;

	if (!args_expiry(a, &has, &g->expires_at))
		return false;
	return has ? true : args_fault(a, "--expires-in or --expires-at is missing");
}

static enum status
take_request(struct ctl *c, struct request *r)
{
	const struct args *a = &c->args;
	const char *metadata = args_text(a, "metadata");

	*r = (struct request){
		.tenant = args_uuid(a, "tenant"),
		.grant = {
			.request_id = args_uuid(a, "request-id"),
			.grantee_id = args_text(a, "grantee-id"),
			.action = args_text(a, "action"),
			.metadata = metadata != NULL ? metadata : "{}",
			.audit_enabled = args_has(a, "audit"),
		},
	};
	if (!take_resource(a, &r->grant) || !take_expiry(a, &r->grant))
		return STATUS_USAGE;
	return session_new_id(c, &r->grant.id) && session_entry(c, "CreateGrant", &r->by) ?
	    STATUS_DONE :
	    STATUS_REFUSED;
}

static enum status
grant_create(struct ctl *c)
{
	struct tenant tenant = TENANT_EMPTY;
	struct grant created = GRANT_EMPTY;
	struct request r;
	enum status st = take_request(c, &r);
	const struct idempotency once = { .key = NULL };
	enum outcome rc;

	if (st != STATUS_DONE)
		return st;
	session_begin(c, DB_READ_WRITE, r.tenant, &tenant);
	db_grant_create(c->db, r.tenant, &r.grant, &once, &r.by, &created);
	rc = db_commit(c->db);
	if (rc == CONFLICT)
		st = session_refuse(c, "the tenant has a grant with this id already");
	else if (!session_tenant(c, rc, r.tenant, &tenant))
		st = STATUS_REFUSED;
	else if (!created.found)
		st = session_refuse(c, "its expiry has passed already");
	else
		st = output_created(c, &created.id, c->json ? grant_json(&created) : NULL);
	tenant_clear(&tenant);
	grant_clear(&created);
	return st;
}
