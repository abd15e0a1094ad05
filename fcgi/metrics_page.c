/* SPDX-License-Identifier: MIT */
/*
 * /metrics, in Prometheus' text format (version 0.0.4). Labels have few values, all known beforehand: none is a tenant, a key, or
 * anything that a client sends.
 */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "fcgi/backlog.h"
#include "fcgi/board.h"
#include "fcgi/figures.h"
#include "fcgi/pool.h"
#include "fcgi/share.h"
#include "http/error.h"

/* What is told apart by one label, whose values are these words in the order of the counts. */
struct family {
	int first; /* METRIC_... */
	int words; /* 0: there is no label */
	const char *name, *label;
	const char *const *word;
	const char *help;
};

static const char *const retry_words[] = { "look", "again", "repeat" };
static const char *const limit_words[] = { "stranger", "key" };
static const char *const fault_words[] = { "conflict", "retry", "lost", "unavailable",
	"commit_unknown", "broken" };
static const char *const connection_words[] = { "opened", "failed", "lost" };
static const char *const effect_words[] = { "permit", "forbid", "no_permit", "failed_forbid",
	"budget", "fault" };
static const char *const cache_words[] = { "hit", "miss" };
static const char *const switch_words[] = { "off", "on" };
static const char *const event_words[] = { "accepted", "duplicate" };
static const char *const dropped_words[] = { "no_room", "slow" };
static const char *const sort_words[] = { "none", "public", "read", "write" };

static const char *const error_words[] = {
#define X(id, status, code, message) code,
	HTTP_ERROR_LIST(X)
#undef X
};
static const char *const operation_words[] = {
#define X(id, file, access, entity) #id,
	OPERATIONS(X)
#undef X
	    "none"
};
static const char *const cause_words[] = {
#define X(name, word) word,
	CAUSES(X)
#undef X
};

#define WORDS(words_) .words = (int)COUNT_OF(words_), .word = (words_)
static const struct family counters[] = {
	{ METRIC_ERRORS, .name = "grantd_request_errors_total", .label = "code", WORDS(error_words),
	    .help = "Answers with an error, by its code." },
	{ METRIC_RETRIES, .name = "grantd_request_retries_total", .label = "kind",
	    WORDS(retry_words),
	    .help =
		"Exchanges made once more: look, as what was decided on had changed; again, after a fault; repeat, as nobody knew whether it was committed." },
	{ METRIC_LIMITS, .name = "grantd_limits_met_total", .label = "limit", WORDS(limit_words),
	    .help =
		"Requests refused with 429: stranger, GRANTD_LIMIT_ADDRESS or GRANTD_LIMIT_NAME; key, GRANTD_LIMIT_KEY." },
	{ METRIC_DROPPED, .name = "grantd_requests_dropped_total", .label = "reason",
	    WORDS(dropped_words),
	    .help = "Requests that came by halves and had to go, for want of a room to wait in." },
	{ METRIC_EXCHANGE_FAULTS, .name = "grantd_database_faults_total", .label = "fault",
	    WORDS(fault_words), .help = "Exchanges with the database that went wrong, and how." },
	{ METRIC_CONNECTIONS, .name = "grantd_database_connections_total", .label = "event",
	    WORDS(connection_words),
	    .help =
		"Connections to the database that were opened, that failed to, and that were lost or given up." },
	{ METRIC_DECISIONS, .name = "grantd_policy_decisions_total", .label = "effect",
	    WORDS(effect_words),
	    .help =
		"Decisions of tenants' policies: permit; forbid, by a rule; no_permit; failed_forbid, by a forbid that failed; budget, over the bound on steps; fault." },
	{ METRIC_POLICY_LOOKUPS, .name = "grantd_policy_cache_lookups_total", .label = "result",
	    WORDS(cache_words), .help = "Compiled policies of a tenant that were looked for." },
	{ METRIC_KEY_LOOKUPS, .name = "grantd_key_cache_lookups_total", .label = "result",
	    WORDS(cache_words),
	    .help = "Keys that were looked for among those that a worker knows." },
	{ METRIC_AUDIT_ENTRIES, .name = "grantd_audit_entries_total",
	    .help = "Entries of the audit log that tell of changes." },
	{ METRIC_AUDIT_REFUSALS, .name = "grantd_audit_refusals_total",
	    .help =
		"Changes that policies refused and the audit log tells of, by an entry or by a count in the next one." },
	{ METRIC_SWITCHES, .name = "grantd_audit_switches_total", .label = "to",
	    WORDS(switch_words), .help = "Grants whose auditing was switched on or off." },
	{ METRIC_EVENTS, .name = "grantd_activity_events_total", .label = "result",
	    WORDS(event_words),
	    .help = "Events of activity that were sent: stored, or there already." },
	{ METRIC_LOG_LOST, .name = "grantd_log_lines_lost_total",
	    .help = "Lines of the log that nobody took." },
};

