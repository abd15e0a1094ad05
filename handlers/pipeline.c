/* SPDX-License-Identifier: MIT */
/* From a request to a response: routing, OPTIONS, and what every answer has. A call with a key is the machine's. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "handlers/check.h"
#include "handlers/dispatch.h"
#include "handlers/machine.h"
#include "handlers/service.h"
#include "handlers/target.h"
#include "http/cors.h"
#include "http/trace.h"

static void
answer_error(struct call *c, enum http_error error)
{
	response_error(c->rs, error, NULL, NULL);
}

/* Once in a while; see service_after(). */
static void
remember_use(struct call *c)
{
	struct service *s = c->service;

	if (!c->caller.key.found ||
	    !known_keys_use_is_due(s->known_keys, c->caller.key_hash, clock_monotonic_ms()))
		return;
	s->use.due = true;
	s->use.tenant = c->caller.key.tenant;
	memcpy(s->use.hash, c->caller.key_hash, sizeof(s->use.hash));
}

static void
run(struct call *c)
{
	log_context(c->rs->request_id, c->op->id, NULL);
	metrics_operation(c->number);
	if (c->op->access == ACCESS_PUBLIC) {
		c->op->answer(c);
		return;
	}
	machine_run(c);
	remember_use(c);
}

static void
call_clear(struct call *c)
{
	json_object_put(c->request.body);
	json_object_put(c->change.context);
	key_clear(&c->caller.key);
	policy_rules_clear(&c->caller.policies);
	db_list_clear(&c->list);
	target_clear(c);
	explicit_bzero(c->caller.key_hash, sizeof(c->caller.key_hash));
}

static void
refuse_method(struct call *c)
{
	struct buf methods = BUF_EMPTY;
	bool patch;

	(void)route_methods(c->request.rq->path, &methods, &patch);
	answer_error(c, ERROR_METHOD_NOT_ALLOWED);
	response_header(c->rs, "Allow", buf_text(&methods));
	buf_clear(&methods);
}

/* Not in the words for a grant that is not there: who mistypes a path looks for the grant otherwise. */
static void
refuse_path(struct call *c)
{
	response_error_message(c->rs, ERROR_NOT_FOUND,
	    "There is no such path; GET /v1/openapi.json names those that there are.", NULL, NULL);
}

/* OPTIONS asks neither for a key nor for the database: browsers send it without either. */
static void
answer_options(struct call *c)
{
	const char *origins = c->service->settings->cors_origins;
	struct buf methods = BUF_EMPTY;
	bool patch;

	if (!route_methods(c->request.rq->path, &methods, &patch)) {
		refuse_path(c);
	} else {
		response_header(c->rs, "Allow", buf_text(&methods));
		if (patch)
			response_header(c->rs, "Accept-Patch",
			    "application/json, application/merge-patch+json");
		if (cors_is_preflight(c->request.rq))
			cors_preflight(c->rs, origins, c->request.rq, buf_text(&methods));
		response_empty(c->rs, 204);
	}
	buf_clear(&methods);
}

