/* SPDX-License-Identifier: MIT */
/*
 * The machine: every check of every request in one order, around what is sent to the database.
 *
 *	1  route, method, duplicate headers	pipeline.c
 *	2  the credential, and whether it may be looked up (limit.h)
 *	3  X-Tenant-ID
 *	4  the credential's tenant is that one
 *	5  path, query and header parameters
 *	6  the body
 *	7  what the path names is there
 *	8  the tenant's policies permit it
 *	9  If-Match
 *
 * 3, 5 and 6 need no database and are made first, but answered in their place: a caller without a
 * credential learns nothing else.
 */
#include "config.h"

#include <json-c/json.h>

#include "base/log.h"
#include "base/metrics.h"
#include "handlers/audit_context.h"
#include "handlers/authorize.h"
#include "handlers/check.h"
#include "handlers/limit.h"
#include "handlers/machine.h"
#include "handlers/policy_change.h"
#include "handlers/service.h"
#include "handlers/target.h"
#include "http/etag.h"

/*
 * Attempts of one request, of all kinds. Each one more has a reason that lies outside: another's change came between, or
 * the database was lost. Enough for eight who change one thing at once; then the client is to come back.
 */
#define ATTEMPTS_MOST 12

/* Those that were ended by the database or the way to it: a fault that lasts is told to the client at once. */
#define FAULTS_MOST 3

static const struct move moves[ATTEMPT__MAX][END__MAX] = {
	[ATTEMPT_LOOK] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_UNAVAILABLE },
		[END_REFUSED] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_NONE] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_KEY] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_TAKEN] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
	[ATTEMPT_CHANGE] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_COMMIT_UNKNOWN },
		[END_REFUSED] = { NEXT_GO_ON, ERROR_INTERNAL },
		[END_NONE] = { NEXT_ERROR, ERROR_NOT_FOUND },
		[END_KEY] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_ERROR, ERROR_CONFLICT },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_UNAVAILABLE }, /* and then finds what that one made */
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_REPEAT, ERROR_COMMIT_UNKNOWN },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
	[ATTEMPT_ONCE] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_COMMIT_UNKNOWN },
		[END_REFUSED] = { NEXT_GO_ON, ERROR_INTERNAL },
		[END_NONE] = { NEXT_ERROR, ERROR_NOT_FOUND },
		[END_KEY] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_ERROR, ERROR_CONFLICT },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
	/*
	 * The first call may still be on its way to a server that we do not hear any more. Only the entry, found or made,
	 * settles it, and a state that already is what was asked for; whatever else is said now was not said of the first.
	 */
	[ATTEMPT_REPEAT] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_COMMIT_UNKNOWN },
		[END_REFUSED] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_NONE] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_KEY] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_STALE] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		/* On the entry or the row of the first call: that one is committed, and found when it is called again. */
		[END_CONFLICT] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_RETRY] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_LOST] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
		[END_UNKNOWN] = { NEXT_AGAIN, ERROR_COMMIT_UNKNOWN },
		[END_BROKEN] = { NEXT_ERROR, ERROR_COMMIT_UNKNOWN },
	},
	/* An entry and nothing else: one that was made without our knowing is as good, and found by its id. */
	[ATTEMPT_DENY] = {
		[END_DONE] = { NEXT_GO_ON, ERROR_UNAVAILABLE },
		[END_REFUSED] = { NEXT_ERROR, ERROR_INTERNAL },
		[END_NONE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_KEY] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_STALE] = { NEXT_LOOK, ERROR_UNAVAILABLE },
		[END_CONFLICT] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_TAKEN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_RETRY] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_LOST] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_UNAVAILABLE] = { NEXT_ERROR, ERROR_UNAVAILABLE },
		[END_UNKNOWN] = { NEXT_AGAIN, ERROR_UNAVAILABLE },
		[END_BROKEN] = { NEXT_ERROR, ERROR_INTERNAL },
	},
};

struct move
machine_move(enum attempt attempt, enum ending ending)
{
	return moves[attempt][ending];
}

static enum ending
ending_of_exchange(enum outcome rc)
{
	static const enum ending endings[] = {
		[DONE] = END_DONE,
		[NOT_FOUND] = END_BROKEN, /* every function answers with a row */
		[CONFLICT] = END_CONFLICT,
		[RETRY] = END_RETRY,
		[LOST] = END_LOST,
		[UNAVAILABLE] = END_UNAVAILABLE,
		[DECLINED] = END_BROKEN, /* no worker asks for what is declined */
		[COMMIT_UNKNOWN] = END_UNKNOWN,
		[BROKEN] = END_BROKEN,
	};

	return endings[rc];
}

