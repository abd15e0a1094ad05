/* SPDX-License-Identifier: MIT */
/*
 * What every list costs, in a database with one large tenant and many small ones. Each list operation is asked with every
 * combination of its filters, for values that are common and for values that nothing has; what it sends is taken on its way
 * into page_queue(), and is then explained: as the worker's role under row-level security, for the large tenant and for a small
 * one, with the plan that suits all values and with one for these values. No page may sort, read a table from end to
 * end, or look at more rows than it may. The verification's statements, the tenants' and the keys that the guard reads are taken alike.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <libpq-fe.h>

#include "base/settings.h"
#include "base/words.h"
#include "db/audit_verify.h"
#include "db/tenant.h"
#include "handlers/operation.h"
#include "handlers/page.h"
#include "tests/db/fixture.h"

#define SMALL_TENANT "00000000-0000-4000-9000-000000000007"
#define LONG_POLICY "55555555-5555-7555-8555-5555555555ff"
#define LIMIT 50
#define VALUE_MAX 256

/* A statement as it was sent. */
struct sent {
	const struct statement *st;
	int count;
	char value[DB_PARAMS_MAX][VALUE_MAX];
	bool null[DB_PARAMS_MAX];
};

static struct sent sent;
static bool keeping; /* what db_queue() is given, too: where rows are read that are no page */
static void (*found)(void);

static void
keep(const struct statement *st, const struct db_params *p)
{
	int i;

	sent.st = st;
	sent.count = p->count;
	for (i = 0; i < p->count; i++) {
		sent.null[i] = p->value[i] == NULL;
		assert_true(sent.null[i] || strlen(p->value[i]) < VALUE_MAX);
		(void)snprintf(sent.value[i], VALUE_MAX, "%s", sent.null[i] ? "" : p->value[i]);
	}
}

/* The linker puts these before the real ones: see local.mk. */
void __real_page_queue(struct db *, const struct statement *, const struct db_params *,
    const struct page *, page_row *, struct db_list *);
void __wrap_page_queue(struct db *, const struct statement *, const struct db_params *,
    const struct page *, page_row *, struct db_list *);
void __real_db_queue(struct db *, const struct statement *, const struct db_params *, db_reader *,
    void *);
void __wrap_db_queue(struct db *, const struct statement *, const struct db_params *, db_reader *,
    void *);

void
__wrap_page_queue(struct db *db, const struct statement *st, const struct db_params *p,
    const struct page *page, page_row *row, struct db_list *list)
{
	keep(st, p);
	__real_page_queue(db, st, p, page, row, list);
}

void
__wrap_db_queue(struct db *db, const struct statement *st, const struct db_params *p,
    db_reader *read, void *into)
{
	if (keeping && st->rows == ROWS_ANY) {
		keep(st, p);
		found();
	}
	__real_db_queue(db, st, p, read, into);
}

/* What a plan did, added up. */
struct plan {
	bool scans; /* looks at more than it takes */
	int sorts;
	char other[64];     /* the last node that a list should not have */
	double rows;        /* the most that a node gave, or filtered out */
	double buffers;     /* of 8 KiB, all in all */
	double sorted_rows; /* that went into a sort */
};

static double
number(struct json_object *node, const char *name)
{
	return json_object_get_double(json_object_object_get(node, name));
}

static const char *
text(struct json_object *node, const char *name)
{
	const char *value = json_object_get_string(json_object_object_get(node, name));

	return value != NULL ? value : "";
}

static bool
is_usual(const char *type)
{
	static const char *const usual[] = { "Limit", "Result", "Index Scan", "Index Only Scan",
		"Subquery Scan", "WindowAgg", "Merge Append", "Append" };
	size_t i;

	for (i = 0; i < COUNT_OF(usual); i++)
		if (strcmp(type, usual[i]) == 0)
			return true;
	return false;
}