static void
route_and_answer(struct call *c)
{
	const struct request *rq = c->request.rq;
	enum route route = route_find(c, rq->method, rq->path);

	if (rq->method == HTTP_OPTIONS && rq->duplicate < 0) {
		answer_options(c);
	} else if (route == ROUTE_NO_PATH) {
		refuse_path(c);
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

/* What this process has counted of its exchanges with the database. */
struct exchanges {
	uint64_t count, us;
};

static struct exchanges
exchanges_so_far(void)
{
	struct exchanges e = { .us = metrics_get(metrics_own, METRIC_EXCHANGE_TIME_LAST) };
	int i;

	for (i = METRIC_EXCHANGE_TIME; i < METRIC_EXCHANGE_TIME_LAST; i++)
		e.count += metrics_get(metrics_own, i);
	return e;
}

/* The grant that the path names, as text; "" where it names none. */
static void
print_grant(const struct call *c, char text[UUID_TEXT_LEN + 1])
{
	text[0] = '\0';
	if (c->op != NULL && c->op->target == TARGET_GRANT)
		uuid_print(&c->request.path_id[0], text);
}

#define PATH_SHOWN_MAX 512

/* What is not routed (fcgi/route.h) has the path "/": who looks for the mistake finds what was asked for. Not all of a URL, which may name a user. */
static void
print_path(const struct request *rq, char text[PATH_SHOWN_MAX])
{
	bool routed = rq->path[1] != '\0' || rq->uri == NULL || rq->uri[0] != '/';
	const char *path = routed ? rq->path : rq->uri;

	(void)snprintf(text, PATH_SHOWN_MAX, "%.*s", (int)strcspn(path, "?"), path);
}

/*
 * One line for each request. Refusals are counted where one address has many: a guesser must not fill the log. What was slow is a warning,
 * and says how much of it was the database.
 */
static void
log_answer(const struct call *c, int64_t us, const struct exchanges *before)
{
	const struct request *rq = c->request.rq;
	const struct exchanges now = exchanges_so_far();
	int status = c->rs->status, slow = c->service->settings->log_slow;
	bool is_slow = slow > 0 && us >= (int64_t)slow * 1000;
	char about[80], grant[UUID_TEXT_LEN + 1], path[PATH_SHOWN_MAX];
	const struct log_field field[] = {
		LOG_FIELD("key", c->caller.key.found ? c->caller.id : "-"),
		LOG_FIELD("name", c->caller.key_name[0] != '\0' ? c->caller.key_name : "-"),
		LOG_FIELD("from", rq->remote_addr),
		LOG_FIELD("method", http_method_name(rq->method)),
		LOG_FIELD("path", path),
		LOG_FIELD("grant", grant),
		LOG_NUMBER("status", status),
		LOG_FIELD("code",
		    c->rs->error != HTTP_ERROR__MAX ? http_error_code(c->rs->error) : ""),
		LOG_NUMBER("us", us),
		LOG_NUMBER("database_us", (int64_t)(now.us - before->us)),
		LOG_NUMBER("exchanges", (int64_t)(now.count - before->count)),
	};
	bool refused = status == 401 || status == 403 || status == 429;

	if (log_level_from < (is_slow ? LEVEL_WARNING : LEVEL_INFO))
		return;
	print_grant(c, grant);
	print_path(rq, path);
	(void)snprintf(about, sizeof(about), "%d %s", status, rq->remote_addr);
	log_fields(is_slow ? LEVEL_WARNING : LEVEL_INFO, refused ? about : NULL, field,
	    COUNT_OF(field), "%s %d in %lld ms%s", http_method_name(rq->method), status,
	    (long long)us / 1000, is_slow ? ", which is slow" : "");
}

size_t
dispatch_body_most(const struct request *rq)
{
	struct call c = { .request = { .rq = rq } };
	struct fault f = FAULT_NONE;
	bool needed = rq->duplicate < 0 && rq->method != HTTP_OPTIONS &&
	    route_find(&c, rq->method, rq->path) == ROUTE_FOUND && c.op->body != NULL &&
	    check_key(&c, &f);

	explicit_bzero(c.caller.key_hash, sizeof(c.caller.key_hash));
	return needed ? c.op->body_max : 0;
}

static void
count_answer(const struct call *c, int64_t us)
{
	_Static_assert(HTTP_ERROR__MAX <= METRICS_ERRORS_MOST, "room for each code");
	int sort = c->op == NULL ? 0 : 1 + (int)c->op->access;

	metrics_answer(c->number, sort, c->rs->status, us);
	if (c->rs->error != HTTP_ERROR__MAX)
		metrics_add(METRIC_ERRORS + (int)c->rs->error, 1);
}

bool
dispatch(struct service *service, const struct request *rq, struct response *rs)
{
	struct call c = { .service = service,
		.db = service->db,
		.number = OPERATION_COUNT,
		.rs = rs,
		.request = { .rq = rq } };
	const struct exchanges before = exchanges_so_far();
	int64_t started = clock_monotonic_us(), us;
	char trace[TRACE_ID_LEN + 1];

	log_context(rs->request_id, NULL, NULL);
	log_trace(trace_id(rq->header[HEADER_TRACEPARENT], trace) ? trace : NULL);
	route_and_answer(&c);
	if (c.later) {
		log_context(NULL, NULL, NULL);
		call_clear(&c);
		return false;
	}
	/* The head of what was sent in pieces is gone already. */
	if (!cors_is_preflight(rq) && rs->stream == STREAM_NONE)
		cors_answer(rs, service->settings->cors_origins, rq);
	us = clock_monotonic_us() - started;
	count_answer(&c, us);
	log_answer(&c, us, &before);
	log_context(NULL, NULL, NULL);
	call_clear(&c);
	return true;
}