/* Of an exchange that went well: what the change says of itself. */
static enum ending
ending_of_change(enum outcome rc, enum change said)
{
	static const enum ending endings[CHANGE__MAX] = {
		[CHANGE_DONE] = END_DONE,
		[CHANGE_MADE] = END_DONE,
		[CHANGE_SAME] = END_DONE,
		[CHANGE_FIRST] = END_DONE,
		[CHANGE_NONE] = END_NONE,
		[CHANGE_KEY] = END_KEY,
		[CHANGE_STALE] = END_STALE,
		[CHANGE_PAST] = END_REFUSED,
		[CHANGE_MISMATCH] = END_REFUSED,
		[CHANGE_REVOKED] = END_REFUSED,
		[CHANGE_REPLACED] = END_REFUSED,
		[CHANGE_OFF] = END_REFUSED,
	};

	return rc == DONE ? endings[said] : ending_of_exchange(rc);
}

/* ---- where a request stands ---- */

enum state { STATE_LOOK, STATE_DECIDE, STATE_CHANGE, STATE_REPEAT, STATE_DENY, STATE_END };

struct machine {
	struct call *c;
	/* What the checks without a database met, answered once the key is known to be good. */
	struct fault fault;
	enum state state;
	/* What this worker remembers of the key; not to be used once another was put there. */
	const struct key *known;
	bool seen;    /* the target was read */
	bool counted; /* against the key's limit of requests */
	bool shared;  /* as one of its tenant's, or nobody counts */
	/* The key is to be looked up by itself first: the tenant that is named may have its share already. */
	bool apart;
	int attempts, faults;
};

/* From here on it is known whose request this is. */
static void
log_caller(struct call *c)
{
	char tenant[UUID_TEXT_LEN + 1];

	uuid_print(&c->caller.key.tenant, tenant);
	uuid_print(&c->caller.key.id, c->caller.id);
	log_context(c->rs->request_id, c->op->id, tenant);
}

static void
end_with(struct machine *m, enum http_error error)
{
	response_error(m->c->rs, error, NULL, NULL);
	m->state = STATE_END;
}

static void
end_with_fault(struct machine *m)
{
	answer_fault(m->c, &m->fault);
	m->state = STATE_END;
}

/*
 * Build the answer to what is done. Should that fail after a commit, "nothing was changed" would be a lie: the client
 * is told that the outcome is unknown to it, and that repeating is safe.
 */
static void
end_done(struct machine *m)
{
	struct call *c = m->c;

	c->rs->changed = c->change.said != NULL &&
	    (*c->change.said == CHANGE_DONE || *c->change.said == CHANGE_MADE);
	c->op->answer(c);
	if (response_failed(c->rs))
		response_error(c->rs, response_fallback(c->rs), NULL, NULL);
	m->state = STATE_END;
}

/* Follow the table. True: go on behind this attempt. */
static bool
follow(struct machine *m, enum attempt attempt, enum ending ending)
{
	struct move move = machine_move(attempt, ending);
	bool fault = ending == END_RETRY || ending == END_LOST || ending == END_UNKNOWN ||
	    ending == END_CONFLICT || ending == END_TAKEN;

	m->attempts++;
	m->faults += fault;
	if (move.next != NEXT_GO_ON && (m->attempts >= ATTEMPTS_MOST || m->faults >= FAULTS_MOST))
		move.next = NEXT_ERROR;
	switch (move.next) {
	case NEXT_GO_ON:
		return true;
	case NEXT_LOOK:
		metrics_add(METRIC_RETRIES + RETRY_LOOK, 1);
		m->state = STATE_LOOK;
		return false;
	case NEXT_AGAIN:
		metrics_add(METRIC_RETRIES + RETRY_AGAIN, 1);
		return false;
	case NEXT_REPEAT:
		metrics_add(METRIC_RETRIES + RETRY_REPEAT, 1);
		log_warning("nobody knows what became of the change: calling it again");
		m->state = STATE_REPEAT;
		return false;
	case NEXT_ERROR:
		break;
	}
	end_with(m, move.error);
	return false;
}

/* ---- the tenant's share of the workers ---- */

/* The key is good for the tenant. False: answered, or to come again; nothing was done. */
static bool
take_share(struct machine *m)
{
	struct call *c = m->c;
	const struct tenant_share *share = c->service->share;
	enum share got = m->shared || share == NULL ?
	    SHARE_TAKEN :
	    share->take(share->to, &c->caller.tenant, c->op->access == ACCESS_WRITE);

	m->shared = true;
	if (got == SHARE_REFUSED) {
		log_info("the tenant has its share of the workers");
		end_with(m, ERROR_UNAVAILABLE);
	}
	c->later = got == SHARE_LATER;
	if (c->later)
		m->state = STATE_END;
	return got == SHARE_TAKEN;
}

