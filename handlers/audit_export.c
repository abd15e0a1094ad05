/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "handlers/audit_export.h"
#include "handlers/authorize.h"
#include "handlers/service.h"
#include "http/cors.h"

/* A batch is read again at once after a lost connection or a deadlock, at most so many times. */
#define ATTEMPTS 3

void
audit_export_load(struct call *c, const struct audit_filter *wanted)
{
	db_audit_scan(c->db, &c->caller.tenant, wanted, &c->of.scan);
}

static enum outcome
read_once(struct call *c, const struct audit_filter *wanted)
{
	db_begin(c->db, DB_READ_ONLY);
	db_key_authenticate(c->db, c->caller.key_hash, &c->caller.key);
	db_audit_scan(c->db, &c->caller.tenant, wanted, &c->of.scan);
	return db_commit(c->db);
}

/* The next batch, for whoever may still have it. Otherwise the reason not to go on. */
static const char *
read_batch(struct call *c, const struct audit_filter *wanted)
{
	enum outcome rc = LOST;
	int attempt;

	for (attempt = 0; attempt < ATTEMPTS && (rc == LOST || rc == RETRY); attempt++)
		rc = read_once(c, wanted);
	if (rc != DONE)
		return outcome_name(rc);
	if (!c->caller.key.found)
		return "the key is not valid any more";
	if ((rc = authorize(c)) != DONE)
		return outcome_name(rc);
	return c->decision.verdict == VERDICT_ALLOWED ? NULL : "the policies forbid it now";
}

/* Send what was written so far. */
static const char *
send_text(struct call *c, struct audit_text *t)
{
	if (t->out.failed)
		return "out of memory";
	if (!response_stream(c->rs, t->out.data, t->out.len))
		return "the client left or does not read, or the worker has to end";
	buf_reset(&t->out);
	return NULL;
}

static const char *
send_batch(struct call *c, struct audit_text *t)
{
	int i;

	for (i = 0; i < c->of.scan.list.count; i++) {
		struct audit_row e = audit_row_at(&c->of.scan.list, i);

		audit_text_entry(t, &e);
	}
	return send_text(c, t);
}

/* All of it, the first batch being there. Returns why it ended early, or NULL. */
static const char *
send_all(struct call *c, const struct audit_filter *wanted, struct audit_text *t)
{
	const char *why;

	audit_text_begin(t);
	while ((why = send_batch(c, t)) == NULL && audit_scan_next(&c->of.scan) &&
	    (why = read_batch(c, wanted)) == NULL)
		continue;
	if (why != NULL)
		return why;
	audit_text_end(t);
	return send_text(c, t);
}

static void
put_headers(struct call *c, enum audit_format format)
{
	char disposition[64];

	(void)snprintf(disposition, sizeof(disposition), "attachment; filename=\"audit-log.%s\"",
	    audit_format_names[format]);
	response_header(c->rs, "Content-Type", audit_format_type(format));
	response_header(c->rs, "Content-Disposition", disposition);
	/* For nginx, which keeps this header to itself: pass on what comes, at the client's pace. */
	response_header(c->rs, "X-Accel-Buffering", "no");
}

void
audit_export(struct call *c, const struct audit_filter *wanted, enum audit_format format)
{
	struct audit_text text = AUDIT_TEXT_EMPTY;
	const char *why;

	put_headers(c, format);
	if (c->request.rq->method == HTTP_HEAD) {
		response_empty(c->rs, 200);
		return;
	}
	/* Before the head is sent; that of other answers is added to when they are complete. */
	cors_answer(c->rs, c->service->settings->cors_origins, c->request.rq);
	if (!response_stream_begin(c->rs, 200))
		return;
	text.format = format;
	why = send_all(c, wanted, &text);
	if (why != NULL) {
		response_stream_cut(c->rs);
		log_warning("the export ended early: %s", why);
	}
	log_info("%" PRId64 " entries were exported", text.entries);
	buf_clear(&text.out);
}
