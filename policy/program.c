/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "cedar/cedar.h"
#include "policy/program.h"

/* What one list of rules may take when compiled, whatever the cache's bound. */
#define PROGRAM_MEMORY_MAX ((size_t)16 << 20)

static void
log_refusal(const struct policy_program *p, const struct policy_rule *rule)
{
	const struct cedar_error *e = cedar_set_error(p->cedar, 0);
	char id[UUID_TEXT_LEN + 1];

	uuid_print(&rule->id, id);
	if (e == NULL)
		log_error("policy rule %s: out of memory; everything is refused to this tenant",
		    id);
	else
		log_error("policy rule %s does not parse, so everything is refused to this tenant: "
			  "line %u, column %u: %s",
		    id, e->place.line, e->place.column, e->message);
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
static bool
add_rule(struct policy_program *p, const struct policy_rule *rule, size_t i)
{
	char number[24];

	(void)snprintf(number, sizeof(number), "%zu", i);
	if (!cedar_set_add(p->cedar, cedar_str(number), cedar_str(rule[i].text))) {
		log_refusal(p, &rule[i]);
		return false;
	}
	if (opens_layer(rule, i))
		p->layer[p->layers++] = (struct policy_layer){
			.priority = rule[i].priority,
			.first = i,
			.count = 0,
		};
	p->layer[p->layers - 1].count++;
	return true;
}

static bool
compile(struct policy_program *p, const struct policy_rule *rule, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!add_rule(p, rule, i))
			return false;
	if (!cedar_set_seal(p->cedar)) {
		log_error("the tenant's policies are too large; everything is refused to it");
		return false;
	}
	p->memory += cedar_set_memory(p->cedar);
	return true;
}

struct policy_program *
policy_program_compile(const struct policy_rule *rule, size_t count)
{
	struct policy_program *p = program_new(rule, count);

	if (p == NULL) {
		log_error("no memory for the tenant's policies; everything is refused to it");
		return NULL;
	}
	if (!compile(p, rule, count)) {
		policy_program_free(p);
		return NULL;
	}
	return p;
}

void
policy_program_free(struct policy_program *p)
{
	if (p == NULL)
		return;
	cedar_set_free(p->cedar);
	free(p);
}