/*
 * Before anything is done. A key that this worker knows counts at once. One that it does not is looked up first: whoever makes up a
 * key and names a tenant must take nothing from it. That look is the whole one, unless there might be too many of them.
 */
static bool
begin_share(struct machine *m)
{
	struct call *c = m->c;
	const struct tenant_share *share = c->service->share;

	if (share == NULL || m->fault.error == ERROR_INVALID_TENANT_ID)
		return true;
	if (m->known == NULL || !uuid_equal(&m->known->tenant, &c->caller.tenant)) {
		m->apart = !share->guess(share->to, &c->caller.tenant);
		return true;
	}
	if (take_share(m))
		return true;
	if (!c->later) {
		c->caller.key = *m->known; /* borrowed; for the log */
		log_caller(c);
	}
	return false;
}

/* ---- look ---- */

static enum outcome
look(struct machine *m)
{
	struct call *c = m->c;
	bool well_formed = m->fault.error == HTTP_ERROR__MAX && !m->apart;

	if (well_formed && c->op->target == TARGET_GRANT && c->op->load == NULL) {
		enum outcome rc;

		db_begin(c->db, DB_ONE_READ);
		target_look_grant(c);
		/* Where the key is new to this worker, its tenant's policies most likely are, too. */
		if (known_keys_get(c->service->known_keys, c->caller.key_hash) == NULL)
			db_policy_look(c->db, &c->caller.tenant, c->caller.key_hash,
			    &c->caller.policies);
		rc = db_commit(c->db);
		if (rc != DONE || c->caller.key.found)
			return rc;
		/* Not a key of this tenant: whose it is, if anybody's, is asked without naming one. */
	}
	db_begin(c->db, DB_READ_ONLY);
	db_key_authenticate(c->db, c->caller.key_hash, &c->caller.key);
	if (well_formed) {
		target_queue(c);
		if (c->op->load != NULL)
			c->op->load(c);
	}
	return db_commit(c->db);
}

/* Row 2. Whoever was revoked is a stranger again. */
static void
refuse_key(struct machine *m)
{
	known_keys_forget(m->c->service->known_keys, m->c->caller.key_hash);
	limit_failed(m->c);
	end_with(m, ERROR_UNAUTHENTICATED);
}

/* A request counts once, however often it is tried. */
static bool
is_within_limit(struct machine *m)
{
	if (m->counted || limit_request(m->c)) {
		m->counted = true;
		return true;
	}
	m->state = STATE_END;
	return false;
}

/*
 * Rows 2 to 7, now that the credential is known. False: answered, or to come again. What is to come again has not been counted
 * against the key's limit: the share comes first, and only for the key's own tenant.
 */
static bool
check_caller(struct machine *m)
{
	struct call *c = m->c;
	bool names_tenant = m->fault.error != ERROR_INVALID_TENANT_ID, own;

	if (!c->caller.key.found) {
		refuse_key(m);
		return false;
	}
	if (m->known == NULL)
		limit_good(c, c->caller.key_hash);
	known_keys_put(c->service->known_keys, c->caller.key_hash, &c->caller.key);
	metrics_set(GAUGE_KEY_MEMORY, known_keys_memory(c->service->known_keys));
	db_clock_saw(c->db, c->caller.key.now);
	log_caller(c);
	own = names_tenant && uuid_equal(&c->caller.tenant, &c->caller.key.tenant);
	if ((own && !take_share(m)) || !is_within_limit(m))
		return false;
	if (names_tenant && !own)
		end_with(m, ERROR_TENANT_MISMATCH);
	else if (m->fault.error != HTTP_ERROR__MAX)
		end_with_fault(m);
	else if (!m->apart && !target_found(c))
		end_with(m, ERROR_NOT_FOUND);
	return m->state != STATE_END;
}

static void
do_look(struct machine *m)
{
	if (!follow(m, ATTEMPT_LOOK, ending_of_exchange(look(m))))
		return;
	m->seen = !m->apart;
	if (!check_caller(m))
		return;
	if (m->seen)
		m->state = STATE_DECIDE;
	m->apart = false;
}

/* ---- decide ---- */

