/* SPDX-License-Identifier: MIT */
/* Writing an archive: the chains are verified on the way, and nothing is archived that does not hold. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <json-c/json.h>

#include "base/hex.h"
#include "base/json_build.h"
#include "base/time_text.h"
#include "ctl/archive.h"
#include "ctl/audit_report.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/seal.h"
#include "ctl/tenants.h"

struct writing {
	FILE *file;
	struct seal seal;
	struct buf text;
	int64_t before;
	struct audit_head from; /* the chain that comes next */
	struct buf from_told;   /* "": it has no archived part yet */
	bool chain_written;
	struct audit_report report;
	const struct uuid *tenant;
	int64_t tenants, chains, entries;
};

/* What is in w->text, which the seal covers. Write errors turn up when the file is closed; false: memory, or a full disk. */
static bool
put_line(struct writing *w)
{
	bool good = !w->text.failed;

	buf_addc(&w->text, '\n');
	good = good && !w->text.failed &&
	    fwrite(w->text.data, 1, w->text.len, w->file) == w->text.len;
	if (good)
		seal_add(&w->seal, w->text.data, w->text.len);
	buf_reset(&w->text);
	return good;
}

static void
add_string(struct buf *out, const char *text)
{
	json_print(out, json_object_new_string(text));
}

static void
add_hash(struct buf *out, const uint8_t hash[AUDIT_HASH_LEN])
{
	char text[AUDIT_HASH_LEN * 2 + 1];

	hex_print(hash, AUDIT_HASH_LEN, text);
	buf_adds(out, text);
}

static bool
hear_chain(void *writing, const struct audit_head *from, const char *told)
{
	struct writing *w = writing;

	w->from = *from;
	w->chain_written = false;
	buf_reset(&w->from_told);
	buf_adds(&w->from_told, told != NULL ? told : "");
	return !w->from_told.failed;
}

/* Only once an entry of the chain is there. */
static bool
write_chain(struct writing *w)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_print(&w->from.resource_id, id);
	buf_addf(&w->text, "chain %s %s %" PRId64 " ", w->from.resource_type, id, w->from.length);
	add_hash(&w->text, w->from.hash);
	buf_addc(&w->text, ' ');
	if (w->from.length > 0)
		add_string(&w->text, buf_text(&w->from_told));
	else
		buf_addc(&w->text, '-');
	w->chain_written = true;
	w->chains++;
	return put_line(w);
}

/*
 * What the hash is of, but for what the lines before say: tenant, resource and previous hash. `record` is a string, so that not
 * a byte of it changes; of an entry of the first form it is its metadata.
 */
static bool
write_entry(void *writing, const struct audit_row *e)
{
	struct writing *w = writing;
	char hash[AUDIT_HASH_LEN * 2 + 1];
	struct json_build b;

	if (!w->chain_written && !write_chain(w))
		return false;
	hex_print(e->hash, sizeof(e->hash), hash);
	json_build_begin(&b);
	json_put_uuid(&b, "id", &e->id);
	json_put_int(&b, "sequence", e->sequence);
	json_put_int(&b, "created_at", e->created_at);
	json_put_text(&b, "actor_id", e->actor_id);
	json_put_text(&b, "actor_type", e->actor_type);
	json_put_text(&b, "action", e->action);
	json_put_text(&b, "outcome", e->outcome);
	json_put_text(&b, "reasoning", e->reasoning);
	json_put_int(&b, "form", e->second_form ? 2 : 1);
	json_put_text(&b, "record", e->metadata);
	json_put_text(&b, "hash", hash);
	json_print(&w->text, json_build_end(&b));
	w->entries++;
	return put_line(w);
}

static bool
write_cut(void *writing, const struct audit_head *head, const char *told)
{
	struct writing *w = writing;

	buf_addf(&w->text, "cut %" PRId64 " ", head->length);
	add_hash(&w->text, head->hash);
	buf_addc(&w->text, ' ');
	add_string(&w->text, told);
	return put_line(w);
}

static void
row_differs(void *writing, const struct difference *d)
{
	struct writing *w = writing;

	audit_report_difference(&w->report, w->tenant, d);
}

