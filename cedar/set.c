/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cedar/policy.h"
#include "cedar/utf8.h"

struct cedar_set *
cedar_set_new(size_t memory_max)
{
	struct cedar_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	cd_arena_init_tight(&set->arena, memory_max != 0 ? memory_max : CEDAR_MEMORY_DEFAULT);
	if (!cd_interner_init(&set->symbols, &set->arena) ||
	    !cd_interner_init(&set->ids, &set->arena)) {
		free(set);
		return NULL;
	}
	/* What is interned lies in the arena already: in the sources, or unescaped. */
	set->symbols.copy = false;
	return set;
}

void
cedar_set_free(struct cedar_set *set)
{
	if (set == NULL)
		return;
	cd_arena_free(&set->arena);
	free(set);
}

/* ---- adding ---- */

struct cedar_error *
cd_set_new_error(struct cedar_set *set)
{
	set->broken = true;
	set->faults++;
	if (set->errors == NULL)
		set->errors = cd_arena_zero(&set->arena, CD_ERRORS_MAX, sizeof(*set->errors));
	if (set->errors == NULL || set->error_count == CD_ERRORS_MAX)
		return NULL;
	set->errors[set->error_count] = (struct cedar_error){
		.id = { "", 0 },
		.found = "",
		.expected = "",
		.message = "",
	};
	return &set->errors[set->error_count++];
}

static bool
reserve_policy(struct cedar_set *set)
{
	uint32_t room = set->room != 0 ? set->room * 2 : 16;
	struct cd_policy **wider;

	if (set->count < set->room)
		return true;
	if (room < set->room || (wider = cd_arena_zero(&set->arena, room, sizeof(*wider))) == NULL)
		return false;
	if (set->count > 0)
		memcpy(wider, set->policies, set->count * sizeof(*wider));
	set->policies = wider;
	set->room = room;
	return true;
}

enum add_status
cd_set_append(struct cedar_set *set, struct cd_policy *policy, const struct cedar_str *id)
{
	uint32_t known = cd_interner_name_count(&set->ids);
	char generated[32];

	if (!reserve_policy(set))
		return ADD_MEMORY;
	if (id != NULL) {
		policy->id = cd_intern_name(&set->ids, id->data, id->len);
	} else {
		int n = snprintf(generated, sizeof(generated), "policy%u", (unsigned)set->count);

		policy->id = cd_intern_name(&set->ids, generated, (size_t)n);
	}
	if (policy->id == NULL)
		return ADD_MEMORY;
	if (cd_interner_name_count(&set->ids) == known)
		return ADD_DUPLICATE;
	set->policies[set->count++] = policy;
	return ADD_OK;
}

/* An error about a whole text, at this byte of it. */
static bool
refuse_text(struct cedar_set *set, struct cedar_str text, size_t at, const struct cedar_str *id,
    const char *message)
{
	struct cedar_error *error = cd_set_new_error(set);
	struct source valid = { .text = text.data, .len = (uint32_t)at };

	if (error != NULL) {
		error->place = cd_place(&valid, (uint32_t)at, (uint32_t)at);
		error->message = message;
		if (id != NULL)
			error->id = *id;
	}
	return false;
}

static bool
add(struct cedar_set *set, const struct cedar_str *id, struct cedar_str text)
{
	uint32_t faults = set->faults;
	struct source *source;
	size_t valid;

	if (set->sealed)
		return false;
	if (text.len > CEDAR_TEXT_MAX)
		return refuse_text(set, text, 0, id, "the text is too long");
	if ((valid = cd_utf8_valid(text.data, text.len)) < text.len)
		return refuse_text(set, text, valid, id, "the text is not valid UTF-8 here");
	if ((source = cd_arena_alloc(&set->arena, sizeof(*source))) == NULL ||
	    (source->text = cd_arena_copy(&set->arena, text.data, text.len)) == NULL)
		return refuse_text(set, text, 0, id,
		    "the policies take more memory than is allowed");
	source->len = (uint32_t)text.len;
	cd_parse(set, source, id);
	return set->faults == faults;
}

