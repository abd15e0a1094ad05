/* SPDX-License-Identifier: MIT */
/*
 * grantctl tenant move: carries a tenant to another database while it is served. db/move.h has the pieces; this is their order:
 *
 *	1  claim	old place	the move has an id, which the new place keeps, too
 *	2  carry	both		rounds, until one has little to carry; then verify the copy, and carry again
 *	3  close	old place	nothing is written any more; reads go on		- the pause begins
 *	4  carry	both		the last round; then compare
 *	5  leave	old place	it serves the tenant no more, for good
 *	6  open		new place	it serves the tenant					- and ends
 *	7  done		old place	the move is over
 *
 * Each is one transaction at the place named, a round one at either. Whatever happens between two of them, the next run finds by
 * the two rows of the tenant where it is. Up to 4 the old place serves; between 5 and 6 nobody does; from 6 on the new one
 * does. 5 needs the id and the close, so that it cannot follow a close that somebody has undone; 6 needs the id, so that no other copy
 * can be opened.
 */
#include "config.h"

#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/tenant_delete.h"
#include "db/audit_verify.h"
#include "db/conninfo.h"
#include "db/move.h"

/* A round that carried fewer rows takes a fraction of a second, and so will the last one. */
#define FEW_ROWS 500
/* A tenant that changes as fast as it is carried has a longer pause, and is not carried for ever. */
#define ROUNDS_MOST 20

static enum status tenant_move(struct ctl *);