/* Row 9 (RFC 9110 section 13.2.2). A read's If-None-Match is its operation's affair: it is no error. */
static bool
check_preconditions(struct machine *m)
{
	struct call *c = m->c;
	const char *match = c->request.rq->header[HEADER_IF_MATCH];
	const char *none_match = c->request.rq->header[HEADER_IF_NONE_MATCH];
	char etag[ETAG_TEXT_MAX];

	if (!m->seen || !target_etag(c, etag))
		return true;
	if (match != NULL ? etag_list_match(match, etag) == ETAG_MATCH :
			    c->op->access != ACCESS_WRITE || none_match == NULL ||
		    etag_list_match(none_match, etag) != ETAG_MATCH)
		return true;
	response_error_message(c->rs, ERROR_PRECONDITION_FAILED,
	    match != NULL ? http_error_message(ERROR_PRECONDITION_FAILED) :
			    "If-None-Match names the current version.",
	    error_detail("current", etag), NULL);
	m->state = STATE_END;
	return false;
}

static bool
is_conditional(const struct call *c)
{
	return c->request.rq->header[HEADER_IF_MATCH] != NULL ||
	    c->request.rq->header[HEADER_IF_NONE_MATCH] != NULL;
}

/*
 * What the decision rests on goes along with the change, and is compared there. The row's version is, where a rule
 * or the client looked at the row.
 */
static void
rest_on(struct call *c)
{
	struct change_by *by = &c->change.by;
	bool grant_seen = c->op->target == TARGET_GRANT &&
	    (is_conditional(c) || c->change.rests_on_target);

	by->key_version = c->caller.key.version;
	by->policy_version = c->caller.key.policy_version;
	by->target_version = NULL;
	if (grant_seen || c->op->target == TARGET_API_KEY) /* of a key, rules see the roles */
		by->target_version = &c->change.seen_version;
	c->change.seen_version = target_version(c);
}

/* The decision is made, and it is yes: read it is answered, written it is prepared to be sent. */
static void
permit(struct machine *m)
{
	struct call *c = m->c;

	if (!check_preconditions(m))
		return;
	if (c->op->access == ACCESS_READ) {
		end_done(m);
		return;
	}
	rest_on(c);
	switch (c->op->prepare != NULL ? c->op->prepare(c) : PREPARED) {
	case PREPARED:
		m->state = STATE_CHANGE;
		return;
	case PREPARED_SAME:
		if (m->seen)
			end_done(m);
		return; /* to be read first, to be shown */
	case PREPARED_REFUSED:
		m->state = STATE_END;
		return;
	case PREPARED_FAILED:
		break;
	}
	end_with(m, ERROR_INTERNAL);
}

static void
do_decide(struct machine *m)
{
	struct call *c = m->c;
	enum outcome rc = authorize(c);

	if (rc != DONE) {
		(void)follow(m, ATTEMPT_LOOK, ending_of_exchange(rc));
		if (m->state == STATE_DECIDE)
			m->state = STATE_LOOK; /* again: what was read may be old */
	} else if (c->decision.verdict == VERDICT_ALLOWED) {
		permit(m);
	} else if (c->op->access == ACCESS_WRITE) {
		rest_on(c);
		m->state = STATE_DENY;
	} else {
		answer_denied(c);
		m->state = STATE_END;
	}
}

/* ---- change ---- */

static enum ending
send_change(struct machine *m)
{
	struct call *c = m->c;
	enum outcome rc;

	if (!audit_context_make(c))
		return END_BROKEN;
	if (c->op->guarded) {
		rc = guarded_change(c);
	} else {
		db_begin(c->db, DB_ONE_WRITE);
		c->change.said = c->op->change(c);
		rc = db_commit(c->db);
	}
	return rc == CONFLICT && c->request.once.key != NULL ?
	    END_TAKEN :
	    ending_of_change(rc, *c->change.said);
}

/* A grant that was changed just now says when: so a worker that only changes grants need not ask. */
static void
hear_time(const struct call *c)
{
	if (c->op->target == TARGET_GRANT && *c->change.said == CHANGE_DONE && c->of.grant.is.found)
		db_clock_saw(c->db, c->of.grant.is.updated_at);
}

/* What was committed just now, or by the call before whose end nobody knew. */
static void
count_entries(const struct call *c)
{
	if (!c->op->unlogged && (*c->change.said == CHANGE_DONE || *c->change.said == CHANGE_MADE))
		metrics_add(METRIC_AUDIT_ENTRIES, c->op->two_entries ? 2 : 1);
}

