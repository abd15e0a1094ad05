/* SPDX-License-Identifier: MIT */
/*
 * The pipeline: every check of every request, in one order, around one transaction.
 *
 *	1  route, method, duplicate headers
 *	2  the credential			looked up in the transaction that it opens
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

#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/log.h"
#include "handlers/audit_context.h"
#include "handlers/authorize.h"
#include "handlers/check.h"
#include "handlers/direct.h"
#include "handlers/dispatch.h"
#include "handlers/service.h"
#include "handlers/target.h"
#include "http/cors.h"
#include "http/etag.h"

/* A transaction is begun again at once after a lost connection or a deadlock, at most so many times. */
#define ATTEMPTS 3

static void
answer_fault(struct call *c, struct fault *f)
{
	response_error(c->rs, f->error, f->details, NULL);
	f->details = NULL;
}

static void
answer_error(struct call *c, enum http_error error)
{
	response_error(c->rs, error, NULL, NULL);
}

static void
answer_outcome(struct call *c, enum outcome rc)
{
	switch (rc) {
	case DONE:
		return;
	case NOT_FOUND:
		answer_error(c, ERROR_NOT_FOUND);
		return;
	case RETRY:
	case LOST:
	case UNAVAILABLE:
		answer_error(c, ERROR_UNAVAILABLE);
		return;
	case COMMIT_UNKNOWN:
		answer_error(c, ERROR_COMMIT_UNKNOWN);
		return;
	case CONFLICT:
		answer_error(c, ERROR_CONFLICT);
		return;
	case BROKEN:
		break;
	}
	answer_error(c, ERROR_INTERNAL);
}

/* From here on it is known whose request this is. */
static void
log_caller(struct call *c)
{
	char tenant[UUID_TEXT_LEN + 1];

	uuid_print(&c->key.tenant, tenant);
	uuid_print(&c->key.id, c->actor_id);
	log_context(c->rs->request_id, c->op->id, tenant);
}

/* Rows 2 to 6, now that the credential is known; `f` is what the checks without a database met. */
static bool
check_caller(struct call *c, struct fault *f)
{
	if (!c->key.found) {
		answer_error(c, ERROR_UNAUTHENTICATED);
		return false;
	}
	known_keys_put(c->service->known_keys, c->key_hash, &c->key);
	log_caller(c);
	if (f->error != ERROR_INVALID_TENANT_ID && !uuid_equal(&c->tenant, &c->key.tenant)) {
		answer_error(c, ERROR_TENANT_MISMATCH);
		return false;
	}
	if (f->error != HTTP_ERROR__MAX) {
		answer_fault(c, f);
		return false;
	}
	return true;
}

/* Row 9 (RFC 9110 section 13.2.2). A read's If-None-Match is its operation's affair: it is no error. */
static bool
check_preconditions(struct call *c)
{
	const char *match = c->rq->header[HEADER_IF_MATCH];
	const char *none_match = c->rq->header[HEADER_IF_NONE_MATCH];
	char etag[ETAG_TEXT_MAX];

	if (!target_etag(c, etag))
		return true;
	if (match != NULL ? etag_list_match(match, etag) == ETAG_MATCH :
			    c->op->access != ACCESS_WRITE || none_match == NULL ||
		    etag_list_match(none_match, etag) != ETAG_MATCH)
		return true;
	response_error_message(c->rs, ERROR_PRECONDITION_FAILED,
	    match != NULL ? http_error_message(ERROR_PRECONDITION_FAILED) :
			    "If-None-Match names the current version.",
	    error_detail("current", etag), NULL);
	return false;
}

/*
 * The connection died under the COMMIT. Ask on a new one whether the entry is there. The lock on the row comes
 * first: the dead session's transaction held it, so once it is ours that transaction has ended one way or the other.
 */
static enum outcome
resolve_commit(struct call *c)
{
	bool committed = false;
	enum outcome rc;

	if (c->op->unlogged)
		return COMMIT_UNKNOWN;
	log_warning("the outcome of a commit is unknown: asking for entry of %s", c->actor_id);
	db_begin(c->db, DB_READ_WRITE);
	db_key_authenticate(c->db, c->key_hash, &c->key);
	target_queue(c);
	db_audit_find(c->db, &c->tenant, &c->entry.id, &committed);
	rc = db_exchange(c->db);
	db_rollback(c->db);
	if (rc != DONE || !c->key.found || !target_settled(c))
		return COMMIT_UNKNOWN;
	/* One that was sent without a lock may still be on its way to a server that we no longer hear. */
	if (!committed && (c->unseen || c->op->target == TARGET_NONE))
		return COMMIT_UNKNOWN;
	/* Done, but its result is lost; begun anew, it is found by the key that the client gave it. */
	if (committed && c->op->makes) {
		c->made = true;
		return c->idempotency.key != NULL ? RETRY : COMMIT_UNKNOWN;
	}
	log_warning("the commit %s", committed ? "was made" : "was not made");
	return committed ? DONE : UNAVAILABLE;
}

