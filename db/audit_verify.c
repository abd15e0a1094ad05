/* SPDX-License-Identifier: MIT */
/*
 * Verification: two sorted streams are read side by side, the entries of one kind of chain by
 * (resource_id, sequence), and the rows that carry those chains by id. An entry is compared with
 * the one before it, and the last of a chain with the row. What is in one stream alone is a fault
 * too: entries without a row, or a row that counts entries that are not there.
 *
 * A chain whose beginning was archived has a cut, from a stream of its own: it stands for the entries up to there, with the
 * hash of the last one and what they told, and from there the walk goes on.
 *
 * On the way it is kept what the entries tell of their row (db/told.h), and at the end of a chain the row is compared with that. The
 * rules of policies are a third stream. What no chain carries is looked at after the chains: how far the policies' version has
 * moved, which their entries tell; how many events there are; and entries of no chain.
 */
#include "config.h"

#include <endian.h>
#include <inttypes.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/words.h"
#include "db/audit_counts.h"
#include "db/audit_strays.h"
#include "db/audit_stream.h"
#include "db/audit_verify.h"
#include "db/tenant.h"
#include "db/told_state.h"

struct walk {
	struct stream_of from; /* the kind of chain that is walked now */
	struct stream entries, carriers, cuts, rule_rows;
	struct told told;                    /* of the row whose chain is walked */
	struct policies_told chain_policies; /* what that chain told of them */
	struct buf state;
	bool is_past; /* this chain's part of the archive is complete */
	struct told_rules rules;
	struct told_sink sink;
	struct buf work;
	const struct audit_watch *watch;
	struct audit_head kept; /* the next one that is not compared yet */
	bool has_kept;
	struct audit_verdict *verdict;
};

static const struct statement policies_version = {
	.name = "chain_policies_version",
	.params = 1,
	.columns = 1,
	.rows = ROWS_ZERO_OR_ONE,
	.sql = "SELECT t.policy_version FROM grantd.tenants t WHERE t.id = $1",
};

static void
batch_read(void *walk)
{
	const struct walk *w = walk;

	if (w->watch->batch_read != NULL)
		w->watch->batch_read(w->watch->context, w->verdict);
}

/*
 * The chain of this resource does not hold at this sequence; `entry` is NULL where there is none to
 * name.
 */
static void
fault(struct walk *w, enum chain_fault kind, const struct uuid *resource, int64_t sequence,
    const struct uuid *entry)
{
	struct audit_verdict *v = w->verdict;

	v->fault = kind;
	v->resource_type = w->from.resource_type;
	v->resource_id = *resource;
	v->sequence = sequence;
	v->has_entry = entry != NULL;
	if (entry != NULL)
		v->entry = *entry;
}

/* Compare an entry with what comes before it, and with itself. */
static enum chain_fault
entry_check(struct walk *w, const struct carrier *so_far, const struct audit_row *e,
    enum outcome *rc)
{
	uint8_t hash[AUDIT_HASH_LEN];

	if (e->sequence != so_far->length + 1)
		return CHAIN_GAP;
	if (memcmp(e->previous_hash, so_far->head, AUDIT_HASH_LEN) != 0)
		return CHAIN_LINK;
	if (!audit_row_hash(e, &w->work, hash)) {
		*rc = BROKEN;
		return CHAIN_HOLDS;
	}
	return memcmp(e->hash, hash, AUDIT_HASH_LEN) == 0 ? CHAIN_HOLDS : CHAIN_CONTENT;
}

const char *
audit_resource_type(const char *name)
{
	int owner = words_find(chain_owner_words, name);

	return owner >= 0 ? chain_owner_words[owner] : NULL;
}

/* Does this head belong to a chain that comes before that one, or is it? */
static bool
is_until(const struct audit_head *head, const struct audit_head *end)
{
	int kind = words_find(chain_owner_words, head->resource_type);
	int end_kind = words_find(chain_owner_words, end->resource_type);

	return kind < end_kind ||
	    (kind == end_kind &&
		memcmp(&head->resource_id, &end->resource_id, sizeof(head->resource_id)) <= 0);
}

