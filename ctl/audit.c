/* SPDX-License-Identifier: MIT */
/* grantctl audit verify. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/json_build.h"
#include "base/time_text.h"
#include "ctl/archive.h"
#include "ctl/audit_report.h"
#include "ctl/audit_state.h"
#include "ctl/checkpoint.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/tenants.h"
#include "db/audit_strays.h"
#include "db/audit_verify.h"

#define PROGRESS_MS 250
#define STATE_MS 1000

static enum status verify(struct ctl *);

static const struct option options[] = {
	OPTION_ONE_TENANT,
	{ .name = "checkpoint",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "compare with this file, which audit checkpoint wrote" },
	{ .name = "archive",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .flags = OPTION_REPEATS,
	    .help = "verify this archive too, by itself and against the log" },
	{ .name = "key-file",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "the key that checkpoint and archives were signed with" },
	{ .name = "state",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "save the progress to this file, and resume from it" },
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_audit_verify = {
	.name = "audit verify",
	.summary =
	    "Recompute every audit chain, and compare what the entries tell with what is there",
	.help =
	    "Names the first bad entry of each tenant whose chains do not hold, and every row that\n"
	    "is not what the entries tell of it; the exit status is then 1. With a checkpoint it\n"
	    "also finds entries and chains that were removed since, and history that was rewritten.",
	.options = options,
	.needs = NEEDS_OWNER,
	.run = verify,
};

/* One run. */
struct run {
	struct audit_state sum; /* what was verified, up to the last whole chain */
	/* Where an earlier run stopped; `begun` until that tenant is reached. */
	struct audit_state resumed;
	const char *state_path; /* NULL: none is kept */
	struct checkpoint checkpoint;
	bool has_checkpoint;
	bool is_terminal;
	int64_t shown, kept; /* when that last happened; monotonic */
	int64_t started;
	int64_t archived, beyond; /* see struct audit_verdict */
	int64_t misfits;          /* archives that do not fit the log */
	struct audit_report report;
};

/* One line that is overwritten again and again. */
static void
show_progress(struct run *r, int64_t entries)
{
	int64_t now = clock_monotonic_ms();

	if (!r->is_terminal || now - r->shown < PROGRESS_MS)
		return;
	r->shown = now;
	entries += r->sum.entries;
	(void)fprintf(stderr, "\r%" PRId64 " entries, %" PRId64 " chains, %" PRId64 " a second ",
	    entries, r->sum.chains, entries * 1000 / (now - r->started + 1));
}

static void
batch_read(void *run, const struct audit_verdict *so_far)
{
	struct run *r = run;

	show_progress(r, so_far->entries);
}

static void
keep_state(struct run *r, const struct audit_state *state, bool at_once)
{
	int64_t now = clock_monotonic_ms();

	if (r->state_path == NULL || (!at_once && now - r->kept < STATE_MS))
		return;
	r->kept = now;
	if (audit_state_write(r->state_path, state))
		return;
	(void)fprintf(stderr, "grantctl audit verify: --state: %s\n", strerror(errno));
	r->state_path = NULL; /* reported once; verification continues */
}

static void
chain_holds(void *run, const struct audit_head *chain, const struct audit_verdict *so_far)
{
	struct run *r = run;
	struct audit_state state = r->sum;

	state.begun = true;
	state.chain = *chain;
	state.chains += so_far->chains;
	state.entries += so_far->entries;
	told_count_add(&state.count, &so_far->count);
	state.policies = so_far->policies;
	keep_state(r, &state, false);
}

static bool
next_kept(void *run, struct audit_head *head)
{
	struct run *r = run;

	return checkpoint_next(&r->checkpoint, head);
}

static void
report_fault(struct run *r, const struct uuid *tenant, const struct audit_verdict *v)
{
	r->sum.faults++;
	audit_report_fault(&r->report, tenant, v);
}

static void
row_differs(void *run, const struct difference *d)
{
	struct run *r = run;

	audit_report_difference(&r->report, &r->sum.tenant, d);
}