static const struct option options[] = {
	{ .name = "to",
	    .value = "CONNINFO",
	    .type = VALUE_TEXT,
	    .flags = OPTION_REQUIRED,
	    .help = "the database to move to, as libpq takes it: a string, a URI, or service=NAME; "
		    "without a password" },
	{ .name = "prepare", .help = "carry and verify all of it, and do not move it yet" },
	{ .name = "abort", .help = "give up a move: serve it in the old place, remove the copy" },
	OPTION_REASON,
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_tenant_move = {
	.name = "tenant move",
	.summary = "Carry a tenant to another database while it is served",
	.help =
	    "Both databases have this version of the schema. Requests that write are told to come again\n"
	    "(503) during a pause, which is printed. If it is interrupted, run it again: it goes on\n"
	    "where it was. Web servers are to be told afterwards where the tenant is.",
	.options = options,
	.operand = { .value = "TENANT", .type = VALUE_UUID, .help = "the tenant's id" },
	.needs = NEEDS_OWNER,
	.run = tenant_move,
};

struct move {
	struct ctl *c;
	struct move_round round; /* both places, the tenant and the move's id */
	struct uuid id;
	struct move_end old, new; /* as they were at the beginning */
	struct buf old_place, new_place;
	int64_t rows, entries; /* carried, verified */
	int64_t pause;         /* in milliseconds */
	bool stays;            /* it was not moved: only prepared, or given up */
	struct settings there;
};

static enum status
failed(struct move *m, const struct db *db, enum outcome rc)
{
	const char *place = db == m->round.to ? "new" : "old";

	if (rc == DECLINED)
		return session_refuse(m->c, "the %s place: %s", place, db_message(db));
	return session_refuse(m->c, "the %s place: %s: %s", place, outcome_name(rc),
	    db_message(db));
}

/* For people; programs wait for the end. */
static void tell(const struct move *m, const char *format, ...) GRANTD_PRINTF(2, 3);
static void
tell(const struct move *m, const char *format, ...)
{
	va_list ap;

	if (m->c->json)
		return;
	va_start(ap, format);
	(void)vprintf(format, ap);
	va_end(ap);
	(void)putchar('\n');
	(void)fflush(stdout);
}

static bool
look(struct move *m, struct db *db, struct move_end *end, struct buf *place)
{
	enum outcome rc;

	db_begin(db, DB_READ_ONLY);
	db_tenant_choose(db, m->round.tenant);
	db_move_look(db, m->round.tenant, end);
	rc = db_commit(db);
	if (rc != DONE) {
		(void)failed(m, db, rc);
		return false;
	}
	db_move_place(db, place);
	if (!place->failed)
		return true;
	(void)session_refuse(m->c, "out of memory");
	return false;
}

/* One step. The outcome is for those who act upon it; made false: things are not as they should be. */
static enum outcome
step(struct db *db, enum move_step what, const struct move *m, const struct uuid *id, bool *made)
{
	db_begin(db, DB_READ_WRITE);
	db_tenant_choose(db, m->round.tenant);
	db_move_step(db, what, m->round.tenant, id, made);
	return db_commit(db);
}

static enum status
must_step(struct move *m, struct db *db, enum move_step what, const struct uuid *id)
{
	bool made;
	enum outcome rc = step(db, what, m, id, &made);

	if (rc != DONE)
		return failed(m, db, rc);
	if (!made)
		return session_refuse(m->c,
		    "somebody else moves, removes or changes this tenant: look at both places");
	return STATUS_DONE;
}

/* ---- carry and verify ---- */

static enum status
carry_once(struct move *m)
{
	enum outcome rc = move_carry(&m->round);

	if (rc != DONE)
		return failed(m, m->round.failed, rc);
	if (m->round.refused)
		return session_refuse(m->c, "the new place has the tenant by another move");
	m->rows += m->round.rows;
	return STATUS_DONE;
}

static enum status
carry(struct move *m)
{
	enum status st;
	int rounds = 0;

	do {
		st = carry_once(m);
		if (st == STATUS_DONE)
			tell(m, "carried: %" PRId64 " rows", m->round.rows);
	} while (st == STATUS_DONE && m->round.rows >= FEW_ROWS && ++rounds < ROUNDS_MOST);
	return st;
}

static void
copy_differs(void *move, const struct difference *d)
{
	const struct move *m = move;
	char id[UUID_TEXT_LEN + 1];

	uuid_print(&d->id, id);
	(void)session_refuse(m->c, "the copy: %s %s, %s: %s", d->table, id,
	    d->column != NULL ? d->column : "row", difference_text(d->kind));
}

/* The copy, as whoever opens the new place would: every hash, and every row as its entries tell it. */
static enum status
verify(struct move *m)
{
	struct audit_watch watch = { .differs = copy_differs, .context = m };
	struct audit_verdict v;
	enum outcome rc = audit_verify(m->round.to, m->round.tenant, &watch, &v);
	char id[UUID_TEXT_LEN + 1];

	if (rc != DONE)
		return failed(m, m->round.to, rc);
	m->entries = v.entries;
	if (v.fault != CHAIN_HOLDS) {
		uuid_print(&v.resource_id, id);
		return session_refuse(m->c, "the copy: %s %s, entry %" PRId64 ": %s",
		    v.resource_type, id, v.sequence, chain_fault_text(v.fault));
	}
	if (v.count.differences > 0)
		return session_refuse(m->c,
		    "the copy does not verify; grantctl audit verify says whether the original does");
	tell(m, "verified in the new place: %" PRId64 " entries, %" PRId64 " rows", v.entries,
	    v.count.rows);
	return STATUS_DONE;
}

static enum status
compare(struct move *m)
{
	const char *differs;
	struct db *db;
	enum outcome rc = move_compare(&m->round, &differs, &db);

	if (rc != DONE)
		return failed(m, db, rc);
	if (differs != NULL)
		return session_refuse(m->c, "%s is not the same in both places", differs);
	return STATUS_DONE;
}

/* ---- the pause ---- */

/* Nothing was given up yet: what cannot go on must not stay closed. */
static enum status
reopen(struct move *m)
{
	bool made;
	enum outcome rc = step(m->round.from, MOVE_REOPEN, m, &m->id, &made);

	if (rc == DONE && made)
		return session_refuse(m->c,
		    "it is served in the old place again; run it again to go on");
	return session_refuse(m->c, "the tenant is closed; run it again to go on, or with --abort");
}

static enum status
leave(struct move *m)
{
	struct db *db = m->round.from;
	struct change_by by;
	enum change said;
	enum outcome rc;

	if (!session_entry(m->c, "MoveTenant", &by))
		return reopen(m);
	db_begin(db, DB_READ_WRITE);
	db_tenant_choose(db, m->round.tenant);
	db_move_leave(db, m->round.tenant, &m->id, &by, buf_text(&m->new_place), &said);
	rc = db_commit(db);
	if (rc == COMMIT_UNKNOWN)
		return session_refuse(m->c,
		    "nobody knows whether the old place has given the tenant up (%s): run it again",
		    db_message(db));
	if (rc != DONE) {
		(void)failed(m, db, rc);
		return reopen(m);
	}
	if (said != CHANGE_DONE)
		return session_refuse(m->c,
		    "somebody else has ended this move: look at both places");
	return STATUS_DONE;
}

static enum status
open_new(struct move *m)
{
	struct db *db = m->round.to;
	struct change_by by;
	enum change said;
	enum outcome rc;

	if (!session_entry(m->c, "MoveTenant", &by))
		return STATUS_REFUSED;
	db_begin(db, DB_READ_WRITE);
	db_tenant_choose(db, m->round.tenant);
	db_move_open(db, m->round.tenant, &m->id, &by, buf_text(&m->old_place), &said);
	rc = db_commit(db);
	if (rc == DONE && said == CHANGE_DONE)
		return STATUS_DONE;
	if (rc != DONE)
		(void)failed(m, db, rc);
	return session_refuse(m->c,
	    "the old place has given the tenant up, and the new one is not known to be open: run it again");
}

static enum status
finish(struct move *m)
{
	return must_step(m, m->round.from, MOVE_DONE, &m->id);
}

/* From the close until the new place is open. */
static enum status
switch_over(struct move *m)
{
	int64_t began = clock_monotonic_ms();
	enum status st = must_step(m, m->round.from, MOVE_CLOSE, &m->id);

	if (st != STATUS_DONE)
		return reopen(m); /* it may have been made all the same */
	st = carry_once(m);
	if (st == STATUS_DONE)
		st = compare(m);
	if (st != STATUS_DONE)
		return reopen(m);
	st = leave(m);
	if (st == STATUS_DONE)
		st = open_new(m);
	m->pause = clock_monotonic_ms() - began;
	return st == STATUS_DONE ? finish(m) : st;
}

/* Whoever interrupts this by hand, between the close and the end, is heard afterwards. */
static enum status
switch_undisturbed(struct move *m)
{
	sigset_t stop, before;
	enum status st;

	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGINT);
	(void)sigaddset(&stop, SIGTERM);
	(void)sigaddset(&stop, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, &stop, &before);
	st = switch_over(m);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return st;
}