static void
kept_next(struct walk *w)
{
	const struct audit_watch *watch = w->watch;

	do {
		w->has_kept = watch->kept != NULL && watch->kept(watch->context, &w->kept);
	} while (w->has_kept && watch->after != NULL && is_until(&w->kept, watch->after));
}

/* A head that was kept is of a chain before this one, which was passed: it is not there. NULL: the kind is at its end. */
static bool
kept_is_gone(struct walk *w, const struct uuid *id)
{
	if (!w->has_kept || strcmp(w->kept.resource_type, w->from.resource_type) != 0 ||
	    (id != NULL && memcmp(&w->kept.resource_id, id, sizeof(*id)) >= 0))
		return false;
	fault(w, CHAIN_GONE, &w->kept.resource_id, 1, NULL);
	return true;
}

static bool
kept_is_of(const struct walk *w, const struct uuid *id)
{
	return w->has_kept && strcmp(w->kept.resource_type, w->from.resource_type) == 0 &&
	    uuid_equal(&w->kept.resource_id, id);
}

static void
chain_holds(struct walk *w, const struct carrier *so_far)
{
	struct audit_head head = {
		.resource_type = w->from.resource_type,
		.resource_id = so_far->id,
		.length = so_far->length,
	};

	w->verdict->chains++;
	memcpy(head.hash, so_far->head, sizeof(head.hash));
	if (w->watch->chain_holds != NULL)
		w->watch->chain_holds(w->watch->context, &head, w->verdict);
}

/* Take what the entry tells, of the policy's rules or of the row. */
static enum outcome
hear(struct walk *w, const struct audit_row *e)
{
	bool heard = audit_hear(w->from.kind, e, &w->told, &w->rules, &w->chain_policies, &w->sink);

	policies_told_add(&w->verdict->policies, &w->chain_policies);
	return heard ? DONE : BROKEN;
}

/* The rows of a policy's rules; NULL: all that are left, whose policies are missing. */
static enum outcome
compare_rules(struct walk *w, const struct uuid *policy)
{
	static const struct told_rules none;
	enum outcome rc;
	size_t next = 0;

	while (
	    (rc = stream_fill(&w->from, &w->rule_rows)) == DONE && stream_has_row(&w->rule_rows)) {
		struct db_row row = db_row_at(&w->rule_rows.rows, w->rule_rows.next);
		struct uuid of = db_get_uuid(&row), id = db_get_uuid(&row);
		const char *text = db_get_text(&row);
		int order = policy != NULL ? memcmp(&of, policy, sizeof(of)) : -1;
		size_t of_none = 0;

		if (row.failed)
			return BROKEN;
		if (order > 0)
			break;
		if (order == 0)
			told_rules_compare(&w->rules, &next, &id, text, &w->sink);
		else
			told_rules_compare(&none, &of_none, &id, text, &w->sink);
		w->rule_rows.after_rule = id;
		stream_next(&w->rule_rows, &of, 0);
	}
	if (rc == DONE && policy != NULL)
		told_rules_left(&w->rules, next, &w->sink);
	return rc;
}

/* The row, and its rules where it is a policy, as the entries tell them? A row without any is told of by none. */
static enum outcome
compare_row(struct walk *w, const struct carrier *c, const struct carrier *so_far)
{
	if (so_far->length > 0) {
		told_compare(&w->told, c->row, &w->sink);
	} else {
		w->sink.count->rows++;
		told_differs(&w->sink,
		    &(struct difference){
			.kind = ROW_STRANGE,
			.table = told_tables[w->from.kind].name,
			.id = c->id,
		    });
	}
	return w->from.kind == OWNER_POLICY ? compare_rules(w, &c->id) : DONE;
}