/* Row 8 says no. Of a write, the refusal itself is logged, so that whoever tried is known. */
static enum outcome
log_denied(struct call *c)
{
	struct json_object *requested = audit_requested(c);
	const char *text = requested != NULL ?
	    json_object_to_json_string_ext(requested, JSON_C_TO_STRING_PLAIN) :
	    NULL;
	enum outcome rc = BROKEN;

	if (text != NULL && audit_context_make(c)) {
		target_log_denied(c, text);
		rc = db_commit(c->db);
	}
	json_object_put(requested);
	return rc;
}

/* Change and commit; the target is loaded and locked, and all checks passed. */
static enum outcome
change_and_commit(struct call *c)
{
	enum outcome rc;

	if (!audit_context_make(c))
		return BROKEN;
	if ((rc = c->op->change(c)) != DONE || c->refused)
		return rc;
	rc = db_commit(c->db);
	if (rc == CONFLICT && c->idempotency.key != NULL)
		return RETRY; /* another request with this key came first: what it did is there now */
	if (rc != COMMIT_UNKNOWN)
		return rc;
	/* With nothing changed there is nothing to be in doubt about. */
	return c->changing ? resolve_commit(c) : DONE;
}

/*
 * One transaction. True: *rc is how it went; false: an error is answered already and nothing was changed.
 */
static bool
transact(struct call *c, struct fault *f, enum outcome *rc)
{
	bool ends_here = f->error != HTTP_ERROR__MAX || c->op->change == NULL;

	c->changing = false;
	db_begin(c->db, ends_here ? DB_READ_ONLY : DB_READ_WRITE);
	db_key_authenticate(c->db, c->key_hash, &c->key);
	if (f->error == HTTP_ERROR__MAX) {
		target_queue(c);
		if (c->op->load != NULL)
			c->op->load(c);
	}
	if (ends_here)
		db_queue_commit(c->db);
	*rc = db_exchange(c->db);
	if (*rc != DONE)
		return true;
	if (!check_caller(c, f))
		return false;
	if (!target_found(c)) {
		answer_error(c, ERROR_NOT_FOUND);
		return false;
	}
	if ((*rc = authorize(c, !ends_here)) != DONE)
		return true;
	if (c->decision.verdict != VERDICT_ALLOWED) {
		if (!ends_here && (*rc = log_denied(c)) != DONE)
			return true;
		answer_denied(c);
		return false;
	}
	if (!check_preconditions(c))
		return false;
	if (c->op->change != NULL)
		*rc = change_and_commit(c);
	return !c->refused;
}

/*
 * Build the answer to what is done. Should that fail after a commit, "nothing was changed" would be a lie: the client
 * is told that the outcome is unknown to it, and that repeating is safe.
 */
static void
answer_done(struct call *c)
{
	c->rs->changed = c->changing || c->made;
	c->op->answer(c);
	if (response_failed(c->rs))
		answer_error(c, response_fallback(c->rs));
}

static void
finish_direct(struct call *c, enum outcome rc)
{
	if (c->key.found)
		log_caller(c);
	if (rc == COMMIT_UNKNOWN)
		rc = resolve_commit(c);
	if (rc == DONE)
		answer_done(c);
	else
		answer_outcome(c, rc);
}

static void
run_keyed(struct call *c)
{
	struct fault f = FAULT_NONE;
	enum outcome rc = DONE;
	bool answered = false;
	int attempt;

	if (!check_key(c, &f)) {
		answer_fault(c, &f);
		return;
	}
	/* The first that fails is what is answered, once the credential is known to be good. */
	if (check_tenant_id(c, &f) && check_parameters(c, &f) && check_body(c, &f) &&
	    direct_transact(c, &rc)) {
		finish_direct(c, rc);
		return;
	}
	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		answered = !transact(c, &f, &rc);
		if (answered || (rc != LOST && rc != RETRY))
			break;
	}
	db_rollback(c->db);
	if (!answered && rc == DONE)
		answer_done(c);
	else if (
	    c->made) /* whatever kept the first answer from being read: not even a refusal may hide it */
		answer_error(c, ERROR_COMMIT_UNKNOWN);
	else if (!answered)
		answer_outcome(c, rc);
	json_object_put(f.details);
}

/* Once in a while; see service_after(). */
static void
remember_use(struct call *c)
{
	struct service *s = c->service;

	if (!c->key.found ||
	    !known_keys_use_is_due(s->known_keys, c->key_hash, clock_monotonic_ms()))
		return;
	s->use.due = true;
	s->use.tenant = c->key.tenant;
	s->use.id = c->key.id;
	memcpy(s->use.hash, c->key_hash, sizeof(s->use.hash));
}