static const struct family histograms[] = {
	{ METRIC_REQUEST_TIME, .name = "grantd_request_duration_seconds", .label = "access",
	    WORDS(sort_words),
	    .help =
		"From a whole request to its answer, by whether the operation is public, reads or writes." },
	{ METRIC_EXCHANGE_TIME, .name = "grantd_database_exchange_duration_seconds",
	    .help = "Exchanges with the database, from sending to the last result." },
	{ METRIC_COMPILE_TIME, .name = "grantd_policy_compile_duration_seconds",
	    .help = "Compiling a tenant's policies." },
};
#undef WORDS

struct page {
	const struct figures *f;
	struct buf *to;
	uint64_t sum[METRIC__COUNT];
};

/* Of all workers, those that are gone included, and of the parent. */
static void
sum_up(struct page *p)
{
	int i, k;

	for (k = 0; k < METRIC__COUNT; k++)
		p->sum[k] = metrics_get(&p->f->metrics[BOARD_SLOTS], k);
	for (i = 0; i < BOARD_SLOTS; i++)
		for (k = 0; p->f->child[i].pid != 0 && k < METRIC__COUNT; k++)
			p->sum[k] += metrics_get(&p->f->metrics[i], k);
}

static uint64_t
gauge_sum(const struct figures *f, enum gauge which)
{
	uint64_t sum = 0;
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		if (f->child[i].pid != 0)
			sum += atomic_load_explicit(&f->metrics[i].gauge[which],
			    memory_order_relaxed);
	return sum;
}

static int
sessions(const struct figures *f)
{
	int i, n = 0;

	for (i = 0; i < BOARD_SLOTS; i++)
		n += f->child[i].pid != 0 &&
		    atomic_load_explicit(&f->metrics[i].gauge[GAUGE_BACKEND],
			memory_order_relaxed) != 0;
	return n;
}