/* The end of a chain: is it all there, and does it end as its row says? */
static enum outcome
chain_end(struct walk *w, const struct carrier *c, const struct carrier *so_far)
{
	enum outcome rc = DONE;

	if (so_far->length < c->length)
		fault(w, CHAIN_CUT, &c->id, so_far->length + 1, NULL);
	else if (so_far->length >
	    c->length) /* of entries that is found earlier; all of these were archived */
		fault(w, CHAIN_LONGER, &c->id, so_far->length, NULL);
	else if (memcmp(so_far->head, c->head, AUDIT_HASH_LEN) != 0)
		fault(w, CHAIN_HEAD, &c->id, so_far->length,
		    so_far->has_last ? &so_far->last : NULL);
	else if (kept_is_of(w, &c->id) && so_far->length < w->kept.length)
		fault(w, CHAIN_SHORTER, &c->id, so_far->length + 1, NULL);
	else
		rc = compare_row(w, c, so_far);
	if (rc == DONE && w->verdict->fault == CHAIN_HOLDS && so_far->length > 0)
		chain_holds(w, so_far);
	if (kept_is_of(w, &c->id))
		kept_next(w);
	return rc;
}

/* The cut's seal is that of grantd.drop_archived(). */
static bool
cut_is_sealed(struct walk *w, const struct cut *c)
{
	uint64_t sequence = htobe64((uint64_t)c->sequence);
	uint32_t type_len = htobe32((uint32_t)strlen(w->from.resource_type));
	uint8_t seal[AUDIT_HASH_LEN];
	struct buf *b = &w->work;

	buf_reset(b);
	buf_adds(b, "grantd-cut-1");
	buf_add(b, w->from.tenant->octet, sizeof(w->from.tenant->octet));
	buf_add(b, c->id.octet, sizeof(c->id.octet));
	buf_add(b, c->archive.octet, sizeof(c->archive.octet));
	buf_add(b, &sequence, sizeof(sequence));
	buf_add(b, c->hash, sizeof(c->hash));
	buf_add(b, &type_len, sizeof(type_len));
	buf_adds(b, w->from.resource_type);
	buf_adds(b, c->told);
	return !b->failed && EVP_Digest(b->data, b->len, seal, NULL, EVP_sha256(), NULL) == 1 &&
	    memcmp(seal, c->seal, sizeof(seal)) == 0;
}

/* A head that was kept is of an entry that is in an archive: of the last one there the hash is known. */
static enum chain_fault
kept_is_archived(struct walk *w, const struct cut *c)
{
	if (!kept_is_of(w, &c->id) || w->kept.length > c->sequence)
		return CHAIN_HOLDS;
	if (w->kept.length < c->sequence) {
		w->verdict->beyond++;
		return CHAIN_HOLDS;
	}
	return memcmp(w->kept.hash, c->hash, sizeof(c->hash)) == 0 ? CHAIN_HOLDS : CHAIN_OTHER;
}

/* The archive hears of a chain; `told` is of what was archived before. */
static enum outcome
begin_archived(struct walk *w, const struct carrier *so_far, const char *told)
{
	struct audit_head from = {
		.resource_type = w->from.resource_type,
		.resource_id = so_far->id,
		.length = so_far->length,
	};

	memcpy(from.hash, so_far->head, sizeof(from.hash));
	return w->is_past || w->watch->archiving->chain(w->watch->context, &from, told) ? DONE :
											  BROKEN;
}

/* Where the chain of this row begins: behind its archived part, where it has one. */
static enum outcome
begin_chain(struct walk *w, const struct carrier *row, struct carrier *so_far)
{
	enum chain_fault kind = CHAIN_HOLDS;
	enum outcome rc = DONE;
	struct cut c;

	*so_far = (struct carrier){ .id = row->id, .length = 0, .head = { 0 } };
	told_begin(&w->told, &told_tables[w->from.kind], &row->id);
	told_rules_begin(&w->rules);
	w->chain_policies = (struct policies_told){ .version = 0 };
	w->is_past = w->watch->archiving == NULL;
	if (!stream_cut(&w->cuts, &c, &rc) || !uuid_equal(&c.id, &row->id))
		return rc == DONE ? begin_archived(w, so_far, NULL) : rc;
	if (!cut_is_sealed(w, &c) ||
	    !told_state_read(&w->told, &w->rules, &w->chain_policies, c.told))
		kind = CHAIN_SEAL;
	else if (!c.is_told)
		kind = CHAIN_UNTOLD;
	else
		kind = kept_is_archived(w, &c);
	if (kind != CHAIN_HOLDS)
		fault(w, kind, &row->id, c.sequence, NULL);
	policies_told_add(&w->verdict->policies, &w->chain_policies);
	w->verdict->archived += c.sequence;
	so_far->length = c.sequence;
	memcpy(so_far->head, c.hash, sizeof(c.hash));
	rc = begin_archived(w, so_far, c.told);
	stream_next(&w->cuts, &c.id, 0);
	return rc;
}