static enum status
verify_tenant(struct ctl *c, const struct tenant *t, void *run)
{
	struct run *r = run;
	struct audit_watch watch = {
		.chain_holds = chain_holds,
		.differs = row_differs,
		.batch_read = batch_read,
		.context = r,
	};
	struct audit_verdict v;
	enum outcome rc;

	r->sum.tenant = t->id;
	r->sum.tenant_created_at = t->created_at;
	if (r->resumed.begun && uuid_equal(&r->resumed.tenant, &t->id)) {
		watch.after = &r->resumed.chain;
		watch.policies = r->resumed.policies;
	}
	if (r->has_checkpoint && checkpoint_seek(&r->checkpoint, &t->id))
		watch.kept = next_kept;
	rc = audit_verify(c->db, &t->id, &watch, &v);
	r->resumed.begun = false;
	if (rc != DONE)
		return session_failed(c, rc);
	r->sum.tenants++;
	r->sum.chains += v.chains;
	r->sum.entries += v.entries;
	r->archived += v.archived;
	r->beyond += v.beyond;
	told_count_add(&r->sum.count, &v.count);
	if (v.fault != CHAIN_HOLDS)
		report_fault(r, &t->id, &v);
	return STATUS_DONE;
}

/* The rest of the tenant that the state names, and then the others. */
static enum status
verify_rest(struct ctl *c, struct run *r)
{
	const struct tenant at = {
		.found = true,
		.id = r->resumed.tenant,
		.created_at = r->resumed.tenant_created_at,
	};
	const struct page after = {
		.after = true,
		.key = { .created_at = at.created_at, .id = at.id },
	};
	enum status st;

	if (!r->resumed.begun || args_has(&c->args, "tenant"))
		return tenants_each(c, NULL, verify_tenant, r);
	st = verify_tenant(c, &at, r);
	return st == STATUS_DONE ? tenants_each(c, &after, verify_tenant, r) : st;
}

/* A tenant that is in the checkpoint and not in the database is a fault of its own. */
static enum status
look_for_tenants(struct ctl *c, struct run *r)
{
	const struct audit_verdict gone = {
		.fault = CHAIN_GONE,
		.resource_type = "tenant",
		.sequence = 1,
	};
	enum status st = STATUS_DONE;
	enum outcome rc;
	size_t i;

	for (i = 0; st == STATUS_DONE && i < r->checkpoint.count; i++) {
		const struct uuid *id = &r->checkpoint.tenants[i].tenant;
		struct audit_verdict v = gone;
		struct tenant t = TENANT_EMPTY;

		v.resource_id = *id;
		session_begin(c, DB_READ_ONLY, id, &t);
		rc = db_commit(c->db);
		if (rc != DONE)
			st = session_failed(c, rc);
		else if (!t.found)
			report_fault(r, id, &v);
		tenant_clear(&t);
	}
	return st;
}

/* Rows of tenants that are not there. */
static enum status
look_for_strays(struct ctl *c, struct run *r)
{
	struct told_sink sink = {
		.count = &r->sum.count,
		.differs = row_differs,
		.context = r,
	};
	enum outcome rc = audit_strange_tenants(c->db, &sink);

	return rc == DONE ? STATUS_DONE : session_failed(c, rc);
}

static bool
all_is_well(const struct run *r)
{
	return r->sum.faults == 0 && r->sum.count.differences == 0 && r->misfits == 0;
}

/* Takes ownership of the report's lists. */
static enum status
report_json(struct ctl *c, struct run *r)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_bool(&b, "holds", all_is_well(r));
	json_put_int(&b, "tenants", r->sum.tenants);
	json_put_int(&b, "chains", r->sum.chains);
	json_put_int(&b, "entries", r->sum.entries);
	json_put_int(&b, "archived", r->archived);
	json_put_int(&b, "beyond", r->beyond);
	json_put_time(&b, "checkpoint_taken_at", r->has_checkpoint ? &r->checkpoint.taken : NULL);
	json_put_int(&b, "misfits", r->misfits);
	json_put_int(&b, "rows", r->sum.count.rows);
	json_put_int(&b, "untold", r->sum.count.untold);
	json_put_value(&b, "faults", r->report.faults);
	json_put_value(&b, "differences", r->report.differences);
	r->report.faults = r->report.differences = NULL;
	return output_json(c, json_build_end(&b));
}

