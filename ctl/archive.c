/* SPDX-License-Identifier: MIT */
/* grantctl audit archive: what is old goes into a file, and then out of the log. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/time_text.h"
#include "ctl/archive.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/keep_file.h"

/* Parts that one transaction drops: as many as fit into an exchange, of at most so many entries, but for the last one. */
#define PARTS 30
#define PARTS_ENTRIES 5000

static enum status archive(struct ctl *);

static const struct option options[] = {
	{ .name = "before",
	    .value = "TIME",
	    .type = VALUE_TIME,
	    .help = "write an archive of the entries that are older than this" },
	{ .name = "out",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "the archive to write, a new file" },
	{ .name = "drop",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "verify this archive, and drop from the log what it has" },
	{ .name = "tenant",
	    .value = "UUID",
	    .type = VALUE_UUID,
	    .help = "write only this tenant's entries" },
	{ .name = "key-file",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "sign the archive with this key, or the key that it was signed with" },
	OPTION_REASON,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_audit_archive = {
	.name = "audit archive",
	.summary =
	    "Write old entries of the audit log to a file, or drop from the log what a file has",
	.help =
	    "Two steps, so that the file can be copied and verified between them. Chains go on from where the\n"
	    "archive ends: audit verify needs no archive, and audit verify --archive takes one.\n"
	    "What was dropped is in the file alone, and is not in lists and exports any more.",
	.options = options,
	.needs = NEEDS_OWNER,
	.run = archive,
};

#define NOT_THESE \
	"the log has not exactly these entries: it misses one, or one is another; see audit verify"
#define ARCHIVED_OTHERWISE \
	"the beginning of this chain was archived otherwise since the file was written"

/* ---- dropping ---- */

struct kept_part {
	struct audit_part part;
	struct buf told_before, told; /* the part's, which are gone when the next part is read */
	enum change state;
	struct audit_whereabouts at;
};

struct pass {
	struct ctl *c;
	struct archive *a;
	struct kept_part part[PARTS];
	int count;
	int64_t batch_entries;
	enum stage {
		COMPARING,
		CHECKING,
		DROPPING
	} stage; /* CHECKING: whether it may be dropped */
	/* Entries; and parts that do not fit. */
	int64_t dropped, earlier, in_log, elsewhere, faults;
};

static void
pass_clear(struct pass *p)
{
	int i;

	for (i = 0; i < PARTS; i++) {
		buf_clear(&p->part[i].told_before);
		buf_clear(&p->part[i].told);
	}
}

static enum status
refuse_part(struct pass *p, const struct audit_part *part, const char *what)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_print(&part->resource_id, id);
	return session_refuse(p->c, "%s: %s %s, entries %" PRId64 " to %" PRId64 ": %s", p->a->path,
	    part->resource_type, id, part->first, part->last, what);
}

/* What came of one part. */
static enum status
judge_drop(struct pass *p, const struct kept_part *k)
{
	switch (k->state) {
	case CHANGE_DONE:
		p->dropped += k->part.last - k->part.first + 1;
		return STATUS_DONE;
	case CHANGE_SAME:
		p->earlier += k->part.last - k->part.first + 1;
		return STATUS_DONE;
	case CHANGE_STALE:
		return refuse_part(p, &k->part, ARCHIVED_OTHERWISE);
	case CHANGE_MISMATCH:
		return refuse_part(p, &k->part, NOT_THESE);
	default:
		return refuse_part(p, &k->part, "the log was not told of this archive");
	}
}

/* One transaction: all of these parts, or none where one of them is refused. */
static enum status
drop_batch(struct pass *p)
{
	enum status st = STATUS_DONE;
	enum outcome rc;
	int i;

	if (p->count == 0)
		return STATUS_DONE;
	db_begin(p->c->db, DB_READ_WRITE);
	for (i = 0; i < p->count; i++)
		db_archive_drop(p->c->db, &p->a->id, &p->part[i].part, &p->part[i].state);
	rc = db_exchange(p->c->db);
	if (rc != DONE)
		return session_failed(p->c, rc);
	for (i = 0; st == STATUS_DONE && i < p->count; i++)
		st = judge_drop(p, &p->part[i]);
	if (st == STATUS_DONE) {
		rc = db_commit(p->c->db);
		st = rc == DONE ? STATUS_DONE : session_failed(p->c, rc);
	} else {
		db_rollback(p->c->db);
	}
	p->count = 0;
	p->batch_entries = 0;
	return st;
}