/* ---- the whole ---- */

static enum status
report(struct move *m)
{
	struct json_build b;

	if (!m->c->json) {
		tell(m, "moved to %s; the pause was %" PRId64 " ms", buf_text(&m->new_place),
		    m->pause);
		return STATUS_DONE;
	}
	json_build_begin(&b);
	json_put_uuid(&b, "tenant", m->round.tenant);
	json_put_text(&b, "moved_to", m->stays ? NULL : buf_text(&m->new_place));
	json_put_int(&b, "rows", m->rows);
	json_put_int(&b, "entries", m->entries);
	json_put_int(&b, "pause_ms", m->pause);
	return output_json(m->c, json_build_end(&b));
}

static bool
is_arriving(const struct move_end *end)
{
	return end->found && end->moves && end->hold != NULL && strcmp(end->hold, "arriving") == 0;
}

/* The old place has given it up: what is left to be done is at the new one. */
static enum status
go_on_after_leaving(struct move *m)
{
	enum status st = STATUS_DONE;

	m->id = m->old.move;
	if (!m->old.moves)
		return session_refuse(m->c, "the tenant has moved to %s already",
		    m->old.moved_to != NULL ? m->old.moved_to : "?");
	if (is_arriving(&m->new) && uuid_equal(&m->new.move, &m->old.move))
		st = open_new(m);
	else if (!m->new.found || m->new.hold != NULL || strcmp(m->new.state, "moved") == 0)
		return session_refuse(m->c, "the tenant is on its way to another place: %s",
		    m->old.moved_to != NULL ? m->old.moved_to : "?");
	if (st == STATUS_DONE)
		st = finish(m);
	return st == STATUS_DONE ? report(m) : st;
}

/*
 * Which move this is. A copy belongs to one: where there is none yet, it is a new one, and an earlier one that made no copy here
 * is over, so that whatever copy it made elsewhere can never be opened.
 */
static enum status
claim(struct move *m)
{
	enum status st = STATUS_DONE;

	if (m->new.found && !is_arriving(&m->new))
		return session_refuse(m->c,
		    "there is a tenant with this id in the new place already");
	if (m->new.found && (!m->old.moves || !uuid_equal(&m->old.move, &m->new.move)))
		return session_refuse(m->c,
		    "there is a copy in the new place that an earlier move has left: remove it with --abort");
	if (m->new.found) {
		m->id = m->new.move;
		(void)snprintf(m->round.since, sizeof(m->round.since), "%s",
		    m->new.since != NULL ? m->new.since : "");
	} else {
		if (m->old.moves)
			st = must_step(m, m->round.from, MOVE_FORGET, &m->old.move);
		if (st == STATUS_DONE && !uuid_make_v7(&m->id))
			st = session_refuse(m->c, "the system gives no random numbers");
	}
	return st == STATUS_DONE ? must_step(m, m->round.from, MOVE_CLAIM, &m->id) : st;
}