static enum status
write_tenant(struct ctl *c, const struct tenant *t, void *writing)
{
	struct writing *w = writing;
	const struct audit_archiving archiving = {
		.before = w->before,
		.chain = hear_chain,
		.entry = write_entry,
		.cut = write_cut,
	};
	const struct audit_watch watch = {
		.differs = row_differs,
		.archiving = &archiving,
		.context = w,
	};
	struct audit_verdict v;
	char id[UUID_TEXT_LEN + 1];
	enum outcome rc;

	w->tenant = &t->id;
	w->tenants++;
	uuid_print(&t->id, id);
	buf_addf(&w->text, "tenant %s", id);
	if (!put_line(w))
		return session_refuse(c, "--out: %s", strerror(errno));
	errno = 0;
	rc = audit_verify(c->db, &t->id, &watch, &v);
	if (ferror(w->file) || w->text.failed)
		return session_refuse(c, "--out: %s",
		    errno != 0 ? strerror(errno) : "out of memory");
	if (rc != DONE)
		return session_failed(c, rc);
	if (v.fault != CHAIN_HOLDS)
		audit_report_fault(&w->report, &t->id, &v);
	if (v.fault != CHAIN_HOLDS || v.count.differences > 0)
		return session_refuse(c,
		    "what does not hold is not archived: see what audit verify says, and settle that first");
	return STATUS_DONE;
}

/* The lines before the first tenant; the archive's own id is new. */
static enum status
write_head(struct ctl *c, struct writing *w, char id[UUID_TEXT_LEN + 1])
{
	char before[TIME_TEXT_LEN + 1], now[TIME_TEXT_LEN + 1];
	struct uuid archive;
	bool good;

	if (!uuid_make_v7(&archive) || !time_print(w->before, before) ||
	    !time_print(time_now(), now))
		return session_refuse(c,
		    "the clock is wrong, or the system gives no random numbers");
	uuid_print(&archive, id);
	buf_adds(&w->text, ARCHIVE_TITLE);
	good = put_line(w);
	buf_addf(&w->text, "archive %s", id);
	good = put_line(w) && good;
	buf_addf(&w->text, "before %s", before);
	good = put_line(w) && good;
	buf_addf(&w->text, "taken %s", now);
	good = put_line(w) && good;
	return good ? STATUS_DONE : session_refuse(c, "--out: %s", strerror(errno));
}

static enum status
report(struct ctl *c, const struct writing *w, const char *id, const char *digest)
{
	struct json_build b;

	if (!c->json) {
		(void)printf("archive %s: tenants %" PRId64 ", chains %" PRId64 ", entries %" PRId64
			     ", %s %s\n",
		    id, w->tenants, w->chains, w->entries, seal_name(&w->seal), digest);
		return STATUS_DONE;
	}
	json_build_begin(&b);
	json_put_text(&b, "archive", id);
	json_put_int(&b, "tenants", w->tenants);
	json_put_int(&b, "chains", w->chains);
	json_put_int(&b, "entries", w->entries);
	json_put_text(&b, "digest", seal_name(&w->seal));
	json_put_text(&b, "value", digest);
	return output_json(c, json_build_end(&b));
}

static enum status
write_all(struct ctl *c, struct writing *w, const char *path)
{
	char id[UUID_TEXT_LEN + 1], digest[SEAL_TEXT_LEN + 1];
	struct keep_file k;
	enum status st;

	if ((st = seal_file_begin(c, &w->seal, &k, path)) != STATUS_DONE)
		return st;
	w->file = k.file;
	st = write_head(c, w, id);
	if (st == STATUS_DONE)
		st = tenants_each(c, NULL, write_tenant, w);
	st = seal_file_end(c, &w->seal, &k, path, st, digest);
	return st == STATUS_DONE ? report(c, w, id, digest) : st;
}

enum status
archive_write(struct ctl *c, const char *path, int64_t before)
{
	struct writing w = {
		.text = BUF_EMPTY,
		.from_told = BUF_EMPTY,
		.before = before,
	};
	enum status st = STATUS_REFUSED;

	audit_report_begin(&w.report, false);
	if (seal_open(c, &w.seal))
		st = write_all(c, &w, path);
	seal_close(&w.seal);
	audit_report_clear(&w.report);
	buf_clear(&w.text);
	buf_clear(&w.from_told);
	return st;
}
