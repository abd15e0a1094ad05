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

/* A rule that fails is a mistake of whoever wrote it; one that was to forbid lets pass what it should not. */
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
	    "policy rule %s, which is to %s, failed and took no part: line %u, column %u: %s", id,
	    rule->forbid ? "forbid" : "permit", place.line, place.column, text);
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

	if (cedar_request_over_budget(d->request, &rule))
		note_over_budget(d, set, rule, out);
	else
		log_error("a question could not be put to the policies, so it is refused: %s",
		    fault != NULL ? fault : "no reason given");
}

static void
note_rules(const struct policy_set *set, const struct cedar_result *result, struct decision *out)
{
	size_t i;

	for (i = 0; i < result->determining_count; i++) {
		const struct policy_info *rule = &set->info[result->determining[i]];

		out->audit_session = out->audit_session || (!rule->forbid && rule->audit_session);
		if (out->rules < DECISION_RULES_MAX)
			out->rule[out->rules++] = rule;
	}
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
	if (result.determining_count == 0)
		return false;
	out->verdict = result.decision == CEDAR_ALLOW ? VERDICT_ALLOWED : VERDICT_DENIED;
	out->forbidden = result.decision != CEDAR_ALLOW;
	note_rules(set, &result, out);
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