/* The archive's part of this chain ends here, where it has one. */
static bool
end_archived(struct walk *w, const struct carrier *so_far)
{
	struct audit_head head = {
		.resource_type = w->from.resource_type,
		.resource_id = so_far->id,
		.length = so_far->length,
	};

	w->is_past = true;
	if (!so_far->has_last)
		return true;
	memcpy(head.hash, so_far->head, sizeof(head.hash));
	buf_reset(&w->state);
	told_state_write(&w->told, &w->rules, &w->chain_policies, &w->state);
	return !w->state.failed &&
	    w->watch->archiving->cut(w->watch->context, &head, buf_text(&w->state));
}

/* Is this entry one for the archive, and was it taken? */
static enum outcome
archive(struct walk *w, const struct carrier *so_far, const struct audit_row *e)
{
	const struct audit_archiving *a = w->watch->archiving;

	if (w->is_past)
		return DONE;
	if (e->created_at >= a->before)
		return end_archived(w, so_far) ? DONE : BROKEN;
	return a->entry(w->watch->context, e) ? DONE : BROKEN;
}

/* All entries of the resource whose row is *c; there may be none. */
static enum outcome
walk_chain(struct walk *w, const struct carrier *c)
{
	struct carrier so_far;
	enum chain_fault kind;
	struct audit_row e;
	enum outcome rc = begin_chain(w, c, &so_far);

	if (rc != DONE || w->verdict->fault != CHAIN_HOLDS)
		return rc;
	while ((rc = stream_fill(&w->from, &w->entries)) == DONE &&
	    stream_entry(&w->entries, &e, &rc) && uuid_equal(&e.resource_id, &c->id)) {
		w->verdict->entries++;
		kind = entry_check(w, &so_far, &e, &rc);
		if (kind == CHAIN_HOLDS && e.sequence > c->length)
			kind = CHAIN_LONGER;
		if (kind == CHAIN_HOLDS && kept_is_of(w, &c->id) && e.sequence == w->kept.length &&
		    memcmp(e.hash, w->kept.hash, sizeof(e.hash)) != 0)
			kind = CHAIN_OTHER;
		if (kind != CHAIN_HOLDS)
			fault(w, kind, &c->id, so_far.length + 1, kind == CHAIN_GAP ? NULL : &e.id);
		else if (rc == DONE)
			rc = archive(w, &so_far, &e);
		if (kind == CHAIN_HOLDS && rc == DONE)
			rc = hear(w, &e);
		if (rc != DONE || kind != CHAIN_HOLDS)
			return rc;
		so_far.length = e.sequence;
		so_far.has_last = true;
		so_far.last = e.id;
		memcpy(so_far.head, e.hash, sizeof(so_far.head));
		stream_next(&w->entries, &e.resource_id, e.sequence);
	}
	if (rc == DONE && !w->is_past && !end_archived(w, &so_far))
		rc = BROKEN;
	return rc == DONE ? chain_end(w, c, &so_far) : rc;
}

/* The entries and rows of one kind; behind `after` where it is not NULL. */
static void
begin_kind(struct walk *w, const struct audit_head *after)
{
	const struct uuid *resource = after != NULL ? &after->resource_id : NULL;

	stream_entries(&w->entries, resource);
	stream_carriers(&w->carriers, w->from.kind, resource);
	stream_cuts(&w->cuts, resource);
	if (w->from.kind == OWNER_POLICY)
		stream_rules(&w->rule_rows, resource);
	else
		stream_end(&w->rule_rows);
}