/* Where a part is now. What does not fit, in words; NULL: it fits. */
static const char *
judge_place(struct pass *p, const struct kept_part *k)
{
	const struct audit_whereabouts *at = &k->at;
	int64_t entries = k->part.last - k->part.first + 1;

	if (at->is_known && !at->same_file)
		return "the log was told of another file of this archive: its SHA-256 is not this one's";
	if (at->in_log > 0 && !at->is_whole)
		return NOT_THESE;
	if (at->in_log > 0 && at->cut + 1 != k->part.first)
		return ARCHIVED_OTHERWISE;
	if (at->in_log > 0 && !at->same_before)
		return "what is said to be told before these entries is not what the log goes on from";
	if (at->in_log > 0) {
		p->in_log += entries;
		return NULL;
	}
	if (at->cut > k->part.last && uuid_equal(&at->cut_archive, &p->a->id))
		return "the log says that this archive has more of the chain than it has";
	/* Nothing of these is here any more, so that the file's digest is all that they can be held to. */
	if (at->cut > k->part.last && !at->is_known)
		return "the log has none of them, and was not told of this archive";
	if (at->cut > k->part.last) {
		p->elsewhere += entries;
		return NULL;
	}
	if (at->cut < k->part.last)
		return "the log has none of them, and does not know that they were archived";
	if (memcmp(at->cut_hash, k->part.hash, AUDIT_HASH_LEN) != 0)
		return "the log goes on from another entry than the last one of this part";
	if (!at->same_told)
		return "the log goes on from something else than what these entries tell";
	p->dropped += entries;
	return NULL;
}

/* May this part be dropped, or was it, from this very file? */
static const char *
judge_droppable(struct pass *p, const struct kept_part *k)
{
	const char *fault = judge_place(p, k);

	if (fault == NULL && k->at.in_log == 0 &&
	    (k->at.cut != k->part.last || !uuid_equal(&k->at.cut_archive, &p->a->id)))
		fault = ARCHIVED_OTHERWISE;
	return fault;
}

static enum status
find_batch(struct pass *p)
{
	enum outcome rc;
	int i;

	if (p->count == 0)
		return STATUS_DONE;
	db_begin(p->c->db, DB_READ_ONLY);
	db_tenant_choose(p->c->db, &p->part[0].part.tenant);
	for (i = 0; i < p->count; i++)
		db_archive_find(p->c->db, &p->a->id, p->a->digest, &p->part[i].part,
		    &p->part[i].at);
	rc = db_commit(p->c->db);
	if (rc != DONE)
		return session_failed(p->c, rc);
	for (i = 0; i < p->count; i++) {
		const char *fault = p->stage == COMPARING ? judge_place(p, &p->part[i]) :
							    judge_droppable(p, &p->part[i]);

		if (fault != NULL)
			(void)refuse_part(p, &p->part[i].part, fault);
		p->faults += fault != NULL;
	}
	p->count = 0;
	p->batch_entries = 0;
	return STATUS_DONE;
}

static enum status
end_batch(struct pass *p)
{
	return p->stage == DROPPING ? drop_batch(p) : find_batch(p);
}

static enum status
take_part(void *pass, const struct audit_part *part)
{
	struct pass *p = pass;
	struct kept_part *k = &p->part[p->count];

	buf_reset(&k->told_before);
	buf_adds(&k->told_before, part->told_before != NULL ? part->told_before : "");
	buf_reset(&k->told);
	buf_adds(&k->told, part->told);
	if (k->told_before.failed || k->told.failed)
		return session_refuse(p->c, "out of memory");
	k->part = *part;
	k->part.told_before = part->told_before != NULL ? buf_text(&k->told_before) : NULL;
	k->part.told = buf_text(&k->told);
	p->count++;
	p->batch_entries += part->last - part->first + 1;
	return p->count < PARTS && p->batch_entries < PARTS_ENTRIES ? STATUS_DONE : end_batch(p);
}

/* ---- what each tenant's log is told ---- */

/* One tenant's part of the file, counted. */
struct counting {
	struct uuid *tenant;
	struct audit_archive *counts;
	size_t tenants;
};

static enum status
count_tenant(void *counting, const struct uuid *tenant)
{
	struct counting *n = counting;

	n->tenant[n->tenants] = *tenant;
	n->tenants++;
	return STATUS_DONE;
}

static enum status
count_part(void *counting, const struct audit_part *part)
{
	struct counting *n = counting;
	struct audit_archive *of = &n->counts[n->tenants - 1];

	of->chains++;
	of->entries += part->last - part->first + 1;
	return STATUS_DONE;
}

static enum status
tell_tenant(struct ctl *c, const struct archive *a, const struct uuid *tenant,
    struct audit_archive *told)
{
	char id[UUID_TEXT_LEN + 1];
	struct change_by by;
	enum change state = CHANGE_NONE;
	enum outcome rc;

	if (told->chains == 0)
		return STATUS_DONE;
	if (!session_entry(c, "ArchiveAuditLog", &by))
		return STATUS_REFUSED;
	told->id = a->id;
	told->before = a->before;
	memcpy(told->digest, a->digest, sizeof(told->digest));
	db_begin(c->db, DB_READ_WRITE);
	db_archive_begin(c->db, tenant, told, &by, &state);
	rc = db_commit(c->db);
	if (rc != DONE)
		return session_failed(c, rc);
	if (state == CHANGE_DONE || state == CHANGE_SAME || state == CHANGE_MADE)
		return STATUS_DONE;
	uuid_print(tenant, id);
	if (state == CHANGE_MISMATCH)
		return session_refuse(c,
		    "%s: tenant %s has an archive with this id and another digest", a->path, id);
	return session_refuse(c, "%s: there is no tenant %s", a->path, id);
}

