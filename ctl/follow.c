/* SPDX-License-Identifier: MIT */
/*
 * grantctl audit follow.
 *
 * Three places in the log matter: `at`, up to which the receiver has everything; `sent`, up to where entries were sent over
 * this connection; and `until`, up to where any were ever sent, which marks those that come again. The state file has the
 * first and the last. When a connection ends in any way that does not confirm what was sent, sending begins again at `at`.
 *
 * None of them moves past the last entry that was read, however far transactions have ended by then: a crash or a failover may
 * lose those that wrote no entry, and then others have their numbers. That the entry is still there shows
 * that nothing before it was lost; so each look begins with it (the last of the state's marks).
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/commands.h"
#include "ctl/engine/session.h"
#include "ctl/follow_sink.h"
#include "ctl/follow_state.h"
#include "ctl/follow_text.h"

/* A stream is ended, and so confirmed, when there is nothing more to send and this is over, or after so many entries. */
#define CONFIRM_MS 5000
#define CONFIRM_ENTRIES 10000
#define RETRY_LEAST_MS 250
#define RETRY_MOST_MS 15000

static enum status follow(struct ctl *);

static const struct option options[] = {
	{ .name = "state",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .flags = OPTION_REQUIRED,
	    .help = "keep in this file how far it came, and go on from there" },
	OPTION_ONE_TENANT,
	{ .name = "format",
	    .value = "FORMAT",
	    .type = VALUE_WORD,
	    .words = follow_format_names,
	    .help = "the format; default: ndjson" },
	{ .name = "to",
	    .value = "WHERE",
	    .type = VALUE_TEXT,
	    .help = "tcp://HOST:PORT, tls://HOST:PORT, unix:/PATH, or - for standard output, "
		    "which is the default" },
	{ .name = "ca-file",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "tls: trust these authorities, and not the system's" },
	{ .name = "cert-file",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "tls: a certificate of our own, with its chain" },
	{ .name = "cert-key-file", .value = "FILE", .type = VALUE_FILE, .help = "tls: its key" },
	{ .name = "accept-fin",
	    .help = "tls: for receivers that end a connection without a close_notify" },
	{ .name = "interval",
	    .value = "TIME",
	    .type = VALUE_SPAN,
	    .help = "look for new entries so often; default: 1s" },
	{ .name = "once", .help = "end when everything there is was sent" },
	OPTIONS_END,
};

const struct command cmd_audit_follow = {
	.name = "audit follow",
	.summary = "Hand on the audit log's entries as they come, to a collector of events",
	.help =
	    "Nothing is skipped, whatever is committed when, and everything is sent at least once, whichever\n"
	    "end crashes: what may have been sent before says so (replayed), and has the same id. Messages are\n"
	    "a JSON object each, RFC 5424 syslog, or CEF. May read from a standby. SIGTERM ends it in order.",
	.options = options,
	.needs = NEEDS_OWNER,
	.run = follow,
};

static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	stopped = 1;
}

struct follow {
	struct ctl *c;
	const char *path, *to;
	const struct uuid *tenant; /* NULL: all */
	bool once;
	int interval_ms;
	struct follow_state state;
	struct sink sink;
	struct follow_text text;
	struct buf line;
	struct audit_place sent;
	int64_t unconfirmed; /* entries between `at` and `sent` */
	int64_t first_at;    /* when the first of them was sent; monotonic */
	int retry_ms;        /* 0: all is well */
	char trouble[512];   /* what was said of it */
};

/* What one look at the database gave. */
struct batch {
	struct audit_bound bound;
	struct db_rows rows;
	struct audit_place next; /* where it ends */
	int count;               /* rows of it that are to be used */
	bool more;               /* there are, or may be, others behind it */
};

/* ---- what is said on standard error ---- */