/* A cut without a row that carries its chain; `c` NULL: there are no more rows. */
static bool
cut_is_nobodys(struct walk *w, const struct carrier *c, enum outcome *rc)
{
	struct cut cut;

	if (!stream_cut(&w->cuts, &cut, rc) ||
	    (c != NULL && memcmp(&cut.id, &c->id, sizeof(cut.id)) >= 0))
		return *rc != DONE;
	fault(w, CHAIN_OWNER, &cut.id, cut.sequence, NULL);
	return true;
}

/* All chains of one kind, up to the first fault. */
static enum outcome
walk_kind(struct walk *w)
{
	struct audit_row e;
	struct carrier c;
	bool has_entry, has_carrier;
	enum outcome rc = DONE;

	while (rc == DONE && w->verdict->fault == CHAIN_HOLDS &&
	    (rc = stream_fill(&w->from, &w->entries)) == DONE &&
	    (rc = stream_fill(&w->from, &w->cuts)) == DONE &&
	    (rc = stream_fill(&w->from, &w->carriers)) == DONE) {
		has_entry = stream_entry(&w->entries, &e, &rc);
		has_carrier = stream_carrier(&w->carriers, &c, &rc);
		if (cut_is_nobodys(w, has_carrier ? &c : NULL, &rc))
			return rc;
		if (rc == DONE && !has_entry && !has_carrier && !kept_is_gone(w, NULL))
			return w->from.kind == OWNER_POLICY ? compare_rules(w, NULL) : DONE;
		if (rc != DONE || (!has_entry && !has_carrier))
			return rc;
		if (has_entry &&
		    (!has_carrier ||
			memcmp(e.resource_id.octet, c.id.octet, sizeof(c.id.octet)) < 0)) {
			fault(w, CHAIN_OWNER, &e.resource_id, e.sequence, &e.id);
			return DONE;
		}
		if (kept_is_gone(w, &c.id))
			return DONE;
		rc = walk_chain(w, &c);
		stream_next(&w->carriers, &c.id, 0);
	}
	return rc;
}

/* The kinds from that of watch->after on. */
static enum outcome
walk_kinds(struct walk *w)
{
	const struct audit_head *after = w->watch->after;
	size_t i = after != NULL ? (size_t)words_find(chain_owner_words, after->resource_type) : 0;
	enum outcome rc = DONE;

	kept_next(w);
	for (; rc == DONE && w->verdict->fault == CHAIN_HOLDS && i < CHAIN_KINDS; i++) {
		w->from.kind = (enum chain_owner)i;
		w->from.resource_type = chain_owner_words[i];
		begin_kind(w, after);
		rc = walk_kind(w);
		after = NULL;
	}
	return rc;
}

static enum outcome
version_read(struct db_rows *rows, void *into)
{
	int64_t *version = into;
	struct db_row row = db_row_at(rows, 0);

	*version = db_rows_count(rows) > 0 ? db_get_int(&row) : 0;
	return row.failed ? BROKEN : DONE;
}

/* The version of the tenant's policies is the highest that any entry told; while there is no entry, it is the first. */
static enum outcome
compare_version(struct walk *w)
{
	const struct policies_told *told = &w->verdict->policies;
	struct difference d = { .kind = ROW_DIFFERS, .table = "tenants", .id = *w->from.tenant };
	struct db_params p = DB_PARAMS_EMPTY;
	char told_text[32], found_text[32];
	int64_t version;
	enum outcome rc;

	db_put_uuid(&p, w->from.tenant);
	db_queue(w->from.db, &policies_version, &p, version_read, &version);
	rc = db_exchange(w->from.db);
	if (rc != DONE || version == 0)
		return rc;
	if (told->version == 0 && told->untold) {
		w->verdict->count.untold++;
		return DONE;
	}
	(void)snprintf(told_text, sizeof(told_text), "%" PRId64,
	    told->version > 0 ? told->version : 1);
	(void)snprintf(found_text, sizeof(found_text), "%" PRId64, version);
	d.column = "policy_version";
	d.told = json_raw_of(told_text);
	d.found = json_raw_of(found_text);
	if (strcmp(told_text, found_text) != 0)
		told_differs(&w->sink, &d);
	return DONE;
}