static void
add_node(struct plan *plan, struct json_object *node)
{
	struct json_object *below = json_object_object_get(node, "Plans");
	const char *type = text(node, "Node Type");
	double rows = number(node, "Actual Rows"),
	       gone = number(node, "Rows Removed by Filter") +
	    number(node, "Rows Removed by Index Recheck");
	size_t i;

	if (strcmp(type, "WindowAgg") == 0)
		plan->scans = true;
	if (strcmp(type, "Sort") == 0 || strcmp(type, "Incremental Sort") == 0) {
		plan->sorts++;
		plan->sorted_rows = rows;
	} else if (!is_usual(type)) {
		(void)snprintf(plan->other, sizeof(plan->other), "%s", type);
	}
	if (plan->rows < rows)
		plan->rows = rows;
	if (plan->rows < gone)
		plan->rows = gone;
	for (i = 0; below != NULL && i < json_object_array_length(below); i++)
		add_node(plan, json_object_array_get_idx(below, i));
}

static PGconn *worker, *owner;

/* Once for each session. */
static void
prepare(PGconn *conn, const struct statement *st)
{
	static struct {
		PGconn *conn;
		const struct statement *st;
	} known[256];
	static size_t count;
	size_t i;

	for (i = 0; i < count; i++)
		if (known[i].conn == conn && known[i].st == st)
			return;
	assert_true(count < COUNT_OF(known));
	known[count].conn = conn;
	known[count++].st = st;
	PQclear(PQprepare(conn, st->name, st->sql, 0, NULL));
}

static PGresult *
run(PGconn *conn, const char *command)
{
	PGresult *r = PQexec(conn, command);

	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", command, PQerrorMessage(conn));
	return r;
}

/* The values with another tenant in the place of the large one. */
static void
add_values(PGconn *conn, const char *tenant, struct buf *to)
{
	int i;

	for (i = 0; i < sent.count; i++) {
		const char *value = strcmp(sent.value[i], TENANT) == 0 ? tenant : sent.value[i];
		char *literal = PQescapeLiteral(conn, value, strlen(value));

		buf_adds(to, i == 0 ? " (" : ", ");
		buf_adds(to, sent.null[i] ? "NULL" : literal);
		PQfreemem(literal);
	}
	buf_adds(to, sent.count > 0 ? ")" : "");
}

/* Explain what was sent; the text is the caller's to clear. */
static void
explain(PGconn *conn, const char *tenant, const char *mode, struct buf *plan)
{
	struct buf command = BUF_EMPTY;
	PGresult *r;

	prepare(conn, sent.st);
	buf_adds(&command, "BEGIN; SET LOCAL plan_cache_mode = ");
	buf_adds(&command, mode);
	buf_adds(&command, "; SELECT set_config('grantd.tenant', '");
	buf_adds(&command, tenant);
	buf_adds(&command,
	    "', true); EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE ");
	buf_adds(&command, sent.st->name);
	add_values(conn, tenant, &command);
	r = run(conn, buf_text(&command));
	buf_reset(plan);
	buf_adds(plan, PQgetvalue(r, 0, 0));
	PQclear(r);
	PQclear(run(conn, "COMMIT"));
	buf_clear(&command);
}

/* A resource's chains, of which there are four at most, are sorted together: a page of each. */
static bool
may_sort(const struct plan *plan, double limit)
{
	return strncmp(sent.st->name, "audit_chains", strlen("audit_chains")) == 0 &&
	    plan->sorts == 1 && plan->sorted_rows <= 4 * limit;
}

/* The kinds of chains that there are, found one from the other. */
static bool
goes_from_kind_to_kind(void)
{
	return strcmp(sent.st->name, "strange_kinds") == 0;
}

/* Beside each cut its archive is looked up, of which a tenant has few, however that is done. */
static bool
looks_archives_up(void)
{
	return strcmp(sent.st->name, "chain_cuts") == 0;
}

