/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cedar/cedar.h"
#include "policy/program.h"

/* What one list of rules may take when compiled, whatever the cache's bound: more than what may be stored needs. */
#define PROGRAM_MEMORY_MAX ((size_t)16 << 20)

static enum outcome
refuse(const struct policy_program *p, const struct policy_rule *rule)
{
	const struct cedar_error *e = cedar_set_error(p->cedar, 0);
	char id[UUID_TEXT_LEN + 1];

	uuid_print(&rule->id, id);
	if (e == NULL) {
		log_error("policy rule %s: out of memory; nothing is answered to this tenant", id);
		return UNAVAILABLE;
	}
	log_error("policy rule %s does not parse, so everything is refused to this tenant: "
		  "line %u, column %u: %s",
	    id, e->place.line, e->place.column, e->message);
	return BROKEN;
}

/* Rules come by priority, so a layer is a run of equal ones. */
static bool
opens_layer(const struct policy_rule *rule, size_t i)
{
	return i == 0 || rule[i].priority != rule[i - 1].priority;
}

static struct policy_program *
program_new(const struct policy_rule *rule, size_t count)
{
	struct policy_program *p;
	size_t layers = 0, size, i;

	for (i = 0; i < count; i++)
		layers += opens_layer(rule, i);
	size = sizeof(*p) + layers * sizeof(p->layer[0]);
	if ((p = calloc(1, size)) == NULL)
		return NULL;
	p->memory = size;
	p->cedar = cedar_set_new(PROGRAM_MEMORY_MAX);
	if (p->cedar == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

/* Cedar's name for the rule is its number: its own id would make the program its tenant's. */
static enum outcome
add_rule(struct policy_program *p, const struct policy_rule *rule, size_t i)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", i);
	if (!cedar_set_add(p->cedar, cedar_str(number), cedar_str(rule[i].text)))
		return refuse(p, &rule[i]);
	if (opens_layer(rule, i))
		p->layer[p->layers++] = (struct policy_layer){
			.priority = rule[i].priority,
			.first = i,
			.count = 0,
		};
	p->layer[p->layers - 1].count++;
	return DONE;
}

static enum outcome
compile(struct policy_program *p, const struct policy_rule *rule, size_t count)
{
	enum outcome rc = DONE;
	size_t i;

	for (i = 0; rc == DONE && i < count; i++)
		rc = add_rule(p, rule, i);
	if (rc == DONE && !cedar_set_seal(p->cedar)) {
		log_error("no memory for the tenant's policies; nothing is answered to it");
		rc = UNAVAILABLE;
	}
	p->memory += cedar_set_memory(p->cedar);
	return rc;
}

enum outcome
policy_program_compile(const struct policy_rule *rule, size_t count,
    struct policy_program **program)
{
	int64_t began = clock_monotonic_us();
	struct policy_program *p = program_new(rule, count);
	enum outcome rc;

	*program = NULL;
	if (p == NULL) {
		log_error("no memory for the tenant's policies; nothing is answered to it");
		return UNAVAILABLE;
	}
	rc = compile(p, rule, count);
	metrics_time(METRIC_COMPILE_TIME, clock_monotonic_us() - began);
	if (rc == DONE)
		*program = p;
	else
		policy_program_free(p);
	return rc;
}

void
policy_program_free(struct policy_program *p)
{
	if (p == NULL)
		return;
	cedar_set_free(p->cedar);
	free(p);
}