/* What no chain carries. */
static enum outcome
look_beside(struct walk *w)
{
	enum outcome rc = audit_strange_kinds(w->from.db, w->from.tenant, &w->sink);

	if (rc == DONE && w->verdict->fault == CHAIN_HOLDS)
		rc = compare_version(w);
	return rc == DONE ? audit_counts(w->from.db, w->from.tenant, batch_read, w, &w->sink) : rc;
}

static enum outcome
begin_snapshot(struct db *db, const struct uuid *tenant)
{
	db_begin(db, DB_SNAPSHOT);
	db_tenant_choose(db, tenant);
	return db_exchange(db);
}

enum outcome
audit_verify(struct db *db, const struct uuid *tenant, const struct audit_watch *watch,
    struct audit_verdict *v)
{
	static const struct audit_watch nobody;
	struct walk w = {
		.from = { .db = db, .tenant = tenant, .batch = batch_read, .context = &w },
		.work = BUF_EMPTY,
		.state = BUF_EMPTY,
		.verdict = v,
		.watch = watch != NULL ? watch : &nobody,
	};
	enum outcome rc;

	*v = (struct audit_verdict){ .fault = CHAIN_HOLDS, .policies = w.watch->policies };
	w.sink = (struct told_sink){
		.count = &v->count,
		.differs = w.watch->differs,
		.context = w.watch->context,
	};
	rc = begin_snapshot(db, tenant);
	if (rc == DONE)
		rc = walk_kinds(&w);
	if (rc == DONE)
		rc = look_beside(&w);
	stream_end(&w.entries);
	stream_end(&w.carriers);
	stream_end(&w.cuts);
	stream_end(&w.rule_rows);
	buf_clear(&w.state);
	told_clear(&w.told);
	told_rules_clear(&w.rules);
	buf_clear(&w.work);
	db_rollback(db);
	return rc;
}

enum outcome
audit_heads(struct db *db, const struct uuid *tenant,
    bool (*take)(void *context, const struct audit_head *), void *context)
{
	static const struct audit_watch nobody;
	struct walk w = { .from = { .db = db, .tenant = tenant }, .watch = &nobody };
	struct carrier c;
	bool more = true;
	enum outcome rc = begin_snapshot(db, tenant);
	size_t i;

	for (i = 0; rc == DONE && more && i < CHAIN_KINDS; i++) {
		stream_heads(&w.carriers, (enum chain_owner)i);
		while (more && (rc = stream_fill(&w.from, &w.carriers)) == DONE &&
		    stream_carrier(&w.carriers, &c, &rc)) {
			struct audit_head head = {
				.resource_type = chain_owner_words[i],
				.resource_id = c.id,
				.length = c.length,
			};

			memcpy(head.hash, c.head, sizeof(head.hash));
			more = c.length == 0 || take(context, &head);
			stream_next(&w.carriers, &c.id, 0);
		}
	}
	stream_end(&w.carriers);
	db_rollback(db);
	return rc;
}

const char *
chain_fault_text(enum chain_fault kind)
{
	static const char *const texts[] = {
		[CHAIN_HOLDS] = "the chain holds",
		[CHAIN_GAP] = "this entry is missing, and there are later ones",
		[CHAIN_LINK] = "it does not follow the entry before it: previous_hash is another",
		[CHAIN_CONTENT] = "it was changed: hash is not that of its content",
		[CHAIN_CUT] =
		    "this entry is missing at the chain's end, where the resource still counts it",
		[CHAIN_LONGER] = "it is past the chain's end: the resource does not count it",
		[CHAIN_HEAD] = "the chain ends with another hash than the resource's audit_head",
		[CHAIN_OWNER] = "the resource that the entries tell of is missing",
		[CHAIN_SEAL] =
		    "what stands for the entries up to here, which were archived, was changed",
		[CHAIN_UNTOLD] =
		    "no entry tells of the archive that is to have the entries up to here",
		[CHAIN_SHORTER] =
		    "this entry is missing at the chain's end, where the checkpoint counts it",
		[CHAIN_OTHER] =
		    "another entry was here when the checkpoint was taken: history was rewritten",
		[CHAIN_GONE] =
		    "the chain is missing that the checkpoint tells of, and so is its resource",
	};

	return texts[kind];
}