/*
 * Buffers: a row has a page of the table, and may have one of the index; and in each of what the table has been divided
 * into, the index is come down to its leaves.
 */
#define BUFFERS_BESIDE 100

static void
check_plan(const char *what, PGconn *conn, const char *tenant, const char *mode, double limit)
{
	struct buf told = BUF_EMPTY;
	struct plan plan = { .scans = false };
	struct json_object *json, *root;
	double most;

	explain(conn, tenant, mode, &told);
	json = json_tokener_parse(buf_text(&told));
	assert_non_null(json);
	root = json_object_object_get(json_object_array_get_idx(json, 0), "Plan");
	add_node(&plan, root);
	plan.buffers = number(root, "Shared Hit Blocks") + number(root, "Shared Read Blocks");
	most = plan.scans ? PAGE_LOOK : limit;
	if ((plan.other[0] != '\0' && !goes_from_kind_to_kind() && !looks_archives_up()) ||
	    (plan.sorts > 0 && !may_sort(&plan, limit)) || plan.rows > most + 1 ||
	    plan.buffers > 2 * most + BUFFERS_BESIDE)
		fail_msg("%s, tenant %s, %s: %s sorts %d, has %s, %.0f rows, %.0f buffers\n%s",
		    what, tenant, mode, sent.st->name, plan.sorts, plan.other, plan.rows,
		    plan.buffers, buf_text(&told));
	json_object_put(json);
	buf_clear(&told);
}

static void
check_plans(const char *what, PGconn *conn, double limit)
{
	static const char *const tenants[] = { TENANT, SMALL_TENANT };
	static const char *const modes[] = { "force_generic_plan", "force_custom_plan" };
	size_t i, j;

	for (i = 0; i < COUNT_OF(tenants); i++)
		for (j = 0; j < COUNT_OF(modes); j++)
			check_plan(what, conn, tenants[i], modes[j], limit);
}

/* For each filter a value that much has, and one that little or nothing has. */
static const struct {
	const char *name;
	const char *value[2];
} values[] = {
	{ "status", { "active", "revoked" } },
	{ "grantee_id", { "ann", "nobody" } },
	{ "actor_id", { "usual", "nobody" } },
	{ "resource_type", { "grant", "policy" } },
	{ "resource_id", { GRANT, "44444444-4444-4444-8444-4444444444ff" } },
	{ "action", { "UpdateGrant", "Nothing" } },
	{ "from", { "2026-01-01T00:00:00Z", "2026-01-10T00:00:00Z" } },
	{ "to", { "2026-02-01T00:00:00Z", "2026-01-10T00:00:01Z" } },
	{ "since", { "2026-01-01T00:00:00Z", "2026-01-10T00:00:00Z" } },
	{ "until", { "2026-02-01T00:00:00Z", "2026-01-10T00:00:01Z" } },
	{ "service", { "s3", "nothing" } },
};

static const char *
value_of(const struct query_parameter *parameter, int rare)
{
	size_t i;

	for (i = 0; i < COUNT_OF(values); i++)
		if (strcmp(values[i].name, parameter->name) == 0 &&
		    (parameter->type != QUERY_WORD ||
			words_find(parameter->words, values[i].value[rare]) >= 0))
			return values[i].value[rare];
	if (parameter->type != QUERY_WORD)
		fail_msg("the filter %s is new: it needs values here", parameter->name);
	for (i = 1; rare && parameter->words[i] != NULL; i++)
		continue;
	return parameter->words[rare ? i - 1 : 0];
}

/* An export is no page; what it reads is. */
static bool
is_filter(const struct operation *op, size_t i)
{
	return i >= PAGE_QUERY_OWN && i < op->query_count &&
	    strcmp(op->query[i].name, "format") != 0;
}