static enum status
go_on(struct move *m)
{
	enum status st = claim(m);

	if (st == STATUS_DONE)
		st = carry(m);
	if (st == STATUS_DONE)
		st = verify(m);
	if (st == STATUS_DONE)
		st = carry(m);
	if (st != STATUS_DONE)
		return st;
	if (args_has(&m->c->args, "prepare")) {
		tell(m, "prepared; run it again without --prepare to move the tenant");
		m->stays = true;
		return m->c->json ? report(m) : STATUS_DONE;
	}
	st = switch_undisturbed(m);
	return st == STATUS_DONE ? report(m) : st;
}

/* Both places as they were before the move. */
static enum status
forget(struct move *m)
{
	enum status st = STATUS_DONE;

	if (m->old.moves)
		st = must_step(m, m->round.from, MOVE_FORGET, &m->old.move);
	if (st != STATUS_DONE || !m->new.found || !m->new.moves)
		return st;
	st = must_step(m, m->round.to, MOVE_REMOVE, &m->new.move);
	return st == STATUS_DONE ? tenant_remove(m->c, m->round.to, m->round.tenant) : st;
}

static enum status
give_up(struct move *m)
{
	enum status st;

	if (strcmp(m->old.state, "moved") == 0)
		return session_refuse(m->c,
		    "the old place has given the tenant up: it cannot be undone; run it again without --abort");
	st = forget(m);
	if (st != STATUS_DONE)
		return st;
	tell(m, "the move is given up; the tenant stays here");
	m->stays = true;
	return m->c->json ? report(m) : STATUS_DONE;
}

static enum status
run(struct move *m)
{
	char id[UUID_TEXT_LEN + 1];

	if (!look(m, m->round.from, &m->old, &m->old_place) ||
	    !look(m, m->round.to, &m->new, &m->new_place))
		return STATUS_REFUSED;
	if (!m->old.found) {
		uuid_print(m->round.tenant, id);
		return session_refuse(m->c, "there is no tenant %s", id);
	}
	if (args_has(&m->c->args, "abort"))
		return give_up(m);
	return strcmp(m->old.state, "moved") == 0 ? go_on_after_leaving(m) : go_on(m);
}

/* --to, as a connection string. A password there would be seen by every user of the machine. */
static bool
check_target(struct ctl *c, const char *to)
{
	char sentence[CONNINFO_SENTENCE_MAX];

	if (!conninfo_check(to, sentence)) {
		const char *why = strchr(sentence, ':');

		return args_fault(&c->args, "--to is not a connection string%s",
		    why != NULL ? why : "");
	}
	if (to[0] == '\0')
		return args_fault(&c->args, "--to is empty");
	if (conninfo_has_password(to))
		return args_fault(&c->args,
		    "--to holds a password, which others can see; put it into a password file");
	return true;
}

static bool
check_aim(struct ctl *c)
{
	if (args_has(&c->args, "prepare") && args_has(&c->args, "abort"))
		return args_fault(&c->args, "--prepare and --abort exclude each other");
	return true;
}

static enum status
tenant_move(struct ctl *c)
{
	const char *to = args_text(&c->args, "to");
	struct move m = {
		.c = c,
		.old = MOVE_END_EMPTY,
		.new = MOVE_END_EMPTY,
		.old_place = BUF_EMPTY,
		.new_place = BUF_EMPTY,
	};
	enum status st;

	if (!check_target(c, to) || !check_aim(c))
		return STATUS_USAGE;
	/* Verification and comparison read all of a tenant by one statement. Not connected yet. */
	c->settings.statement_timeout = c->settings.request_timeout = DB_PATIENCE_MS;
	m.there = c->settings;
	m.there.database = (char *)(uintptr_t)to; /* borrowed, as the other texts are */
	m.round = (struct move_round){
		.from = c->db,
		.to = db_open(&m.there, DB_OWNER),
		.tenant = &c->args.operand.uuid,
		.move = &m.id,
	};
	st = m.round.to != NULL ? run(&m) : session_refuse(c, "out of memory");
	move_end_clear(&m.old);
	move_end_clear(&m.new);
	buf_clear(&m.old_place);
	buf_clear(&m.new_place);
	db_close(m.round.to);
	return st;
}