/* All tenants are told before anything is dropped. */
static enum status
tell(struct ctl *c, struct archive *a)
{
	size_t most = (size_t)a->tenants, i;
	struct counting n = {
		.tenant = calloc(most + 1, sizeof(struct uuid)),
		.counts = calloc(most + 1, sizeof(struct audit_archive)),
	};
	const struct archive_visitor v = { .tenant = count_tenant,
		.part = count_part,
		.context = &n };
	enum status st = n.tenant != NULL && n.counts != NULL ? archive_walk(c, a, &v) :
								session_refuse(c, "out of memory");

	for (i = 0; st == STATUS_DONE && i < n.tenants; i++)
		st = tell_tenant(c, a, &n.tenant[i], &n.counts[i]);
	free(n.tenant);
	free(n.counts);
	return st;
}

static enum status
pass_tenant(void *pass, const struct uuid *tenant)
{
	(void)tenant;
	return end_batch(pass); /* a batch is of one tenant */
}

static enum status
go_through(struct pass *p)
{
	const struct archive_visitor v = {
		.tenant = pass_tenant,
		.part = take_part,
		.context = p,
	};
	enum status st = archive_walk(p->c, p->a, &v);

	if (st == STATUS_DONE)
		st = end_batch(p);
	pass_clear(p);
	return st;
}

static enum status
report_drop(struct ctl *c, const struct pass *p)
{
	char id[UUID_TEXT_LEN + 1];
	struct json_build b;

	uuid_print(&p->a->id, id);
	if (!c->json) {
		(void)printf("archive %s: chains %" PRId64 ", entries dropped %" PRId64
			     ", dropped before %" PRId64 "\n",
		    id, p->a->chains, p->dropped, p->earlier);
		return STATUS_DONE;
	}
	json_build_begin(&b);
	json_put_text(&b, "archive", id);
	json_put_int(&b, "chains", p->a->chains);
	json_put_int(&b, "dropped", p->dropped);
	json_put_int(&b, "dropped_before", p->earlier);
	return output_json(c, json_build_end(&b));
}

static enum status
drop_opened(struct ctl *c, struct archive *a)
{
	struct pass check = { .c = c, .a = a, .stage = CHECKING };
	struct pass p = { .c = c, .a = a, .stage = DROPPING };
	enum status st;

	/* The file itself, whoever wrote or copied it, before anything rests on it alone. */
	if (fsync(fileno(a->file)) != 0 || !keep_file_name(a->path))
		return session_refuse(c, "%s: it is not on disk: %s", a->path, strerror(errno));
	st = go_through(&check);
	if (st == STATUS_DONE && check.faults > 0)
		st = session_refuse(c, "%s: nothing was dropped", a->path);
	if (st == STATUS_DONE)
		st = tell(c, a);
	if (st == STATUS_DONE)
		st = go_through(&p);
	return st == STATUS_DONE ? report_drop(c, &p) : st;
}

enum status
archive_drop(struct ctl *c, const char *path)
{
	struct archive a = { .file = NULL };
	struct seal seal;
	enum status st = STATUS_REFUSED;

	if (seal_open(c, &seal) && archive_open(c, &a, path, &seal))
		st = drop_opened(c, &a);
	seal_close(&seal);
	archive_close(&a);
	return st;
}

/* ---- comparing ---- */

enum status
archive_compare(struct ctl *c, const char *path, struct seal *seal, bool *holds)
{
	struct archive a = { .file = NULL };
	struct pass p = { .c = c, .a = &a };
	char id[UUID_TEXT_LEN + 1];
	enum status st = STATUS_REFUSED;

	*holds = false;
	if (archive_open(c, &a, path, seal))
		st = go_through(&p);
	if (st == STATUS_DONE) {
		*holds = p.faults == 0;
		uuid_print(&a.id, id);
		if (!c->json)
			(void)printf("archive %s %s: tenants %" PRId64 ", chains %" PRId64
				     ", entries %" PRId64 ", of which dropped %" PRId64
				     ", in the log %" PRId64 ", in a later archive too %" PRId64
				     "\n",
			    id, *holds ? "holds" : "does not fit the log", a.tenants, a.chains,
			    a.entries, p.dropped, p.in_log, p.elsewhere);
	}
	archive_close(&a);
	return st;
}

/* ---- the command ---- */

static enum status
archive(struct ctl *c)
{
	const int64_t *before = args_number(&c->args, "before");
	const char *out = args_text(&c->args, "out"), *drop = args_text(&c->args, "drop");

	if ((before == NULL) != (out == NULL) || (before == NULL) == (drop == NULL)) {
		(void)args_fault(&c->args, "either --before and --out, or --drop");
		return STATUS_USAGE;
	}
	if (drop != NULL && args_has(&c->args, "tenant")) {
		(void)args_fault(&c->args,
		    "--tenant is for writing an archive: a file says whose it is");
		return STATUS_USAGE;
	}
	if (drop != NULL)
		return archive_drop(c, drop);
	if (*before > time_now())
		return session_refuse(c, "--before: that is yet to come");
	return archive_write(c, out, *before);
}
