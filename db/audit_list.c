/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/log.h"
#include "db/audit_list.h"

#define COLUMNS (AUDIT_ROW_COLUMNS + PAGE_COLUMNS)

/*
 * What is in no index, $5 to $9: actor, action, outcome, from, to. NULL is any, but for the times. This is asked of row after
 * row, where it cannot change the plan.
 */
#define FILTER_PARAMS 5
#define WANTED \
	"a.actor_id = coalesce($5::text, a.actor_id) AND a.action = coalesce($6::text, a.action)" \
	" AND a.outcome = coalesce($7::text, a.outcome)" \
	" AND a.created_at >= $8::timestamptz AND a.created_at < $9::timestamptz"

/* The whole log by id: $1 and $2 the range of ids, the greater one not included, $3 of page_put_limit(), $4 tenant. */
#define IN_LOG "grantd.audit_log a WHERE a.tenant_id = $4 AND a.id >= $1::uuid AND a.id < $2::uuid"
#define BY_ID "a.id DESC"

/* One chain by sequence: $1 to $3 of page_put_number(), $4 tenant. */
#define IN_CHAIN(type, resource) \
	"grantd.audit_log a WHERE a.tenant_id = $4 AND a.resource_type = " type \
	" AND a.resource_id = " resource "::uuid AND (a.sequence, a.id) < ($1::bigint, $2::uuid)"
#define BY_SEQUENCE "a.sequence DESC"

/*
 * All chains of one resource, where no type is asked for. Ids are unique within a type alone, so there may be more than
 * one such chain; as a rule there is one. A page of each is read, and of those rows the first ones are taken.
 */
#define CHAINS(chain) \
	"(" chain("tenant") " UNION ALL " chain("api_key") " UNION ALL " chain( \
	    "grant") " UNION ALL " chain("policy") ") a ORDER BY a.sequence DESC, a.id DESC LIMIT (SELECT $3::int)"
#define CHAIN_RANGE(type) \
	"(SELECT a.*, true AS wanted, false AS last FROM " IN_CHAIN("'" type "'", \
	    "$5") " ORDER BY " BY_SEQUENCE " LIMIT (SELECT $3::int))"
#define CHAIN_SCAN(type) \
	"(SELECT a.* FROM " PAGE_LOOKED("a", "a.*", IN_CHAIN("'" type "'", "$10"), WANTED, \
	    BY_SEQUENCE, PAGE_TEXT(PAGE_LOOK) " / 4") " ORDER BY " BY_SEQUENCE \
						      " LIMIT (SELECT $3::int))"

/* The three ranges; each has a shape of its own, and one with a filter beyond it. */
enum range { LOG, CHAIN, ALL_CHAINS };

#define SHAPE(name_, params_, sql_) \
	{ \
		.name = name_, .params = PAGE_PARAMS + 1 + (params_), .columns = COLUMNS, \
		.rows = ROWS_ANY, .sql = sql_ \
	}
#define RANGE(from, order) PAGE_RANGE(AUDIT_ROW_COLUMN_LIST, from, order, "$3")
#define SCAN(from, filter, order) \
	PAGE_SCAN(AUDIT_ROW_COLUMN_LIST, "a", "a.*", from, "(" filter ")", order, "$3")

static const struct statement audit_list[][2] = {
	[LOG] = {
		SHAPE("audit_list", 0, RANGE(IN_LOG, BY_ID)),
		SHAPE("audit_list_wanted", FILTER_PARAMS + 1,
		    SCAN(IN_LOG, WANTED " AND a.resource_type = coalesce($10::text, a.resource_type)",
			BY_ID)),
	},
	[CHAIN] = {
		SHAPE("audit_chain", 2, RANGE(IN_CHAIN("$6::text", "$5"), BY_SEQUENCE)),
		SHAPE("audit_chain_wanted", FILTER_PARAMS + 2,
		    SCAN(IN_CHAIN("$11::text", "$10"), WANTED, BY_SEQUENCE)),
	},
	[ALL_CHAINS] = {
		SHAPE("audit_chains", 1,
		    "SELECT " AUDIT_ROW_COLUMN_LIST ", a.wanted, a.last FROM " CHAINS(CHAIN_RANGE)),
		SHAPE("audit_chains_wanted", FILTER_PARAMS + 1,
		    "SELECT " AUDIT_ROW_COLUMN_LIST ", a.wanted, a.last FROM " CHAINS(CHAIN_SCAN)),
	},
};