static void GRANTD_PRINTF(1, 2) note(const char *format, ...)
{
	va_list ap;

	(void)fputs("grantctl audit follow: ", stderr);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

/* Something is away: said once, until it is another thing or over. */
static void
note_trouble(struct follow *f, const char *who, const char *what)
{
	char text[sizeof(f->trouble)];

	(void)snprintf(text, sizeof(text), "%s: %s", who, what);
	if (strcmp(text, f->trouble) != 0)
		note("%s; trying again", text);
	memcpy(f->trouble, text, sizeof(text));
	f->retry_ms = f->retry_ms == 0      ? RETRY_LEAST_MS :
	    f->retry_ms > RETRY_MOST_MS / 2 ? RETRY_MOST_MS :
					      f->retry_ms * 2;
}

static void
note_well(struct follow *f)
{
	if (f->trouble[0] != '\0')
		note("going on");
	f->trouble[0] = '\0';
	f->retry_ms = 0;
}

/* ---- the state ---- */

static enum status
keep_state(struct follow *f)
{
	if (follow_state_write(f->path, f->tenant, &f->state))
		return STATUS_DONE;
	return session_refuse(f->c, "--state: %s: %s", f->path, strerror(errno));
}

/* Forget what was read; the next look begins anew. */
static void
forget(struct follow *f)
{
	f->state = (struct follow_state){ .again = true };
	f->sent = f->state.at;
	f->unconfirmed = 0;
}

/* Read everything that is there by its id, and then by writer: the last one there is already, and what was written since. */
static void
begin_anew(struct follow *f, const struct audit_bound *b)
{
	f->state.start = b->found ? b->writer : b->bound;
	memcpy(f->state.database, b->database, sizeof(f->state.database));
	if (f->tenant != NULL)
		f->state.at.tenant = *f->tenant;
	f->state.until = f->sent = f->state.at;
	f->unconfirmed = 0;
}

/* The entry that was read last is not there: look for one that is. What was sent after it comes again. */
static enum outcome
go_back(struct follow *f)
{
	struct follow_state *s = &f->state;
	struct audit_bound b;
	struct audit_place place;
	enum outcome rc;

	while (s->marks > 0) {
		const struct audit_mark *m = &s->mark[s->marks - 1];

		db_begin(f->c->db, DB_SNAPSHOT);
		db_audit_bound(f->c->db, m, &b);
		rc = db_commit(f->c->db);
		if (rc != DONE)
			return rc;
		if (b.found && (b.writer == m->writer || b.writer == -1))
			break;
		s->marks--;
	}
	if (s->marks == 0) {
		note(
		    "the database has none of the entries that were sent: all that it has comes again");
		forget(f);
		return DONE;
	}
	place = audit_place_after(s->mark[s->marks - 1].writer - 1);
	note("the database went back to an earlier state: what was sent since comes again");
	if (audit_place_order(&place, &s->at) < 0)
		s->at = place;
	f->sent = s->at;
	f->unconfirmed = 0;
	return DONE;
}

/* ---- reading ---- */

/* The entry that was read last; one that there is not, where no entry was; NULL: not even the database was. */
static const struct audit_mark *
last_mark(const struct follow *f)
{
	static const struct audit_mark nothing = { .resource_type = "tenant" };

	if (f->state.database[0] == '\0')
		return NULL;
	return f->state.marks > 0 ? &f->state.mark[f->state.marks - 1] : &nothing;
}

static enum outcome
read_batch(struct follow *f, struct batch *b)
{
	db_begin(f->c->db, DB_SNAPSHOT);
	db_audit_bound(f->c->db, last_mark(f), &b->bound);
	if (f->state.database[0] != '\0')
		db_audit_follow(f->c->db, &f->sent, &b->rows);
	return db_commit(f->c->db);
}

/* Rows by id: which place they reach. */
static bool
judge_by_id(struct follow *f, struct batch *b)
{
	struct audit_followed e;
	bool is_full = b->count == AUDIT_FOLLOW_BATCH;

	b->more = true;
	b->next = audit_place_after(f->state.start - 1);
	if (b->count == 0)
		return true;
	if (!audit_followed_at(&b->rows, b->count - 1, &e))
		return false;
	if (is_full && (f->tenant == NULL || uuid_equal(&e.row.tenant, f->tenant)))
		b->next = (struct audit_place){ .tenant = e.row.tenant, .id = e.row.id };
	return true;
}

/* Rows of one large transaction. */
static bool
judge_of_writer(struct follow *f, struct batch *b)
{
	struct audit_followed e;

	b->more = true;
	b->next = audit_place_after(f->sent.writer);
	if (b->count < AUDIT_FOLLOW_BATCH)
		return true;
	if (!audit_followed_at(&b->rows, b->count - 1, &e))
		return false;
	b->next = (struct audit_place){
		.by_writer = true,
		.writer = f->sent.writer,
		.tenant = e.row.tenant,
		.id = e.row.id,
	};
	return true;
}

/* Rows by transaction; of a full batch the last transaction is left for the next one, unless there is no other. */
static bool
judge_by_writer(struct follow *f, struct batch *b)
{
	struct audit_followed last, e;

	b->next = f->sent;
	if (b->count == 0)
		return true;
	if (!audit_followed_at(&b->rows, b->count - 1, &last))
		return false;
	if (b->count < AUDIT_FOLLOW_BATCH) {
		b->next = audit_place_after(last.writer);
		return true;
	}
	b->more = true;
	e = last;
	while (e.writer == last.writer && --b->count > 0)
		if (!audit_followed_at(&b->rows, b->count - 1, &e))
			return false;
	b->next = audit_place_after(last.writer - 1);
	if (b->count == 0)
		b->next = (struct audit_place){ .by_writer = true, .writer = last.writer };
	return true;
}

static bool
judge(struct follow *f, struct batch *b)
{
	b->count = db_rows_count(&b->rows);
	if (!f->sent.by_writer)
		return judge_by_id(f, b);
	return audit_place_is_whole(&f->sent) ? judge_by_writer(f, b) : judge_of_writer(f, b);
}

/* ---- sending ---- */

static struct audit_place
place_of(const struct follow *f, const struct audit_followed *e)
{
	return (struct audit_place){
		.by_writer = f->sent.by_writer,
		.writer = f->sent.by_writer ? e->writer : 0,
		.tenant = e->row.tenant,
		.id = e->row.id,
	};
}

/* Is it for somebody else, or does it come later by its transaction? */
static bool
is_passed_over(const struct follow *f, const struct audit_followed *e)
{
	if (f->tenant != NULL && !uuid_equal(f->tenant, &e->row.tenant))
		return true;
	return !f->sent.by_writer && e->here && e->writer >= f->state.start;
}

static bool
is_replayed(const struct follow *f, const struct audit_followed *e)
{
	const struct audit_place place = place_of(f, e);
	/* Of what was there when it was begun anew, the last comes by writer. */
	bool again = f->state.again && (!f->sent.by_writer || e->writer <= f->state.start);

	return again || (f->sent.by_writer && !e->here) ||
	    audit_place_order(&place, &f->state.until) <= 0;
}

static bool
send_entry(struct follow *f, const struct audit_followed *e, bool replayed)
{
	enum sent sent = SENT_TOO_LONG;
	int brief;

	for (brief = 0; brief < 2 && sent == SENT_TOO_LONG; brief++) {
		buf_reset(&f->line);
		follow_text_entry(&f->text, &e->row, replayed, brief, &f->line);
		if (f->line.failed) {
			(void)snprintf(f->sink.error, sizeof(f->sink.error), "out of memory");
			return false;
		}
		sent = sink_send(&f->sink, f->line.data, f->line.len);
	}
	if (sent == SENT_TOO_LONG)
		(void)snprintf(f->sink.error, sizeof(f->sink.error), "an entry is too long for it");
	return sent == SENT;
}

/*
 * What of the batch is to be sent; the state that says so is on disk before it is. `replayed` of each is settled before
 * `until` moves.
 */
static enum status
send_batch(struct follow *f, struct batch *b, bool *sent)
{
	bool replayed[AUDIT_FOLLOW_BATCH];
	struct audit_followed e;
	int i, n = 0;
	enum status st = STATUS_DONE;

	*sent = true;
	for (i = 0; i < b->count; i++) {
		if (!audit_followed_at(&b->rows, i, &e))
			return session_refuse(f->c, "an entry is not as it should be");
		replayed[i] = is_replayed(f, &e);
		n += !is_passed_over(f, &e);
	}
	if (f->sent.by_writer && b->count > 0)
		follow_state_mark(&f->state, &e);
	if (n == 0)
		return STATUS_DONE;
	if (audit_place_order(&b->next, &f->state.until) > 0)
		f->state.until = b->next;
	st = keep_state(f);
	if (f->unconfirmed == 0)
		f->first_at = clock_monotonic_ms();
	f->unconfirmed += n;
	for (i = 0; st == STATUS_DONE && *sent && i < b->count; i++) {
		if (audit_followed_at(&b->rows, i, &e) && !is_passed_over(f, &e))
			*sent = send_entry(f, &e, replayed[i]);
	}
	*sent = *sent && sink_flush(&f->sink);
	return st;
}

/* The connection is no good: begin again where the receiver surely was. */
static enum status
sink_lost(struct follow *f)
{
	sink_close(&f->sink);
	f->sent = f->state.at;
	f->unconfirmed = 0;
	if (f->once || f->sink.kind == SINK_OUTPUT)
		return session_refuse(f->c, "--to %s: %s", f->to, f->sink.error);
	note_trouble(f, "--to", f->sink.error);
	return STATUS_DONE;
}

static enum status
confirm(struct follow *f)
{
	if (f->unconfirmed > 0 && !sink_confirm(&f->sink))
		return sink_lost(f);
	if (f->unconfirmed == 0)
		return STATUS_DONE;
	f->unconfirmed = 0;
	f->state.at = f->sent;
	if (audit_place_order(&f->state.at, &f->state.until) > 0)
		f->state.until = f->state.at;
	return keep_state(f);
}

static bool
confirm_is_due(const struct follow *f, bool more)
{
	if (f->unconfirmed >= CONFIRM_ENTRIES)
		return true;
	return f->unconfirmed > 0 && !more &&
	    (f->once || f->sink.kind == SINK_OUTPUT || f->sink.kind == SINK_LOCAL ||
		clock_monotonic_ms() - f->first_at >= CONFIRM_MS);
}

/* ---- the loop ---- */

static enum status
database_lost(struct follow *f, enum outcome rc)
{
	if (f->once || rc == BROKEN || rc == DECLINED)
		return session_failed(f->c, rc);
	note_trouble(f, "the database", db_message(f->c->db));
	return STATUS_DONE;
}

/* Is what was read still there, and nothing ahead of the database? */
static bool
is_there(const struct follow *f, const struct audit_bound *b)
{
	if (f->sent.by_writer && f->sent.writer >= b->bound)
		return false;
	if (f->state.marks == 0)
		return true;
	return b->found &&
	    (b->writer == f->state.mark[f->state.marks - 1].writer || b->writer == -1);
}

/* Is this the database that was read before, with what it had? False: nothing of the batch is to be used. */
static bool
is_same_database(struct follow *f, const struct batch *b, enum outcome *rc)
{
	if (f->state.database[0] == '\0') {
		begin_anew(f, &b->bound);
		return false;
	}
	if (strcmp(f->state.database, b->bound.database) != 0) {
		note(
		    "this is another database, or a copy that was restored: all that it has comes again");
		forget(f);
		return false;
	}
	if (is_there(f, &b->bound))
		return true;
	*rc = go_back(f);
	return false;
}

/* One look. *more: there may be others to be had at once. */
static enum status
look(struct follow *f, struct batch *b, bool *more)
{
	enum outcome rc;
	enum status st;
	bool sent;

	*more = false;
	if (sink_is_open(&f->sink) ? !sink_alive(&f->sink) : !sink_open(&f->sink))
		return sink_lost(f);
	rc = read_batch(f, b);
	if (rc != DONE)
		return database_lost(f, rc);
	if (!is_same_database(f, b, &rc)) {
		*more = rc == DONE;
		return rc == DONE ? STATUS_DONE : database_lost(f, rc);
	}
	if (!judge(f, b))
		return session_refuse(f->c, "an entry is not as it should be");
	st = send_batch(f, b, &sent);
	if (st != STATUS_DONE)
		return st;
	if (!sent)
		return sink_lost(f);
	note_well(f);
	f->sent = b->next;
	*more = b->more;
	return confirm_is_due(f, *more) ? confirm(f) : STATUS_DONE;
}

static void
rest(const struct follow *f)
{
	if (!stopped)
		(void)poll(NULL, 0, f->retry_ms > 0 ? f->retry_ms : f->interval_ms);
}

static enum status
run(struct follow *f)
{
	enum status st = STATUS_DONE;
	bool more = true;

	f->sent = f->state.at;
	while (st == STATUS_DONE && !stopped && (more || !f->once)) {
		struct batch b = { .rows = DB_ROWS_EMPTY };

		st = look(f, &b, &more);
		db_rows_clear(&b.rows);
		if (st == STATUS_DONE && !more && !f->once)
			rest(f);
	}
	if (st == STATUS_DONE && sink_is_open(&f->sink))
		st = confirm(f);
	if (st == STATUS_DONE && f->state.database[0] != '\0')
		st = keep_state(f);
	return st;
}

static void
catch_signals(void)
{
	const struct sigaction end = { .sa_handler = stop }, ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGTERM, &end, NULL);
	(void)sigaction(SIGINT, &end, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

/* False, with the fault and the usage line on standard error. */
static bool
take_options(struct follow *f, struct sink_tls *tls)
{
	const struct args *a = &f->c->args;
	const int64_t *format = args_number(a, "format"), *interval = args_number(a, "interval");

	f->to = args_has(a, "to") ? args_text(a, "to") : "-";
	if (!sink_parse(&f->sink, f->to))
		return args_fault(a,
		    "--to must be tcp://HOST:PORT, tls://HOST:PORT, unix:/PATH or -");
	if (interval != NULL && *interval == 0)
		return args_fault(a, "--interval must be 1s at least");
	*tls = (struct sink_tls){
		.ca_file = args_text(a, "ca-file"),
		.cert_file = args_text(a, "cert-file"),
		.key_file = args_text(a, "cert-key-file"),
		.accept_fin = args_has(a, "accept-fin"),
	};
	f->text.format = format != NULL ? (enum follow_format) * format : FOLLOW_NDJSON;
	f->interval_ms = interval == NULL ? 1000 :
	    *interval > 3600              ? 3600000 :
					    (int)*interval * 1000;
	if ((tls->ca_file != NULL || tls->cert_file != NULL || tls->key_file != NULL ||
		tls->accept_fin) &&
	    strncmp(f->to, "tls://", 6) != 0)
		return args_fault(a, "certificates are for --to tls://HOST:PORT");
	if ((tls->cert_file == NULL) != (tls->key_file == NULL))
		return args_fault(a, "--cert-file and --cert-key-file come together");
	return true;
}

static void
prepare_text(struct follow *f, char *host, size_t size)
{
	size_t i;

	if (gethostname(host, size) != 0 || host[0] == '\0')
		(void)snprintf(host, size, "-");
	host[size - 1] = '\0';
	for (i = 0; host[i] != '\0'; i++)
		if (host[i] <= ' ' || host[i] >= 0x7f)
			host[i] = '?';
	f->text.host = host;
	f->text.in_syslog = f->sink.kind != SINK_OUTPUT;
	f->sink.framing = f->sink.kind == SINK_OUTPUT || f->text.format == FOLLOW_NDJSON ?
	    FRAME_LINE :
	    FRAME_COUNT;
}

static enum status
follow(struct ctl *c)
{
	struct follow f = { .c = c, .line = BUF_EMPTY, .sink = { .fd = -1 } };
	enum status st = STATUS_REFUSED;
	struct sink_tls tls;
	char host[256];

	f.path = args_text(&c->args, "state");
	f.tenant = args_uuid(&c->args, "tenant");
	f.once = args_has(&c->args, "once");
	if (!take_options(&f, &tls)) {
		sink_clear(&f.sink);
		return STATUS_USAGE;
	}
	catch_signals();
	if (!sink_make(&f.sink, &tls)) {
		(void)session_refuse(c, "--to %s: %s", f.to, f.sink.error);
	} else if (follow_state_hold(c, f.path) &&
	    follow_state_read(c, f.path, f.tenant, &f.state)) {
		prepare_text(&f, host, sizeof(host));
		st = run(&f);
	}
	sink_clear(&f.sink);
	buf_clear(&f.line);
	return st;
}
