/* SPDX-License-Identifier: MIT */
/* grantctl grant create. */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "base/resource.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "db/grant_create.h"
#include "db/json.h"

static enum status grant_create(struct ctl *);

static const struct option options[] = {
	OPTION_TENANT,
	{ "resource-type", "TYPE", OPTION_REQUIRED, "what the grant is for: aws_account, ..." },
	{ "resource-id", "ID", OPTION_REQUIRED,
	    "which one: account number, ARN, ..., by its type" },
	{ "grantee-id", "ID", OPTION_REQUIRED, "who holds it" },
	{ "action", "TEXT", OPTION_REQUIRED, "what the holder may do there" },
	OPTION_EXPIRES_IN,
	OPTION_EXPIRES_AT,
	{ "id", "UUID", 0, "its id; a new one unless given" },
	{ "request-id", "UUID", 0, "the access request that led to it" },
	{ "metadata", "JSON", 0, "the tenant's own JSON object" },
	{ "audit", NULL, 0, "with auditing on" },
	OPTION_REASON,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_grant_create = {
	.name = "grant create",
	.summary = "Add a grant, and print its id",
	.help = "One of --expires-in and --expires-at is needed. Types: aws_account,\n"
		"aws_permission_set, aws_s3_bucket, aws_rds_instance, aws_ec2_instance and\n"
		"aws_organizational_unit.",
	.options = options,
	.needs = NEEDS_OWNER,
	.run = grant_create,
};

struct request {
	struct uuid tenant, request_id;
	struct grant_new grant;
	struct audit_entry entry;
};

static bool
take_resource(const struct args *a, struct grant_new *g)
{
	const char *form;

	g->resource_type = args_get(a, "resource-type");
	g->resource_id = args_get(a, "resource-id");
	form = resource_id_form(g->resource_type);
	if (form == NULL)
		return args_fault(a,
		    "--resource-type must be aws_account, aws_permission_set, "
		    "aws_s3_bucket, aws_rds_instance, aws_ec2_instance or aws_organizational_unit");
	if (!resource_id_valid(g->resource_type, g->resource_id))
		return args_fault(a, "--resource-id must be %s, for %s", form, g->resource_type);
	return true;
}

static bool
take_expiry(const struct args *a, struct grant_new *g)
{
	bool has;

	if (!args_expiry(a, &has, &g->expires_at))
		return false;
	return has ? true : args_fault(a, "--expires-in or --expires-at is missing");
}

static bool
take_metadata(const struct args *a, struct grant_new *g)
{
	const char *text = args_get(a, "metadata");

	g->metadata = text != NULL ? text : "{}";
	if (field_json_object_valid(g->metadata))
		return true;
	return args_fault(a,
	    "--metadata must be a JSON object of at most %d bytes, without \\u0000",
	    FIELD_METADATA_MOST);
}

static enum status
take_request(struct ctl *c, struct request *r)
{
	const struct args *a = &c->args;

	*r = (struct request){ .grant = { .audit_enabled = args_has(a, "audit") } };
	if (!args_uuid(a, "tenant", &r->tenant) || !args_uuid(a, "id", &r->grant.id) ||
	    !args_uuid(a, "request-id", &r->request_id) || !take_resource(a, &r->grant) ||
	    !args_line(a, "grantee-id", FIELD_IDENTIFIER_MOST, &r->grant.grantee_id) ||
	    !args_line(a, "action", FIELD_IDENTIFIER_MOST, &r->grant.action) ||
	    !take_expiry(a, &r->grant) || !take_metadata(a, &r->grant) ||
	    !session_entry(c, "CreateGrant", &r->entry))
		return STATUS_USAGE;
	if (args_has(a, "request-id"))
		r->grant.request_id = &r->request_id;
	if (!args_has(a, "id") && !uuid_make_v7(&r->grant.id))
		return session_refuse(c, "the system gives no random numbers");
	return STATUS_DONE;
}

static enum status
grant_create(struct ctl *c)
{
	struct tenant tenant = TENANT_EMPTY;
	struct grant created = GRANT_EMPTY;
	struct request r;
	enum status st = take_request(c, &r);
	enum outcome rc;

	if (st != STATUS_DONE)
		return st;
	session_begin(c, DB_READ_WRITE, &r.tenant, &tenant);
	db_grant_create(c->db, &r.tenant, &r.grant, &r.entry, &created);
	rc = db_commit(c->db);
	if (rc == CONFLICT)
		st = session_refuse(c, "the tenant has a grant with this id already");
	else if (!session_tenant(c, rc, &r.tenant, &tenant))
		st = STATUS_REFUSED;
	else if (!created.found)
		st = session_refuse(c, "the time that it should expire at has passed");
	else
		st = output_created(c, &created.id, c->json ? grant_json(&created) : NULL);
	tenant_clear(&tenant);
	grant_clear(&created);
	return st;
}
