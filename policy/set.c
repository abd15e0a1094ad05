/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cedar/cedar.h"
#include "policy/set.h"
#include "policy/share.h"

/* A program has one policy for each rule. */
static bool
is_forbid(const struct policy_program *program, size_t i)
{
	struct cedar_policy policy;

	return cedar_policy(program->cedar, i, &policy) && policy.effect == CEDAR_FORBID;
}

/* The bytes that the notices need. */
static size_t
notices_size(const struct policy_rule *rule, size_t count)
{
	size_t size = 0, i;

	for (i = 0; i < count; i++)
		if (rule[i].notice != NULL)
			size += strlen(rule[i].notice) + 1;
	return size;
}

/* What this tenant has to say of a rule; its notice goes to *notices, which moves on. */
static struct policy_info
info_of(const struct policy_rule *rule, bool forbid, char **notices)
{
	struct policy_info info = {
		.policy_id = rule->policy_id,
		.id = rule->id,
		.forbid = forbid,
		.audit_session = rule->audit_session,
	};

	if (rule->notice != NULL) {
		size_t size = strlen(rule->notice) + 1;

		info.notice = memcpy(*notices, rule->notice, size);
		*notices += size;
	}
	return info;
}

/* Takes over the program. NULL: no memory. */
static struct policy_set *
set_new(struct policy_program *program, const struct policy_rule *rule, size_t count)
{
	size_t infos = count * sizeof(struct policy_info), i;
	size_t size = sizeof(struct policy_set) + infos + notices_size(rule, count);
	struct policy_set *set = malloc(size);
	char *notices;

	if (set == NULL) {
		log_error("no memory for the tenant's policies; nothing is answered to it");
		policy_share_release(program);
		return NULL;
	}
	*set = (struct policy_set){ .program = program, .memory = size, .count = count };
	if (program->shared.by == NULL)
		set->memory += program->memory;
	notices = (char *)(set->info + count);
	for (i = 0; i < count; i++)
		set->info[i] = info_of(&rule[i], is_forbid(program, i), &notices);
	return set;
}

enum outcome
policy_set_compile_list(const struct policy_rule *rule, size_t count, bool failing_forbid_denies,
    struct policy_share *share, struct policy_set **set)
{
	struct policy_program *program;
	enum outcome rc = policy_share_compile(share, rule, count, &program);

	*set = NULL;
	if (rc != DONE)
		return rc;
	if ((*set = set_new(program, rule, count)) == NULL)
		return UNAVAILABLE;
	(*set)->failing_forbid_denies = failing_forbid_denies;
	return DONE;
}

enum outcome
policy_set_compile(const struct policy_rules *rules, struct policy_share *share,
    struct policy_set **set)
{
	struct policy_rule *rule = calloc(rules->count > 0 ? rules->count : 1, sizeof(*rule));
	enum outcome rc = rule != NULL ? DONE : UNAVAILABLE;
	size_t i;

	*set = NULL;
	for (i = 0; rc == DONE && i < rules->count; i++)
		if (!policy_rules_at(rules, i, &rule[i]))
			rc = BROKEN;
	if (rc == DONE)
		rc = policy_set_compile_list(rule, i, rules->failing_forbid_denies, share, set);
	else
		log_error("the tenant's policies cannot be loaded; everything is refused to it");
	free(rule);
	return rc;
}

void
policy_set_free(struct policy_set *set)
{
	if (set == NULL)
		return;
	policy_share_release(set->program);
	free(set);
}