static const struct statement audit_get = {
	.name = "audit_get",
	.params = 2,
	.columns = COLUMNS,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT " AUDIT_ROW_COLUMN_LIST ", true, false FROM grantd.audit_log a"
	       " WHERE a.tenant_id = $1 AND a.id = $2",
};

static bool
entry_row(struct db_row *row, struct page_key *key)
{
	struct audit_row e;
	bool ok = audit_row_read(&e, row);

	key->number = e.sequence;
	key->id = e.id;
	return ok;
}

/*
 * Where the ids of entries lie that were created in that time, by the clocks of those who made them: these may differ from
 * the database's by AUDIT_CLOCKS. A page begins after the id that the page before ended with.
 */
static void
put_ids(struct db_params *p, const struct audit_filter *f, const struct page *page)
{
	struct uuid low = page_id_least, high = page_id_greatest;

	if (f->from != NULL)
		uuid_v7_least(&low, *f->from - AUDIT_CLOCKS);
	if (f->to != NULL)
		uuid_v7_least(&high, *f->to + AUDIT_CLOCKS + 1000);
	if (page->after && memcmp(&page->key.id, &high, sizeof(high)) < 0)
		high = page->key.id;
	db_put_uuid(p, &low);
	db_put_uuid(p, &high);
	page_put_limit(p, page);
}

static void
put_time_or(struct db_params *p, const int64_t *t, const char *otherwise)
{
	if (t != NULL)
		db_put_time(p, *t);
	else
		db_put_text(p, otherwise);
}

static void
put_filter(struct db_params *p, const struct audit_filter *f)
{
	db_put_text(p, f->actor_id);
	db_put_text(p, f->action);
	db_put_text(p, f->outcome);
	put_time_or(p, f->from, "-infinity");
	put_time_or(p, f->to, "infinity");
}

static enum range
range_of(const struct audit_filter *f)
{
	if (f->resource_id == NULL)
		return LOG;
	return f->resource_type != NULL ? CHAIN : ALL_CHAINS;
}

/* Is more asked for than the range has? */
static bool
goes_beyond(const struct audit_filter *f, enum range range)
{
	return f->actor_id != NULL || f->action != NULL || f->outcome != NULL || f->from != NULL ||
	    f->to != NULL || (range == LOG && f->resource_type != NULL);
}

void
db_audit_list(struct db *db, const struct uuid *tenant, const struct audit_filter *f,
    const struct page *page, struct db_list *list)
{
	static const struct page_key first = { .number = INT64_MAX };
	enum range range = range_of(f);
	bool wanted = goes_beyond(f, range);
	struct db_params p = DB_PARAMS_EMPTY;

	if (range == LOG)
		put_ids(&p, f, page);
	else
		page_put_number(&p, page, &first);
	db_put_uuid(&p, tenant);
	if (wanted)
		put_filter(&p, f);
	if (range != LOG)
		db_put_uuid(&p, f->resource_id);
	if (range == CHAIN || (range == LOG && wanted))
		db_put_text(&p, f->resource_type);
	page_queue(db, &audit_list[range][wanted], &p, page, entry_row, list);
}

void
db_audit_get(struct db *db, const struct uuid *tenant, const struct uuid *id, struct db_list *list)
{
	static const struct page page = { .after = false, .limit = 1 };
	struct db_params p = DB_PARAMS_EMPTY;

	db_put_uuid(&p, tenant);
	db_put_uuid(&p, id);
	page_queue(db, &audit_get, &p, &page, entry_row, list);
}

struct audit_row
audit_row_at(const struct db_list *list, int i)
{
	struct db_row row = db_row_at(&list->rows, i);
	struct audit_row e;

	/* It was good when the page was read. */
	if (!audit_row_read(&e, &row))
		log_error("a row of the audit log was good and is not any more");
	return e;
}

void
db_audit_scan(struct db *db, const struct uuid *tenant, const struct audit_filter *f,
    struct audit_scan *scan)
{
	scan->page.limit = AUDIT_BATCH;
	db_audit_list(db, tenant, f, &scan->page, &scan->list);
}

bool
audit_scan_next(struct audit_scan *scan)
{
	return page_go_on(&scan->page, &scan->list);
}

void
audit_scan_clear(struct audit_scan *scan)
{
	db_list_clear(&scan->list);
	*scan = (struct audit_scan)AUDIT_SCAN_EMPTY;
}