static void
do_change(struct machine *m, bool in_doubt)
{
	enum attempt attempt = in_doubt ? ATTEMPT_REPEAT :
	    m->c->op->unlogged          ? ATTEMPT_ONCE :
					  ATTEMPT_CHANGE;
	enum ending ending;

	ending = send_change(m);
	/* The entry is there. Whatever the state is by now, it is to be found and nothing is to be done: no key has this version. */
	if (in_doubt && ending == END_CONFLICT)
		m->c->change.by.key_version = 0;
	if (!follow(m, attempt, ending))
		return;
	hear_time(m->c);
	if (!m->c->change.locked_out && !m->c->change.too_large) {
		count_entries(m->c);
		end_done(m);
	} else if (in_doubt) { /* undone, unless it was done the first time */
		end_with(m, ERROR_COMMIT_UNKNOWN);
	} else {
		answer_undone(m->c);
		m->state = STATE_END;
	}
}

/* ---- deny ---- */

/* Row 8 says no. Of a write, the refusal itself is logged, so that whoever tried is known. */
static enum ending
send_denial(struct call *c)
{
	struct json_object *requested = audit_requested(c);
	const char *text = requested != NULL ?
	    json_object_to_json_string_ext(requested, JSON_C_TO_STRING_PLAIN) :
	    NULL;
	enum change said = CHANGE_DONE;
	enum outcome rc = BROKEN;

	if (text != NULL && audit_context_make(c)) {
		db_begin(c->db, DB_ONE_WRITE);
		db_log_denied(c->db, &c->caller.tenant,
		    c->op->target == TARGET_GRANT ? &c->request.path_id[0] : NULL, &c->change.by,
		    text, &c->service->writer, &said);
		rc = db_commit(c->db);
	}
	json_object_put(requested);
	return ending_of_change(rc, said);
}

static void
do_deny(struct machine *m)
{
	if (!follow(m, ATTEMPT_DENY, send_denial(m->c)))
		return;
	metrics_add(METRIC_AUDIT_REFUSALS, 1);
	answer_denied(m->c);
	m->state = STATE_END;
}

/* ---- the whole ---- */

/* Where what the worker remembers of key and policies is enough, decide and send without a look. It is borrowed. */
static void
start_unseen(struct machine *m)
{
	struct call *c = m->c;

	if (!c->op->direct || m->known == NULL || is_conditional(c) ||
	    !uuid_equal(&m->known->tenant, &c->caller.tenant) || !authorize_unseen(c, m->known))
		return;
	c->caller.key = *m->known;
	log_caller(c);
	if (is_within_limit(m))
		permit(m);
}

/* The ids of whatever the request makes: once, so that what is called again is the same call. */
static bool
make_ids(struct call_change *change)
{
	return uuid_make_v7(&change->by.entry) && uuid_make_v7(&change->id) &&
	    uuid_make_v7(&change->other_entry);
}

static void
run(struct machine *m)
{
	while (m->state != STATE_END) {
		switch (m->state) {
		case STATE_LOOK:
			do_look(m);
			break;
		case STATE_DECIDE:
			do_decide(m);
			break;
		case STATE_CHANGE:
		case STATE_REPEAT:
			do_change(m, m->state == STATE_REPEAT);
			break;
		case STATE_DENY:
			do_deny(m);
			break;
		case STATE_END:
			break;
		}
	}
}

/* Row 2, as far as it is known without the database, which is not asked for those who only guess. False: answered. */
static bool
meet(struct machine *m)
{
	struct call *c = m->c;
	bool well_formed = check_key(c, &m->fault);

	if (well_formed) {
		m->known = known_keys_get(c->service->known_keys, c->caller.key_hash);
		metrics_add(METRIC_KEY_LOOKUPS + (m->known != NULL ? CACHE_HIT : CACHE_MISS), 1);
	}
	if (m->known != NULL)
		return true;
	if (c->request.rq->header[HEADER_API_KEY] != NULL && !limit_stranger(c))
		return false;
	if (well_formed)
		return true;
	if (c->request.rq->header[HEADER_API_KEY] != NULL &&
	    m->fault.error == ERROR_UNAUTHENTICATED)
		limit_failed(c);
	end_with_fault(m);
	return false;
}

void
machine_run(struct call *c)
{
	struct machine m = { .c = c, .fault = FAULT_NONE, .state = STATE_LOOK };
	bool well_formed;

	if (!meet(&m))
		return;
	if (c->op->access == ACCESS_WRITE && !make_ids(&c->change)) {
		end_with(&m, ERROR_INTERNAL);
		return;
	}
	/* The first that fails is what is answered, once the credential is known to be good. */
	well_formed = check_tenant_id(c, &m.fault) && check_parameters(c, &m.fault) &&
	    check_body(c, &m.fault);
	if (begin_share(&m)) {
		if (well_formed)
			start_unseen(&m);
		run(&m);
	}
	json_object_put(m.fault.details);
}
