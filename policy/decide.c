/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cedar/cedar.h"
#include "policy/entities.h"

#define FAILURE_TEXT_MAX 256

/* What one question may take: a grant with 16 KiB of metadata needs a small part of it. */
#define QUESTION_MEMORY_MAX ((size_t)8 << 20)

struct decider {
	struct cedar_request *request;
	struct entity_texts texts;
	char failure[DECISION_RULES_MAX][FAILURE_TEXT_MAX];
};

struct decider *
decider_new(void)
{
	struct decider *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->request = cedar_request_new(QUESTION_MEMORY_MAX);
	if (d->request == NULL) {
		free(d);
		return NULL;
	}
	cedar_request_budget(d->request, POLICY_STEPS_MAX);
	return d;
}

void
decider_free(struct decider *d)
{
	if (d == NULL)
		return;
	cedar_request_free(d->request);
	entity_texts_clear(&d->texts);
	free(d);
}

uint64_t
decider_steps(const struct decider *d)
{
	return cedar_request_steps(d->request);
}

const char *
decision_failure(const struct decider *d, size_t i)
{
	return d->failure[i];
}

/* A place for the rule among those that failed, and for why; NULL where there are too many. */
static char *
add_failed(struct decider *d, const struct policy_info *rule, struct decision *out)
{
	if (out->failures == DECISION_RULES_MAX)
		return NULL;
	out->failed[out->failures] = rule;
	return d->failure[out->failures++];
}

/*
 * Does a forbid that failed so forbid? Where it read what the metadata has and Cedar has no type for, its author could not
 * know; whoever wrote the metadata could, and must not get around the rule that way.
 */
static bool
still_forbids(const struct policy_set *set, const struct cedar_failure *f)
{
	return set->info[f->policy].forbid &&
	    (set->failing_forbid_denies || cedar_failure_unheld(f));
}

/* A rule that fails is a mistake of whoever wrote it; one that was to forbid may let pass what it should not. */
static void
note_failure(struct decider *d, const struct policy_set *set, const struct cedar_failure *f,
    struct decision *out)
{
	const struct policy_info *rule = &set->info[f->policy];
	char text[FAILURE_TEXT_MAX], id[UUID_TEXT_LEN + 1], *kept = add_failed(d, rule, out);
	struct cedar_place place;

	cedar_failure_message(d->request, f, &place, text, sizeof(text));
	uuid_print(&rule->id, id);
	log_line(rule->forbid ? LEVEL_ERROR : LEVEL_WARNING,
	    "policy rule %s, which is to %s, failed and %s: line %u, column %u: %s", id,
	    rule->forbid ? "forbid" : "permit",
	    still_forbids(set, f) ? "so forbids" : "took no part", place.line, place.column, text);
	if (kept != NULL)
		memcpy(kept, text, sizeof(text));
}

/* Nothing was decided: what is left unasked might forbid. The rule in hand need not be the one that costs most. */
static void
note_over_budget(struct decider *d, const struct policy_set *set, size_t rule, struct decision *out)
{
	char text[FAILURE_TEXT_MAX], id[UUID_TEXT_LEN + 1];
	char *kept = add_failed(d, &set->info[rule], out);

	(void)snprintf(text, sizeof(text),
	    "asking the policies takes more than %d steps, so it was given up here and is refused",
	    POLICY_STEPS_MAX);
	uuid_print(&set->info[rule].id, id);
	log_error("policy rule %s of tenant %s: %s", id, d->texts.tenant, text);
	if (kept != NULL)
		memcpy(kept, text, sizeof(text));
	out->over_budget = true;
}

/* The question could not be put to the policies. */
static void
note_fault(struct decider *d, const struct policy_set *set, struct decision *out)
{
	const char *fault = cedar_request_fault(d->request);
	size_t rule;

	if (cedar_request_over_budget(d->request, &rule)) {
		note_over_budget(d, set, rule, out);
		return;
	}
	log_error("a question could not be put to the policies, so it is refused: %s",
	    fault != NULL ? fault : "no reason given");
	out->fault = true;
}

static void
note_rule(const struct policy_info *rule, struct decision *out)
{
	out->audit_session = out->audit_session || (!rule->forbid && rule->audit_session);
	if (out->rules < DECISION_RULES_MAX)
		out->rule[out->rules++] = rule;
}

/* The forbids among those that determine a result, from the one at `next` up to number `before`; where the next ones are. */
static size_t
note_forbids(const struct policy_set *set, const struct cedar_result *result, size_t next,
    size_t before, struct decision *out)
{
	for (; next < result->determining_count && result->determining[next] < before; next++)
		if (set->info[result->determining[next]].forbid)
			note_rule(&set->info[result->determining[next]], out);
	return next;
}

/* Forbids alone determine it then: those that were satisfied and those that failed, in the order of the rules. */
static void
forbid_by_failure(const struct policy_set *set, const struct cedar_result *result,
    struct decision *out)
{
	size_t i, next = 0;

	for (i = 0; i < result->failure_count; i++) {
		const struct cedar_failure *f = &result->failures[i];

		if (!still_forbids(set, f))
			continue;
		next = note_forbids(set, result, next, f->policy, out);
		note_rule(&set->info[f->policy], out);
		out->forbidden = out->failed_forbid = true;
	}
	if (out->failed_forbid)
		(void)note_forbids(set, result, next, SIZE_MAX, out);
}

/* True: this layer decided, or nothing can be decided. */
static bool
ask_layer(struct decider *d, const struct policy_set *set, const struct policy_layer *layer,
    struct decision *out)
{
	struct cedar_result result;
	size_t i;

	if (!cedar_authorize(d->request, layer->first, layer->count, &result)) {
		note_fault(d, set, out);
		return true;
	}
	if (result.undetermined_count > 0) {
		out->verdict = VERDICT_UNDETERMINED;
		return true;
	}
	for (i = 0; i < result.failure_count; i++)
		note_failure(d, set, &result.failures[i], out);
	forbid_by_failure(set, &result, out);
	if (out->forbidden)
		return true;
	if (result.determining_count == 0)
		return false;
	out->verdict = result.decision == CEDAR_ALLOW ? VERDICT_ALLOWED : VERDICT_DENIED;
	out->forbidden = result.decision != CEDAR_ALLOW;
	for (i = 0; i < result.determining_count; i++)
		note_rule(&set->info[result.determining[i]], out);
	return true;
}

void
policy_decide(struct decider *d, const struct policy_set *set, const struct policy_question *q,
    struct decision *out)
{
	const struct policy_program *program = set->program;
	size_t i;

	*out = (struct decision){ .verdict = VERDICT_DENIED };
	cedar_request_begin(d->request, program->cedar);
	entities_build(d->request, q, &d->texts);
	for (i = 0; i < program->layers; i++)
		if (ask_layer(d, set, &program->layer[i], out))
			return;
}