static void
put_family(struct page *p, const char *name, const char *type, const char *help)
{
	buf_addf(p->to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A sample with one label, or with none where `label` is NULL. */
static void
put_sample(struct page *p, const char *name, const char *label, const char *word, uint64_t value)
{
	buf_adds(p->to, name);
	if (label != NULL)
		buf_addf(p->to, "{%s=\"%s\"}", label, word);
	buf_addf(p->to, " %llu\n", (unsigned long long)value);
}

static void
put_one(struct page *p, const char *name, const char *type, const char *help, uint64_t value)
{
	put_family(p, name, type, help);
	put_sample(p, name, NULL, NULL, value);
}

static void
put_counter(struct page *p, const struct family *c)
{
	int i;

	put_family(p, c->name, "counter", c->help);
	if (c->words == 0)
		put_sample(p, c->name, NULL, NULL, p->sum[c->first]);
	for (i = 0; i < c->words; i++)
		put_sample(p, c->name, c->label, c->word[i], p->sum[c->first + i]);
}

/* ---- histograms ---- */

static const char *const bounds[] = {
	"0.0005",
	"0.001",
	"0.0025",
	"0.005",
	"0.01",
	"0.025",
	"0.05",
	"0.1",
	"0.25",
	"0.5",
	"1",
	"2.5",
	"5",
	"10",
	"30",
	"+Inf",
};
_Static_assert(COUNT_OF(bounds) == METRICS_BUCKETS, "as in METRICS_BOUNDS");

static void
put_histogram_of(struct page *p, const struct family *h, int first, const char *labels)
{
	const char *comma = labels[0] != '\0' ? "," : "";
	uint64_t n = 0, us = p->sum[first + METRICS_BUCKETS];
	char braced[64] = "";
	int i;

	for (i = 0; i < METRICS_BUCKETS; i++) {
		n += p->sum[first + i];
		buf_addf(p->to, "%s_bucket{%s%sle=\"%s\"} %llu\n", h->name, labels, comma,
		    bounds[i], (unsigned long long)n);
	}
	if (labels[0] != '\0')
		(void)snprintf(braced, sizeof(braced), "{%s}", labels);
	buf_addf(p->to, "%s_sum%s %llu.%06llu\n%s_count%s %llu\n", h->name, braced,
	    (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000), h->name, braced,
	    (unsigned long long)n);
}

static void
put_histogram(struct page *p, const struct family *h)
{
	char labels[48];
	int i;

	put_family(p, h->name, "histogram", h->help);
	if (h->words == 0)
		put_histogram_of(p, h, h->first, "");
	for (i = 0; i < h->words; i++) {
		(void)snprintf(labels, sizeof(labels), "%s=\"%s\"", h->label, h->word[i]);
		put_histogram_of(p, h, h->first + i * METRICS_HISTOGRAM, labels);
	}
}

/* ---- requests ---- */

/* Each status that an operation has answered with; and 200 in any case, so that the series begins at 0. */
static void
put_requests(struct page *p)
{
	static const int statuses[] = {
#define X(status) status,
		METRICS_STATUSES(X)
#undef X
	};
	static const char name[] = "grantd_requests_total";
	int operation, i;
	uint64_t n;

	put_family(p, name, "counter",
	    "Answers, by operation (none: no such path or method) and status.");
	for (operation = 0; operation <= OPERATION_COUNT; operation++) {
		for (i = 0; i < METRICS_STATUS_COUNT; i++) {
			n = p->sum[METRIC_REQUESTS + operation * METRICS_STATUS_COUNT + i];
			if (n != 0 || statuses[i] == 200)
				buf_addf(p->to, "%s{operation=\"%s\",status=\"%d\"} %llu\n", name,
				    operation_words[operation], statuses[i], (unsigned long long)n);
		}
	}
}

/* ---- the processes ---- */

static void
put_start(struct page *p)
{
	const struct figures *f = p->f;

	put_family(p, "grantd_build_info", "gauge", "Which grantd this is; the value is 1.");
	put_sample(p, "grantd_build_info", "version", PACKAGE_VERSION, 1);
	put_family(p, "grantd_start_time_seconds", "gauge",
	    "When the parent process began, in seconds since 1970.");
	buf_addf(p->to, "grantd_start_time_seconds %lld.%06lld\n",
	    (long long)(f->started / 1000000), (long long)(f->started % 1000000));
	put_family(p, "grantd_reloads_total", "counter", "Times the settings were read again.");
	put_sample(p, "grantd_reloads_total", "result", "done", f->reloads);
	put_sample(p, "grantd_reloads_total", "result", "refused", f->reloads_refused);
}

static void
put_workers(struct page *p, int64_t now)
{
	const struct figures *f = p->f;
	struct crew crew;
	int i;

	figures_crew(f, now, &crew);
	put_family(p, "grantd_workers", "gauge", "Worker processes, by what they are at.");
	put_sample(p, "grantd_workers", "state", "busy", (uint64_t)crew.busy);
	put_sample(p, "grantd_workers", "state", "idle", (uint64_t)crew.idle);
	put_sample(p, "grantd_workers", "state", "starting", (uint64_t)crew.starting);
	put_one(p, "grantd_workers_configured", "gauge", "GRANTD_WORKERS.",
	    (uint64_t)f->settings->workers);
	put_one(p, "grantd_worker_starts_total", "counter", "Workers that were started.",
	    f->starts);
	put_family(p, "grantd_worker_exits_total", "counter",
	    "Workers that ended, and why: retired, as they had served enough; replaced, at a reload; failed; signal; overdue, as a request took too long.");
	for (i = 0; i < CAUSE__MAX; i++)
		put_sample(p, "grantd_worker_exits_total", "cause", cause_words[i], f->exits[i]);
	put_family(p, "grantd_oldest_request_seconds", "gauge",
	    "How long the request has been in hand that has been so the longest.");
	buf_addf(p->to, "grantd_oldest_request_seconds %lld.%03lld\n",
	    (long long)(crew.oldest / 1000), (long long)(crew.oldest % 1000));
	put_one(p, "grantd_workers_resident_bytes", "gauge",
	    "Resident memory of all workers together, as they said last; what they share counts for each.",
	    gauge_sum(f, GAUGE_RESIDENT));
	put_one(p, "grantd_database_sessions", "gauge", "Workers that have a database connection.",
	    (uint64_t)sessions(f));
}

static void
put_queues(struct page *p)
{
	const struct figures *f = p->f;
	int sharing = pool_sharing(f->pool), paused = pool_paused(f->pool);
	int listening = backlog_length(f->listener);

	put_family(p, "grantd_queue_length", "gauge",
	    "What waits: listen, connections for a worker, where the system tells; rest, requests for the rest of them; share, for one of their tenant's workers.");
	if (listening >= 0)
		put_sample(p, "grantd_queue_length", "queue", "listen", (uint64_t)listening);
	put_sample(p, "grantd_queue_length", "queue", "rest",
	    paused > sharing ? (uint64_t)(paused - sharing) : 0);
	put_sample(p, "grantd_queue_length", "queue", "share", sharing > 0 ? (uint64_t)sharing : 0);
	put_family(p, "grantd_queue_limit", "gauge", "How many may wait.");
	if (listening >= 0)
		put_sample(p, "grantd_queue_limit", "queue", "listen",
		    (uint64_t)f->settings->listen_backlog);
	put_sample(p, "grantd_queue_limit", "queue", "rest", (uint64_t)pool_rooms(f->pool));
	put_sample(p, "grantd_queue_limit", "queue", "share", (uint64_t)pool_rooms(f->pool) / 2);
	put_one(p, "grantd_kept_connections", "gauge", "Connections that web servers keep open.",
	    pool_count(f->pool) > 0 ? (uint64_t)pool_count(f->pool) : 0);
	put_one(p, "grantd_kept_connections_limit", "gauge", "How many they may keep.",
	    (uint64_t)pool_most(f->pool));
	put_one(p, "grantd_tenant_share_waits_total", "counter",
	    "Requests that had to wait for one of their tenant's share of the workers.",
	    atomic_load(&f->shares->waited));
	put_one(p, "grantd_tenant_share_refusals_total", "counter",
	    "Requests that were refused with 503, as their tenant had its share of the workers.",
	    atomic_load(&f->shares->refused));
}

static void
put_caches(struct page *p)
{
	const struct figures *f = p->f;

	put_one(p, "grantd_policy_cache_bytes", "gauge",
	    "Memory of compiled policies, of all workers together.",
	    gauge_sum(f, GAUGE_POLICY_MEMORY));
	put_one(p, "grantd_policy_cache_limit_bytes", "gauge",
	    "How much of them there may be: GRANTD_POLICY_MEMORY times GRANTD_WORKERS.",
	    ((uint64_t)f->settings->policy_memory << 20) * (uint64_t)f->settings->workers);
	put_one(p, "grantd_key_cache_bytes", "gauge",
	    "Memory of what workers remember of keys, of all together.",
	    gauge_sum(f, GAUGE_KEY_MEMORY));
	put_one(p, "grantd_commits_unknown_total", "counter",
	    "Answers with commit_unknown: nobody could say whether the change was made.",
	    p->sum[METRIC_ERRORS + ERROR_COMMIT_UNKNOWN]);
}

void
figures_metrics(const struct figures *f, int64_t now, struct buf *to)
{
	struct page p = { .f = f, .to = to };
	size_t i;

	sum_up(&p);
	put_start(&p);
	put_workers(&p, now);
	put_queues(&p);
	put_requests(&p);
	for (i = 0; i < COUNT_OF(counters); i++)
		put_counter(&p, &counters[i]);
	for (i = 0; i < COUNT_OF(histograms); i++)
		put_histogram(&p, &histograms[i]);
	put_caches(&p);
}
