/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/eval.h"
#include "cedar/request.h"

/* A result under construction; its arrays have room for every candidate. */
struct verdict {
	uint32_t *determining;
	struct cedar_failure *failures;
	uint32_t *undetermined;
	bool forbidden; /* determining holds forbids, else permits */
	struct cedar_result *result;
};

/* ---- scope ---- */

/* *able false: the answer is not known. */
static bool
scope_matches(struct cedar_request *rq, const struct scope *scope, const struct uid *uid,
    bool *able)
{
	switch (scope->kind) {
	case CEDAR_ANY:
		return true;
	case CEDAR_EQ:
		return uid == scope->entity;
	case CEDAR_IN:
		return cd_request_in(rq, uid, scope->entity, able);
	case CEDAR_IS:
		return uid->type == scope->type;
	case CEDAR_IS_IN:
	default:
		return uid->type == scope->type && cd_request_in(rq, uid, scope->entity, able);
	}
}

static bool
action_matches(struct cedar_request *rq, const struct cd_policy *policy, const struct uid *uid,
    bool *able)
{
	uint32_t i;

	if (policy->action == CEDAR_ANY)
		return true;
	for (i = 0; i < policy->action_count; i++)
		if (uid == policy->actions[i] ||
		    (policy->action == CEDAR_IN &&
			cd_request_in(rq, uid, policy->actions[i], able)))
			return true;
	return false;
}

static bool
applies(struct cedar_request *rq, const struct cd_policy *policy, bool *able)
{
	return action_matches(rq, policy, rq->parties[VAR_ACTION].entity->uid, able) &&
	    scope_matches(rq, &policy->principal, rq->parties[VAR_PRINCIPAL].entity->uid, able) &&
	    scope_matches(rq, &policy->resource, rq->parties[VAR_RESOURCE].entity->uid, able);
}

/* ---- verdict ---- */

/* The first satisfied forbid throws out the permits. */
static void
satisfied(struct verdict *v, const struct cd_policy *policy, uint32_t number)
{
	if (policy->effect == CEDAR_FORBID && !v->forbidden) {
		v->forbidden = true;
		v->result->determining_count = 0;
	}
	if (v->forbidden == (policy->effect == CEDAR_FORBID))
		v->determining[v->result->determining_count++] = number;
}

/* False without memory or with the budget spent. */
static bool
ask(struct cedar_request *rq, struct verdict *v, uint32_t number)
{
	const struct cd_policy *policy = rq->set->policies[number];
	struct arena_mark mark = cd_arena_mark(&rq->arena);
	struct machine m = { .request = rq, .arena = &rq->arena, .left = &rq->left };
	enum eval_result o = EVAL_VALUE;
	bool able = cd_request_take(rq, 1 + policy->action_count), holds = false;

	rq->asking = number;
	if (able && applies(rq, policy, &able))
		o = cd_eval_conditions(&m, policy, &holds);
	cd_arena_release(&rq->arena, mark);
	if (o == EVAL_FAILED) {
		m.failure.policy = number;
		v->failures[v->result->failure_count++] = m.failure;
	} else if (o == EVAL_UNDETERMINED) {
		v->undetermined[v->result->undetermined_count++] = number;
	} else if (holds) {
		satisfied(v, policy, number);
	}
	return able && o != EVAL_GAVE_UP;
}

/* The candidates among policies 64 * word and following that lie in [first, end). */
static uint64_t
candidates_in(const struct cedar_request *rq, uint32_t word, uint32_t first, uint32_t end)
{
	uint64_t bits = rq->candidates[word];

	if (first > word * 64)
		bits &= first - word * 64 < 64 ? UINT64_MAX << (first - word * 64) : 0;
	if (end - word * 64 < 64)
		bits &= ~(UINT64_MAX << (end - word * 64));
	return bits;
}

static bool
start(struct cedar_request *rq, struct verdict *v, uint32_t first, uint32_t end)
{
	size_t count = 0;
	uint32_t word;

	for (word = first / 64; word * 64 < end; word++)
		count += (size_t)__builtin_popcountll(candidates_in(rq, word, first, end));
	v->determining = cd_arena_alloc(&rq->arena, count * sizeof(*v->determining));
	v->failures = cd_arena_alloc(&rq->arena, count * sizeof(*v->failures));
	v->undetermined = cd_arena_alloc(&rq->arena, count * sizeof(*v->undetermined));
	v->result->determining = v->determining;
	v->result->failures = v->failures;
	v->result->undetermined = v->undetermined;
	return v->determining != NULL && v->failures != NULL && v->undetermined != NULL;
}

static bool
ask_all(struct cedar_request *rq, struct verdict *v, uint32_t first, uint32_t end)
{
	uint32_t word;
	uint64_t bits;

	for (word = first / 64; word * 64 < end; word++)
		for (bits = candidates_in(rq, word, first, end); bits != 0; bits &= bits - 1)
			if (!ask(rq, v, word * 64 + (uint32_t)__builtin_ctzll(bits)))
				return false;
	return true;
}

bool
cedar_authorize(struct cedar_request *rq, size_t first, size_t count, struct cedar_result *result)
{
	struct verdict v = { .result = result };
	size_t end;

	*result = (struct cedar_result){ .decision = CEDAR_DENY };
	if (!cd_request_prepare(rq))
		return false;
	end = first < rq->set->count && count < rq->set->count - first ? first + count :
									 rq->set->count;
	if (first >= end)
		return true;
	if (!start(rq, &v, (uint32_t)first, (uint32_t)end) ||
	    !ask_all(rq, &v, (uint32_t)first, (uint32_t)end)) {
		if (rq->left < 0)
			cd_request_fail(rq, "the request takes more steps than is allowed",
			    (char *)NULL);
		else
			cd_request_no_memory(rq);
		*result = (struct cedar_result){ .decision = CEDAR_DENY };
		return false;
	}
	if (!v.forbidden && result->determining_count > 0)
		result->decision = CEDAR_ALLOW;
	return true;
}