static enum status
report(struct ctl *c, struct run *r)
{
	char taken[TIME_TEXT_LEN + 1];

	if (c->json)
		return report_json(c, r);
	(void)printf("%s: tenants %" PRId64 ", chains %" PRId64 ", entries %" PRId64 "\n",
	    r->sum.faults == 0 ? "the chains hold" : "the chains do not hold", r->sum.tenants,
	    r->sum.chains, r->sum.entries);
	if (r->has_checkpoint && time_print(r->checkpoint.taken, taken))
		(void)printf("compared with the checkpoint of %s\n", taken);
	(void)printf("%s: rows %" PRId64 ", differences %" PRId64
		     ", values that no entry tells %" PRId64 "\n",
	    r->sum.count.differences == 0 ? "the rows are as the entries tell" :
					    "the rows are not as the entries tell",
	    r->sum.count.rows, r->sum.count.differences, r->sum.count.untold);
	if (r->archived > 0)
		(void)printf("entries in archives: %" PRId64 "\n", r->archived);
	if (r->beyond > 0)
		(void)printf(
		    "chains whose entry in the checkpoint is in an archive, so that it was not "
		    "compared: %" PRId64 "\n",
		    r->beyond);
	return STATUS_DONE;
}

/* What an earlier run found counts too. */
static enum status
resume(struct ctl *c, struct run *r)
{
	const struct uuid *tenant = args_uuid(&c->args, "tenant");

	if (!audit_state_read(c, r->state_path, &r->resumed))
		return STATUS_REFUSED;
	if (r->resumed.begun && tenant != NULL && !uuid_equal(tenant, &r->resumed.tenant))
		return session_refuse(c, "--state: the file is about another tenant");
	r->sum = r->resumed;
	return STATUS_DONE;
}

static enum status
look_at_archives(struct ctl *c, struct run *r, struct seal *seal)
{
	enum status st = STATUS_DONE;
	const char *path;
	bool holds;
	int i;

	for (i = 0; st == STATUS_DONE && (path = args_nth(&c->args, "archive", i)) != NULL; i++) {
		st = archive_compare(c, path, seal, &holds);
		r->misfits += !holds;
	}
	return st;
}

static enum status
verify_with(struct ctl *c, struct run *r, struct seal *seal)
{
	const char *path = args_text(&c->args, "checkpoint");
	enum status st = r->state_path != NULL ? resume(c, r) : STATUS_DONE;

	if (st != STATUS_DONE)
		return st;
	r->has_checkpoint = path != NULL;
	if (r->has_checkpoint && !checkpoint_open(c, &r->checkpoint, path, seal))
		return STATUS_REFUSED;
	st = look_at_archives(c, r, seal);
	if (st != STATUS_DONE)
		return st;
	st = verify_rest(c, r);
	if (st == STATUS_DONE && !args_has(&c->args, "tenant"))
		st = look_for_tenants(c, r);
	if (st == STATUS_DONE && !args_has(&c->args, "tenant"))
		st = look_for_strays(c, r);
	if (st == STATUS_DONE && r->checkpoint.damaged)
		st = session_refuse(c, "--checkpoint: the file was changed while it was read");
	if (r->is_terminal)
		(void)fputs("\r\033[K", stderr);
	if (st == STATUS_DONE && r->state_path != NULL && unlink(r->state_path) != 0 &&
	    errno != ENOENT)
		st = session_refuse(c, "--state: %s", strerror(errno));
	return st == STATUS_DONE ? report(c, r) : st;
}

static enum status
verify(struct ctl *c)
{
	struct run r = {
		.checkpoint = CHECKPOINT_EMPTY,
		.state_path = args_text(&c->args, "state"),
		.is_terminal = isatty(STDERR_FILENO) == 1,
		.started = clock_monotonic_ms(),
	};
	struct seal seal;
	enum status st = STATUS_REFUSED;

	if (args_has(&c->args, "key-file") && !args_has(&c->args, "checkpoint") &&
	    !args_has(&c->args, "archive")) {
		(void)args_fault(&c->args, "--key-file is for --checkpoint and --archive");
		return STATUS_USAGE;
	}
	audit_report_begin(&r.report, c->json);
	if (seal_open(c, &seal))
		st = verify_with(c, &r, &seal);
	seal_close(&seal);
	checkpoint_close(&r.checkpoint);
	audit_report_clear(&r.report);
	return st == STATUS_DONE && !all_is_well(&r) ? STATUS_REFUSED : st;
}