static void
add_filters(const struct operation *op, unsigned which, int rare, struct buf *query)
{
	size_t i;

	buf_reset(query);
	for (i = 0; i < op->query_count; i++) {
		if (!is_filter(op, i) || (which >> i & 1) == 0)
			continue;
		buf_adds(query, op->query[i].name);
		buf_adds(query, "=");
		buf_adds(query, value_of(&op->query[i], rare));
		buf_adds(query, "&");
	}
}

static void
path_of(const struct operation *op, char path[128])
{
	const char *brace = strchr(op->path, '{');
	bool rules = strncmp(op->path, "/v1/policies", strlen("/v1/policies")) == 0;

	if (brace == NULL)
		(void)snprintf(path, 128, "%s", op->path);
	else
		(void)snprintf(path, 128, "%.*s%s%s", (int)(brace - op->path), op->path,
		    rules ? LONG_POLICY : GRANT, strchr(brace, '}') + 1);
}

static int
ask(const char *path, struct buf *query)
{
	sent.st = NULL;
	if (request(HTTP_GET, path, buf_text(query), NULL) != 200)
		fail_msg("%s?%s: %d %s", path, buf_text(query), rs.status, buf_text(&rs.body));
	assert_non_null(sent.st);
	return rs.status;
}

/* Ask for the first page and the one after it. All are asked for; of those with many filters not all are explained. */
static void
check_filters(const struct operation *op, unsigned which, int rare, bool explained)
{
	struct buf query = BUF_EMPTY;
	char path[128], what[512];
	int pages;

	path_of(op, path);
	add_filters(op, which, rare, &query);
	for (pages = 0; pages < 2; pages++) {
		(void)ask(path, &query);
		(void)snprintf(what, sizeof(what), "%s?%s", op->id, buf_text(&query));
		if (explained)
			check_plans(what, worker, LIMIT);
		if (strstr(buf_text(&rs.body), "\"next_cursor\":\"") == NULL)
			break;
		add_filters(op, which, rare, &query);
		buf_adds(&query, "cursor=");
		buf_adds(&query, member("next_cursor"));
	}
	buf_clear(&query);
}

static int
bits(unsigned n)
{
	int count = 0;

	for (; n != 0; n &= n - 1)
		count++;
	return count;
}

static void
check_operation(const struct operation *op)
{
	unsigned all = 0, which;
	size_t i;

	for (i = 0; i < op->query_count; i++)
		if (is_filter(op, i))
			all |= 1U << i;
	for (which = 0; which <= all; which++) {
		if ((which & ~all) != 0)
			continue;
		check_filters(op, which, 0, bits(which) <= 2 || which == all);
		if (which != 0)
			check_filters(op, which, 1, bits(which) <= 2 || which == all);
	}
}

static void
every_list_reads_about_a_page(void **state)
{
	size_t i, lists = 0;

	(void)state;
	for (i = 0; i < OPERATION_COUNT; i++) {
		if (!operations[i]->paged)
			continue;
		check_operation(operations[i]);
		lists++;
	}
	assert_true(lists >= 6);
}

static struct settings as_owner;

static void
explain_as_owner(void)
{
	if (strcmp(sent.st->name, "counts_differ") ==
	    0) /* counts all events, which takes what it takes */
		return;
	check_plans(sent.st->name, owner, goes_from_kind_to_kind() ? 10 : 1000);
}

static bool
no_head(void *context, const struct audit_head *head)
{
	(void)context;
	(void)head;
	return true;
}

/* The chains here hold nothing that could be verified: the first fault ends it, when all has been sent that there is to send. */
static void
verifying_reads_about_a_batch(void **state)
{
	struct db *db = db_open(&as_owner, DB_OWNER);
	struct audit_verdict v;
	struct uuid tenant;

	(void)state;
	assert_non_null(db);
	assert_true(uuid_parse(&tenant, TENANT, strlen(TENANT)));
	found = explain_as_owner;
	keeping = true;
	sent.st = NULL;
	assert_int_equal(audit_heads(db, &tenant, no_head, NULL), DONE);
	assert_non_null(sent.st);
	sent.st = NULL;
	assert_int_equal(audit_verify(db, &tenant, NULL, &v), DONE);
	keeping = false;
	assert_non_null(sent.st);
	assert_string_equal(v.resource_type, "grant");
	db_close(db);
}

