/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cedar/cedar.h"
#include "policy/set.h"

/* What one tenant's policies may take when compiled, whatever the cache's bound. */
#define SET_MEMORY_MAX ((size_t)16 << 20)

static void
log_refusal(const struct policy_set *set, const struct policy_rule *rule)
{
	const struct cedar_error *e = cedar_set_error(set->cedar, 0);
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
static void
place_in_layer(struct policy_set *set, size_t i, int64_t priority)
{
	if (set->layers == 0 || set->layer[set->layers - 1].priority != priority)
		set->layer[set->layers++] = (struct policy_layer){
			.priority = priority,
			.first = i,
			.count = 0,
		};
	set->layer[set->layers - 1].count++;
}

static bool
set_add_rule(struct policy_set *set, size_t i, const struct policy_rule *rule, size_t *used)
{
	char id[UUID_TEXT_LEN + 1];
	struct cedar_policy policy;

	uuid_print(&rule->id, id);
	if (!cedar_set_add(set->cedar, cedar_str(id), cedar_str(rule->text)) ||
	    !cedar_policy(set->cedar, i, &policy)) {
		log_refusal(set, rule);
		return false;
	}
	set->info[i] = (struct policy_info){
		.policy_id = rule->policy_id,
		.id = rule->id,
		.forbid = policy.effect == CEDAR_FORBID,
		.audit_session = rule->audit_session,
	};
	if (rule->notice != NULL) {
		size_t size = strlen(rule->notice) + 1;

		memcpy(set->notices + *used, rule->notice, size);
		set->info[i].notice = set->notices + *used;
		*used += size;
	}
	place_in_layer(set, i, rule->priority);
	return true;
}

/* The bytes that the notices need. */
static size_t
notices_size(const struct policy_rule *rule, size_t count)
{
	size_t size = 1, i;

	for (i = 0; i < count; i++)
		if (rule[i].notice != NULL)
			size += strlen(rule[i].notice) + 1;
	return size;
}

static bool
set_allocate(struct policy_set *set, size_t count, size_t notices)
{
	size_t n = count > 0 ? count : 1;

	set->cedar = cedar_set_new(SET_MEMORY_MAX);
	set->info = calloc(n, sizeof(*set->info));
	set->layer = calloc(n, sizeof(*set->layer));
	set->notices = malloc(notices);
	set->count = count;
	return set->cedar != NULL && set->info != NULL && set->layer != NULL &&
	    set->notices != NULL;
}

static bool
set_compile(struct policy_set *set, const struct policy_rule *rule, size_t count)
{
	size_t notices = notices_size(rule, count), used = 0, i;

	if (!set_allocate(set, count, notices)) {
		log_error("no memory for the tenant's policies; everything is refused to it");
		return false;
	}
	for (i = 0; i < count; i++)
		if (!set_add_rule(set, i, &rule[i], &used))
			return false;
	if (!cedar_set_seal(set->cedar)) {
		log_error("the tenant's policies are too large; everything is refused to it");
		return false;
	}
	set->memory = sizeof(*set) + cedar_set_memory(set->cedar) + notices +
	    count * (sizeof(*set->info) + sizeof(*set->layer));
	return true;
}

struct policy_set *
policy_set_compile_list(const struct policy_rule *rule, size_t count)
{
	struct policy_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	if (!set_compile(set, rule, count)) {
		policy_set_free(set);
		return NULL;
	}
	return set;
}

struct policy_set *
policy_set_compile(const struct policy_rules *rules)
{
	struct policy_rule *rule = calloc(rules->count > 0 ? rules->count : 1, sizeof(*rule));
	struct policy_set *set = NULL;
	size_t i = 0;

	while (rule != NULL && i < rules->count && policy_rules_at(rules, i, &rule[i]))
		i++;
	if (rule != NULL && i == rules->count)
		set = policy_set_compile_list(rule, i);
	else
		log_error("the tenant's policies cannot be loaded; everything is refused to it");
	free(rule);
	return set;
}

void
policy_set_free(struct policy_set *set)
{
	if (set == NULL)
		return;
	cedar_set_free(set->cedar);
	free(set->info);
	free(set->layer);
	free(set->notices);
	free(set);
}
