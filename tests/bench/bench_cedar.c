/* SPDX-License-Identifier: MIT */
/*
 * How long the engine takes for a decision on the rules of a file, building the
 * request's entities from C values included, and for parsing them.  The request
 * is the one that tests/bench/cedar-official asks too.
 *
 * usage: bench-cedar FILE
 *
 * Prints one line of JSON; times are in microseconds.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cedar/cedar.h"

#define TEXT_MAX ((size_t)64 << 20)
#define MEMORY_MAX ((size_t)2 << 30)
#define SAMPLES 50000u
#define WARM_UP 5000u
#define SECONDS_MAX 3.0 /* no new sample after that */

/* A literal as a slice. */
#define STR(literal) ((struct cedar_str){ (literal), sizeof(literal) - 1 })

struct samples {
	double times[SAMPLES]; /* microseconds, sorted by take() */
	size_t count;
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench-cedar: %s\n", what);
	exit(1);
}

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static char *
read_file(const char *path, size_t *len)
{
	FILE *in = fopen(path, "rb");
	char *text = malloc(TEXT_MAX);

	if (in == NULL || text == NULL)
		die("cannot read the file");
	*len = fread(text, 1, TEXT_MAX, in);
	(void)fclose(in);
	return text;
}

static struct cedar_set *
compile(struct cedar_str text)
{
	struct cedar_set *set = cedar_set_new(MEMORY_MAX);

	if (set == NULL || !cedar_set_add_text(set, text) || !cedar_set_seal(set))
		die("the rules do not parse");
	return set;
}

static struct cedar_entity *
add_principal(struct cedar_request *rq, struct cedar_entity *tenant)
{
	static const struct cedar_str roles[] = { { "operator", 8 } };
	struct cedar_entity *e = cedar_entity(rq, STR("ApiKey"),
	    STR("0192f0c4-8d02-7e19-b3c4-1d2e3f4a5b6c"));
	struct cedar_record *r = cedar_entity_attributes(e);

	cedar_entity_parent(e, cedar_entity(rq, STR("Role"), roles[0]));
	cedar_entity_parent(e, tenant);
	cedar_put_string(r, STR("name"), STR("deploy"));
	cedar_put_strings(r, STR("roles"), roles, 1);
	return e;
}

static struct cedar_entity *
add_action(struct cedar_request *rq)
{
	struct cedar_entity *e = cedar_entity(rq, STR("Action"), STR("UpdateGrant"));

	cedar_entity_parent(e, cedar_entity(rq, STR("Action"), STR("write")));
	return e;
}

static struct cedar_entity *
add_resource(struct cedar_request *rq, struct cedar_entity *tenant)
{
	struct cedar_entity *e = cedar_entity(rq, STR("Grant"),
	    STR("0192f0c5-0a0b-7c0d-8e0f-101112131415"));
	struct cedar_record *r = cedar_entity_attributes(e);

	cedar_entity_parent(e, tenant);
	cedar_put_string(r, STR("grantee_id"), STR("user-4711"));
	cedar_put_string(r, STR("resource_type"), STR("aws_account"));
	cedar_put_string(r, STR("resource_id"), STR("123456789012"));
	cedar_put_string(r, STR("action"), STR("assume"));
	cedar_put_string(r, STR("status"), STR("active"));
	cedar_put_bool(r, STR("audit_enabled"), true);
	cedar_put_datetime(r, STR("expires_at"), INT64_C(1893456000000));
	return e;
}

static void
add_context(struct cedar_request *rq)
{
	struct cedar_record *r = cedar_request_context(rq);

	cedar_put_bool(r, STR("audit_enabled"), false);
	cedar_put_string(r, STR("request_id"), STR("0192f0c5-1111-7222-8333-444455556666"));
	cedar_put_ip(r, STR("source_ip"), STR("192.0.2.10"));
	cedar_put_datetime(r, STR("now"), INT64_C(1767323045000));
	cedar_put_string(r, STR("user_agent"), STR("curl/7.88.1"));
}

/* One decision, from nothing but the values. */
static void
decide(struct cedar_request *rq, const struct cedar_set *set, struct cedar_result *result)
{
	struct cedar_entity *tenant;

	cedar_request_begin(rq, set);
	tenant = cedar_entity(rq, STR("Tenant"), STR("0192f0c4-7b1e-7c55-9a3e-6f0d2b4a8c11"));
	cedar_request_principal(rq, add_principal(rq, tenant));
	cedar_request_action(rq, add_action(rq));
	cedar_request_resource(rq, add_resource(rq, tenant));
	add_context(rq);
	if (!cedar_authorize(rq, 0, SIZE_MAX, result))
		die("no decision");
}

static void
measure_decisions(const struct cedar_set *set, struct samples *samples, struct cedar_result *result)
{
	struct cedar_request *rq = cedar_request_new(0);
	double begin = now(), start;
	size_t i;

	if (rq == NULL)
		die("out of memory");
	for (i = 0; i < WARM_UP && now() - begin < SECONDS_MAX / 3 * 1e6; i++)
		decide(rq, set, result);
	for (begin = now(), samples->count = 0; samples->count < SAMPLES;) {
		start = now();
		if (start - begin > SECONDS_MAX * 1e6)
			break;
		decide(rq, set, result);
		samples->times[samples->count++] = now() - start;
	}
	cedar_request_free(rq);
	qsort(samples->times, samples->count, sizeof(samples->times[0]), compare);
}

static double
measure_parse(struct cedar_str text, struct samples *samples)
{
	double begin = now(), start;

	for (samples->count = 0;
	     samples->count < SAMPLES && now() - begin < SECONDS_MAX / 6 * 1e6;) {
		start = now();
		cedar_set_free(compile(text));
		samples->times[samples->count++] = now() - start;
	}
	qsort(samples->times, samples->count, sizeof(samples->times[0]), compare);
	return samples->times[samples->count / 2];
}

int
main(int argc, char **argv)
{
	static struct samples samples;
	struct cedar_result result;
	struct cedar_set *set;
	struct cedar_str text;
	double parse;
	char *data;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench-cedar FILE\n");
		return 2;
	}
	data = read_file(argv[1], &text.len);
	text.data = data;
	parse = measure_parse(text, &samples);
	set = compile(text);
	measure_decisions(set, &samples, &result);
	(void)printf(
	    "{\"policies\":%zu,\"bytes\":%zu,\"memory\":%zu,\"parse_us\":%.1f,\"median_us\":%.3f,\"p99_us\":%.3f,"
	    "\"decision\":\"%s\",\"determining\":%zu}\n",
	    cedar_set_count(set), text.len, cedar_set_memory(set), parse,
	    samples.times[samples.count / 2], samples.times[samples.count / 100 * 99],
	    result.decision == CEDAR_ALLOW ? "allow" : "deny", result.determining_count);
	cedar_set_free(set);
	free(data);
	return 0;
}