static void
tenants_are_listed_by_their_index(void **state)
{
	struct page page = { .after = false, .limit = LIMIT };
	struct db *db = db_open(&as_owner, DB_OWNER);
	struct db_list list = DB_LIST_EMPTY;

	(void)state;
	assert_non_null(db);
	do {
		db_begin(db, DB_READ_ONLY);
		db_tenant_list(db, &page, &list);
		assert_int_equal(db_commit(db), DONE);
		check_plans("tenants", owner, LIMIT);
	} while (page_go_on(&page, &list));
	db_list_clear(&list);
	db_close(db);
}

/*
 * What little there is of each sort in a small tenant, and much in the large one, in the order of time, as it would have come:
 * so that a tenant's rows lie apart. Nothing here is a chain that holds.
 */
static const char *const data[] = {
	"SET session_replication_role = replica",
	"CREATE TEMPORARY TABLE who AS SELECT n, CASE WHEN n = 0 THEN '" TENANT
	"'::uuid ELSE ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid END AS id"
	" FROM generate_series(0, 200) n",
	"INSERT INTO grantd.tenants (id, name) SELECT id, 't' FROM who WHERE n > 0",
	"INSERT INTO grantd.tenants (id, name) SELECT gen_random_uuid(), 'empty'"
	" FROM generate_series(1, 2000)",
	"INSERT INTO grantd.grants (tenant_id, id, grantee_id, resource_type, resource_id, action,"
	" status, revoked_at, granted_at, expires_at, created_at, audit_length)"
	" SELECT w.id, CASE WHEN m = 1 AND n > 0 THEN '" GRANT "'::uuid ELSE gen_random_uuid() END,"
	" CASE WHEN m % 3 = 0 THEN 'ann' ELSE 'g' || m % 1000 END, 'aws_account', '123456789012', 'x',"
	" CASE WHEN m % 20000 = 77 THEN 'revoked' ELSE 'active' END,"
	" CASE WHEN m % 20000 = 77 THEN now() END, '2020-01-01', '2099-01-01',"
	" '2026-01-01'::timestamptz + m * interval '1 minute', 0"
	" FROM who w, generate_series(1, CASE n WHEN 0 THEN 60000 ELSE 100 END) m ORDER BY m",
	"INSERT INTO grantd.audit_log (tenant_id, id, actor_id, actor_type, action, resource_type,"
	" resource_id, outcome, metadata, created_at, sequence, previous_hash, hash)"
	" SELECT w.id, (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '70008' ||"
	" substr(md5(m::text), 1, 15))::uuid, CASE WHEN m % 3 = 0 THEN 'usual' ELSE 'a' || m % 50 END,"
	" 'api_key', 'UpdateGrant', 'grant', CASE WHEN m % 2 = 0 THEN '" GRANT "'"
	" ELSE '44444444-0000-4444-8444-' || lpad(to_hex(m % 1000), 12, '0') END::uuid, 'done',"
	" jsonb_build_object('x', repeat('x', 300)), t, m, sha256(''), sha256('')"
	" FROM who w, generate_series(1, CASE n WHEN 0 THEN 100000 ELSE 100 END) m,"
	" LATERAL (SELECT '2026-01-01'::timestamptz + m * interval '30 seconds' AS t) x ORDER BY m",
	"INSERT INTO grantd.activity_event (tenant_id, grant_id, id, recorded_at, occurred_at, service,"
	" name, kind, outcome) SELECT w.id, '" GRANT "', gen_random_uuid(),"
	" now() + m % 3 * interval '1 month', '2026-01-01'::timestamptz + m * interval '1 minute',"
	" CASE WHEN m % 3 = 0 THEN 's3' ELSE 'ec2' END, 'x', 'read', 'success'"
	" FROM who w, generate_series(1, CASE n WHEN 0 THEN 40000 ELSE 100 END) m ORDER BY m",
	"INSERT INTO grantd.api_keys (tenant_id, id, key_name, name, roles, hash, created_at)"
	" SELECT w.id, gen_random_uuid(), substr(md5(w.id::text || m), 1, 8), 'k', '{x}',"
	" sha256((w.id::text || m)::bytea), '2026-01-01'::timestamptz + m * interval '1 minute'"
	" FROM who w, generate_series(1, CASE n WHEN 0 THEN 12000 ELSE 5 END) m ON CONFLICT DO NOTHING",
	"INSERT INTO grantd.policies (tenant_id, id, name, enabled, deleted_at)"
	" SELECT w.id, CASE WHEN m = 1 THEN '" LONG_POLICY "'::uuid ELSE gen_random_uuid() END,"
	" 'p' || m, false, CASE WHEN m % 2 = 0 THEN now() END"
	" FROM who w, generate_series(1, CASE n WHEN 0 THEN 4000 ELSE 4 END) m",
	"INSERT INTO grantd.policy_rules (tenant_id, policy_id, id, ordinal,"
	" policy_text) SELECT w.id, '" LONG_POLICY
	"', gen_random_uuid(), m, 'permit (principal, action, resource);'"
	" FROM who w, generate_series(1, CASE n WHEN 0 THEN 4000 ELSE 4 END) m",
	"INSERT INTO grantd.audit_archives (tenant_id, id, entry, digest, before, entries, chains, actor,"
	" created_at) SELECT w.id, gen_random_uuid(), gen_random_uuid(), sha256(''), '2026-01-01', 1, 1,"
	" 'a', '2026-01-01'::timestamptz + m * interval '1 day' FROM who w, generate_series(1, 24) m",
	"INSERT INTO grantd.audit_cuts (tenant_id, resource_type, resource_id, sequence, hash, archive,"
	" told, seal) SELECT w.id, 'grant', gen_random_uuid(), 1, sha256(''), gen_random_uuid(), '{}',"
	" sha256('') FROM who w, generate_series(1, CASE n WHEN 0 THEN 5000 ELSE 4 END) m",
	"SET session_replication_role = origin",
	"ANALYZE",
};