bool
cedar_set_add_text(struct cedar_set *set, struct cedar_str text)
{
	return add(set, NULL, text);
}

bool
cedar_set_add(struct cedar_set *set, struct cedar_str id, struct cedar_str text)
{
	struct cedar_str kept;

	if (set->sealed)
		return false;
	if (id.len > CEDAR_TEXT_MAX ||
	    (kept.data = cd_arena_copy(&set->arena, id.data, id.len)) == NULL)
		return refuse_text(set, text, 0, NULL,
		    "the policies take more memory than is allowed");
	kept.len = id.len;
	return add(set, &kept, text);
}

bool
cedar_set_seal(struct cedar_set *set)
{
	if (!set->broken && !set->sealed && !cd_index_build(set))
		set->broken = true;
	set->sealed = !set->broken;
	return set->sealed;
}

/* ---- facts ---- */

size_t
cedar_set_error_count(const struct cedar_set *set)
{
	return set->error_count;
}

const struct cedar_error *
cedar_set_error(const struct cedar_set *set, size_t i)
{
	return i < set->error_count ? &set->errors[i] : NULL;
}

size_t
cedar_set_memory(const struct cedar_set *set)
{
	return sizeof(*set) + set->arena.held;
}

size_t
cedar_set_count(const struct cedar_set *set)
{
	return set->count;
}

static struct cedar_str
name_str(const struct name *name)
{
	return name != NULL ? (struct cedar_str){ name->text, name->len } :
			      (struct cedar_str){ "", 0 };
}

static struct cedar_str
uid_str(const struct uid *uid)
{
	return uid != NULL ? (struct cedar_str){ uid->id, uid->len } : (struct cedar_str){ "", 0 };
}

static struct cedar_str
source_str(const struct source *source, uint32_t start, uint32_t end)
{
	return (struct cedar_str){ source->text + start, end - start };
}

static struct cedar_scope
public_scope(const struct scope *scope)
{
	return (struct cedar_scope){
		.kind = scope->kind,
		.type = name_str(scope->type),
		.entity_type = name_str(scope->entity != NULL ? scope->entity->type : NULL),
		.entity_id = uid_str(scope->entity),
	};
}

bool
cedar_policy(const struct cedar_set *set, size_t n, struct cedar_policy *out)
{
	const struct cd_policy *policy;

	if (n >= set->count)
		return false;
	policy = set->policies[n];
	*out = (struct cedar_policy){
		.id = name_str(policy->id),
		.effect = policy->effect,
		.text = source_str(policy->source, policy->start, policy->end),
		.offset = policy->start,
		.principal = public_scope(&policy->principal),
		.resource = public_scope(&policy->resource),
		.action = policy->action,
		.action_list = policy->action_list,
		.action_count = policy->action_count,
		.conditions = source_str(policy->source, policy->conditions_start,
		    policy->conditions_end),
		.annotation_count = policy->annotation_count,
	};
	return true;
}

bool
cedar_policy_action(const struct cedar_set *set, size_t n, size_t i, struct cedar_str *type,
    struct cedar_str *id)
{
	if (n >= set->count || i >= set->policies[n]->action_count)
		return false;
	*type = name_str(set->policies[n]->actions[i]->type);
	*id = uid_str(set->policies[n]->actions[i]);
	return true;
}

bool
cedar_policy_annotation_at(const struct cedar_set *set, size_t n, size_t i, struct cedar_str *name,
    struct cedar_str *value)
{
	const struct annotation *a = n < set->count ? set->policies[n]->annotations : NULL;

	for (; a != NULL && i > 0; i--)
		a = a->next;
	if (a == NULL)
		return false;
	*name = name_str(a->name);
	*value = a->value;
	return true;
}

bool
cedar_policy_annotation(const struct cedar_set *set, size_t n, const char *name,
    struct cedar_str *value)
{
	const struct annotation *a = n < set->count ? set->policies[n]->annotations : NULL;

	for (; a != NULL; a = a->next)
		if (cd_name_is(a->name, name)) {
			*value = a->value;
			return true;
		}
	return false;
}
