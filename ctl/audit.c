/* SPDX-License-Identifier: MIT */
/* grantctl audit verify. */
#include "config.h"

#include <inttypes.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "ctl/output.h"
#include "ctl/session.h"
#include "db/audit_verify.h"

static enum status verify(struct ctl *);

static const struct option options[] = {
	{ "tenant", "UUID", 0, "only this tenant" },
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_audit_verify = {
	.name = "audit verify",
	.summary = "Compute every audit chain again, and say whether they hold",
	.help = "For each tenant whose chains do not hold, the first bad entry is named.\n"
		"The exit status is 1 where there is one.",
	.options = options,
	.needs = NEEDS_OWNER,
	.run = verify,
};

struct totals {
	int64_t tenants, chains, entries;
	int64_t faults;
	struct json_object *list;	/* of faults; NULL unless for programs */
};

static struct json_object *
fault_json(const struct uuid *tenant, const struct audit_verdict *v)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_uuid(&b, "tenant_id", tenant);
	json_put_text(&b, "resource_type", v->resource_type);
	json_put_uuid(&b, "resource_id", &v->resource_id);
	json_put_int(&b, "sequence", v->sequence);
	json_put_uuid(&b, "entry_id", v->has_entry ? &v->entry : NULL);
	json_put_text(&b, "what", chain_fault_text(v->fault));
	return json_build_end(&b);
}

static enum status
report_fault(struct ctl *c, const struct uuid *tenant, const struct audit_verdict *v,
    struct totals *sum)
{
	char tenant_text[UUID_TEXT_LEN + 1], resource[UUID_TEXT_LEN + 1], entry[UUID_TEXT_LEN + 1];
	struct json_object *o;

	sum->faults++;
	if (c->json) {
		o = fault_json(tenant, v);
		if (o != NULL && json_object_array_add(sum->list, o) == 0)
			return STATUS_DONE;
		json_object_put(o);
		return session_refuse(c, "out of memory");
	}
	uuid_print(tenant, tenant_text);
	uuid_print(&v->resource_id, resource);
	uuid_print(&v->entry, entry);
	(void)printf("tenant %s, %s %s, entry %" PRId64 "%s%s%s: %s\n", tenant_text,
	    v->resource_type, resource, v->sequence, v->has_entry ? " (" : "",
	    v->has_entry ? entry : "", v->has_entry ? ")" : "", chain_fault_text(v->fault));
	return STATUS_DONE;
}

static enum status
verify_tenant(struct ctl *c, const struct uuid *tenant, struct totals *sum)
{
	struct audit_verdict v;
	enum outcome rc = audit_verify(c->db, tenant, &v);

	if (rc != DONE)
		return session_failed(c, rc);
	sum->tenants++;
	sum->chains += v.chains;
	sum->entries += v.entries;
	return v.fault == CHAIN_HOLDS ? STATUS_DONE : report_fault(c, tenant, &v, sum);
}

static enum status
verify_one(struct ctl *c, struct totals *sum)
{
	struct tenant t = TENANT_EMPTY;
	enum status st = STATUS_REFUSED;
	struct uuid id;
	enum outcome rc;

	if (!args_uuid(&c->args, "tenant", &id))
		return STATUS_USAGE;
	session_begin(c, DB_READ_ONLY, &id, &t);
	rc = db_commit(c->db);
	if (session_tenant(c, rc, &id, &t))
		st = verify_tenant(c, &id, sum);
	tenant_clear(&t);
	return st;
}

static enum status
verify_page(struct ctl *c, const struct db_list *list, struct page *page, struct totals *sum)
{
	enum status st = STATUS_DONE;
	struct tenant t;
	int i;

	for (i = 0; st == STATUS_DONE && i < list->count; i++) {
		t = tenant_at(list, i);
		st = verify_tenant(c, &t.id, sum);
		page->after = true;
		page->created_at = t.created_at;
		page->id = t.id;
	}
	return st;
}

static enum status
verify_all(struct ctl *c, struct totals *sum)
{
	struct db_list list = DB_LIST_EMPTY;
	struct page page = { .after = false, .limit = PAGE_LIMIT_MOST };
	enum status st;
	enum outcome rc;

	do {
		db_begin(c->db, DB_READ_ONLY);
		db_tenant_list(c->db, &page, &list);
		rc = db_commit(c->db);
		st = rc == DONE ? verify_page(c, &list, &page, sum) : session_failed(c, rc);
	} while (st == STATUS_DONE && list.more);
	db_list_clear(&list);
	return st;
}

/* Takes sum->list over. */
static enum status
report_json(struct ctl *c, struct totals *sum)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_bool(&b, "holds", sum->faults == 0);
	json_put_int(&b, "tenants", sum->tenants);
	json_put_int(&b, "chains", sum->chains);
	json_put_int(&b, "entries", sum->entries);
	json_put_value(&b, "faults", sum->list);
	sum->list = NULL;
	return output_json(c, json_build_end(&b));
}

static void
report_text(const struct totals *sum)
{
	(void)printf("%s: tenants %" PRId64 ", chains %" PRId64 ", entries %" PRId64 "\n",
	    sum->faults == 0 ? "the chains hold" : "the chains do not hold", sum->tenants,
	    sum->chains, sum->entries);
}

static enum status
verify(struct ctl *c)
{
	struct totals sum = { .list = NULL };
	enum status st;

	if (c->json && (sum.list = json_object_new_array()) == NULL)
		return session_refuse(c, "out of memory");
	st = args_has(&c->args, "tenant") ? verify_one(c, &sum) : verify_all(c, &sum);
	if (st == STATUS_DONE && c->json)
		st = report_json(c, &sum);
	else if (st == STATUS_DONE)
		report_text(&sum);
	json_object_put(sum.list);
	return st == STATUS_DONE && sum.faults > 0 ? STATUS_REFUSED : st;
}