static PGconn *
connect(const char *variable)
{
	PGconn *conn = PQconnectdb(getenv(variable));

	assert_int_equal(PQstatus(conn), CONNECTION_OK);
	PQclear(run(conn, "SET search_path = ''"));
	PQclear(run(conn, "SET jit = off"));
	return conn;
}

static int
begin(void **state)
{
	char error[SETTINGS_ERROR_MAX];
	size_t i;

	if (fixture_setup(state) != 0 || each_setup(state) != 0 ||
	    !settings_load(&as_owner, NULL, error))
		return -1;
	permit();
	for (i = 0; i < COUNT_OF(data); i++)
		(void)sql(data[i]);
	free(as_owner.database);
	as_owner.database = strdup(getenv("GRANTD_TEST_ADMIN"));
	worker = connect("GRANTD_DATABASE");
	owner = connect("GRANTD_TEST_ADMIN");
	PQclear(run(owner, "SET ROLE grantd_owner"));
	return 0;
}

static int
end(void **state)
{
	PQfinish(worker);
	PQfinish(owner);
	settings_clear(&as_owner);
	(void)each_teardown(state);
	return fixture_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list_reads_about_a_page),
		cmocka_unit_test(verifying_reads_about_a_batch),
		cmocka_unit_test(tenants_are_listed_by_their_index),
	};

	return cmocka_run_group_tests_name("list_plans", tests, begin, end);
}