static void
run(struct call *c)
{
	log_context(c->rs->request_id, c->op->id, NULL);
	if (c->op->access == ACCESS_PUBLIC) {
		c->op->answer(c);
		return;
	}
	run_keyed(c);
	remember_use(c);
}

static void
call_clear(struct call *c)
{
	json_object_put(c->body);
	json_object_put(c->context);
	key_clear(&c->key);
	grant_clear(&c->grant);
	grant_clear(&c->changed);
	key_record_clear(&c->api_key);
	key_record_clear(&c->api_key_changed);
	key_record_clear(&c->api_key_retired);
	first_answer_clear(&c->first);
	policy_clear(&c->policy);
	policy_clear(&c->policy_changed);
	rule_record_clear(&c->rule);
	rule_record_clear(&c->rule_changed);
	db_list_clear(&c->list);
	audit_scan_clear(&c->scan);
	activity_summary_clear(&c->summary);
	policy_rules_clear(&c->rules);
	key_record_clear(&c->other_key);
	explicit_bzero(c->key_hash, sizeof(c->key_hash));
	explicit_bzero(c->raw_key, sizeof(c->raw_key));
}

static void
refuse_method(struct call *c)
{
	struct buf methods = BUF_EMPTY;
	bool patch;

	(void)route_methods(c->rq->path, &methods, &patch);
	answer_error(c, ERROR_METHOD_NOT_ALLOWED);
	response_header(c->rs, "Allow", buf_text(&methods));
	buf_clear(&methods);
}

/* OPTIONS asks neither for a key nor for the database: browsers send it without either. */
static void
answer_options(struct call *c)
{
	const char *origins = c->service->settings->cors_origins;
	struct buf methods = BUF_EMPTY;
	bool patch;

	if (!route_methods(c->rq->path, &methods, &patch)) {
		answer_error(c, ERROR_NOT_FOUND);
	} else {
		response_header(c->rs, "Allow", buf_text(&methods));
		if (patch)
			response_header(c->rs, "Accept-Patch",
			    "application/json, application/merge-patch+json");
		if (cors_is_preflight(c->rq))
			cors_preflight(c->rs, origins, c->rq, buf_text(&methods));
		response_empty(c->rs, 204);
	}
	buf_clear(&methods);
}

static void
answer(struct call *c)
{
	const struct request *rq = c->rq;
	enum route route = route_find(c, rq->method, rq->path);

	if (rq->method == HTTP_OPTIONS && rq->duplicate < 0) {
		answer_options(c);
	} else if (route == ROUTE_NO_PATH) {
		answer_error(c, ERROR_NOT_FOUND);
	} else if (route == ROUTE_NO_METHOD && rq->method != HTTP_OPTIONS) {
		refuse_method(c);
	} else if (rq->duplicate >= 0) {
		response_error(c->rs, ERROR_DUPLICATE_HEADER,
		    error_detail("header", http_header_name((enum http_header)rq->duplicate)),
		    NULL);
	} else {
		run(c);
	}
}

void
dispatch(struct service *service, const struct request *rq, struct response *rs)
{
	struct call c = {
		.service = service,
		.db = service->db,
		.rq = rq,
		.rs = rs,
		.key = KEY_EMPTY,
		.grant = GRANT_EMPTY,
		.changed = GRANT_EMPTY,
		.api_key = KEY_RECORD_EMPTY,
		.api_key_changed = KEY_RECORD_EMPTY,
		.api_key_retired = KEY_RECORD_EMPTY,
		.first = FIRST_ANSWER_EMPTY,
		.policy = POLICY_EMPTY,
		.policy_changed = POLICY_EMPTY,
		.rule = RULE_RECORD_EMPTY,
		.rule_changed = RULE_RECORD_EMPTY,
		.list = DB_LIST_EMPTY,
		.scan = AUDIT_SCAN_EMPTY,
		.summary = ACTIVITY_SUMMARY_EMPTY,
		.rules = POLICY_RULES_EMPTY,
		.other_key = KEY_RECORD_EMPTY,
	};
	int64_t started = clock_monotonic_ms();

	log_context(rs->request_id, NULL, NULL);
	answer(&c);
	/* The head of what was sent in pieces is gone already. */
	if (!cors_is_preflight(rq) && rs->stream == STREAM_NONE)
		cors_answer(rs, service->settings->cors_origins, rq);
	log_info("%s %d in %lld ms key=%s", http_method_name(rq->method), rs->status,
	    (long long)(clock_monotonic_ms() - started), c.key.found ? c.actor_id : "-");
	log_context(NULL, NULL, NULL);
	call_clear(&c);
}
