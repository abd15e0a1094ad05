/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_VALIDATE_H
#define CEDAR_VALIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "cedar/lexer.h"
#include "cedar/policy.h"
#include "cedar/schema.h"
#include "cedar/text.h"

/*
 * What is known of an attribute or a tag: that it is there, provided that the
 * expression it was learned from is true.  Lists are never changed once made.
 */

/* An expression, or what a chain or a `has` gives on its way: a base and some steps from there. */
struct target {
	const struct expr *base;
	const struct expr *step; /* the first of so many in a row */
	uint32_t steps;
	const struct path *path; /* and the first of so many of these names */
	uint32_t names;
};

struct capability {
	const struct capability *next;
	struct target of;
	const struct name *attribute; /* NULL: of a tag */
	const struct expr *tag;
};

/* All that is known at some place: what was learned there, and what is known around it. */
struct known {
	const struct known *around;
	const struct capability *learned;
};

/* What an expression was found to be. */
struct answer {
	const struct type *type;          /* NULL where that is not known */
	const struct capability *learned; /* where it is true */
	bool good;
};

static inline struct answer
answer_good(const struct type *type)
{
	return (struct answer){ .type = type, .good = true };
}

static inline struct answer
answer_unknown(void)
{
	return (struct answer){ .type = NULL };
}

/* What is found of a part spoils the whole, which then teaches nothing. */
static inline struct answer
answer_after(struct answer whole, bool parts_good)
{
	if (!parts_good || !whole.good) {
		whole.good = false;
		whole.learned = NULL;
	}
	return whole;
}

static inline bool
answer_is_false(struct answer a)
{
	return a.type != NULL && a.type->kind == TYPE_FALSE;
}

static inline bool
answer_is_true(struct answer a)
{
	return a.type != NULL && a.type->kind == TYPE_TRUE;
}

/* Who asks for what on what: one of the cases that a schema lets be. */
struct setting {
	const struct entity_type *principal, *resource;
	const struct schema_action *action;
};

struct finding {
	struct cedar_error error;
	const struct schema_action *action; /* of the first setting it was met in */
	uint32_t settings;                  /* in how many */
	uint32_t last;                      /* number of the last */
};

struct cedar_validation {
	struct arena arena; /* of the messages */
	struct finding *findings;
	uint32_t count;
	bool refused; /* also where no room was left for a finding */
};

struct validator {
	struct cedar_validation *found;
	struct arena scratch; /* of one setting */
	const struct cedar_schema *schema;
	const struct cedar_set *set;
	const struct cd_policy *policy;
	struct setting setting;
	uint32_t number;   /* of the setting, from 1; 0: what holds for all */
	uint32_t admitted; /* settings that the head lets in */
	/* The first `has` that is always false: why a policy may be impossible. */
	struct span never_at;
	const struct name *never;
	struct nearest never_near;
	uint64_t left; /* steps */
	bool no_memory;
};

/* ---- types ---- */

extern const struct type cd_type_bool, cd_type_true, cd_type_false, cd_type_long, cd_type_string,
    cd_type_open;
const struct type *cd_bool_type(bool truth);
/* Of an extension's or another simple value. */
const struct type *cd_simple_type(enum value_type);
bool cd_type_is_bool(const struct type *);

/* What both are; NULL where strict validation has no such type, or without memory. */
const struct type *cd_type_join(struct validator *, const struct type *, const struct type *);
bool cd_type_equal(const struct type *, const struct type *);

/* As in "a Long". */
void cd_type_describe(struct text *, const struct type *);

/* What an operator takes, as bits. */
#define WANT(kind) (1u << (kind))
#define WANT_BOOL (WANT(TYPE_BOOL) | WANT(TYPE_TRUE) | WANT(TYPE_FALSE))
#define WANT_RECORD (WANT(TYPE_RECORD) | WANT(TYPE_OPEN_RECORD))
#define WANT_ENTITIES (WANT(TYPE_OPEN) << 1) /* a set of them */

/* ---- expressions ---- */

struct answer cd_check(struct validator *, const struct known *, const struct expr *);
/* The same, refused unless it is of one of the wanted types; `help` may be NULL. */
struct answer cd_want(struct validator *, const struct known *, const struct expr *,
    unsigned wanted, const char *help);
/* Hold an answer to what is wanted there. */
struct answer cd_hold(struct validator *, struct answer, struct span, unsigned wanted,
    const char *help);
struct answer cd_check_and(struct validator *, const struct known *, const struct expr *);
struct answer cd_check_or(struct validator *, const struct known *, const struct expr *);
struct answer cd_check_not(struct validator *, const struct known *, const struct expr *);
struct answer cd_check_if(struct validator *, const struct known *, const struct expr *);
struct answer cd_check_has(struct validator *, const struct known *, const struct expr *);
struct answer cd_check_chain(struct validator *, const struct known *, const struct expr *);
struct answer cd_check_call(struct validator *, const struct known *, const struct expr *);
struct answer cd_check_method(struct validator *, const struct known *, struct target of,
    struct answer receiver, const struct expr *);
struct answer cd_check_in(struct validator *, const struct known *, const struct expr *left,
    struct answer, const struct expr *right);
/* Of two that are compared for equality: fails where no value is of both types. */
bool cd_comparable(struct validator *, struct span, const struct type *, const struct type *,
    const char *what);
/* `left && right`, where left is not false. */
struct answer cd_both(struct validator *, struct answer left, struct answer right);
/* All that a policy names, whatever the setting. */
void cd_check_names(struct validator *);
/* The policy's head in this setting: false where it does not let that in. */
struct answer cd_check_head(struct validator *);

/* What is written out, `action` included, which is known in a setting. */
struct literal {
	enum { LITERAL_NONE, LITERAL_ENTITY, LITERAL_OTHER } kind;
	struct value value;      /* of LITERAL_OTHER */
	const struct name *type; /* of an entity */
	struct cedar_str id;
};
struct literal cd_literal(const struct validator *, const struct expr *);
/* Whether an action is in the one of this id. */
bool cd_action_in(const struct validator *, const struct schema_action *, struct cedar_str id);
/* NULL for one that the schema does not have. */
const struct entity_type *cd_uid_type(const struct validator *, const struct uid *);

/* ---- what is known ---- */

struct target cd_target(const struct expr *);
bool cd_knows_attribute(struct validator *, const struct known *, const struct target *,
    const struct name *);
bool cd_knows_tag(struct validator *, const struct known *, const struct target *,
    const struct expr *tag);
const struct capability *cd_learn(struct validator *, struct target, const struct name *attribute,
    const struct expr *tag);
/* What is in either, and in both; NULL where that is nothing. */
const struct capability *cd_learned_union(struct validator *, const struct capability *,
    const struct capability *);
const struct capability *cd_learned_common(struct validator *, const struct capability *,
    const struct capability *);

/* ---- findings ---- */

/* What is wrong there: a sentence out of parts, up to NULL. */
void cd_find(struct validator *, struct span, const char *, ...) __attribute__((sentinel));
/* The same, in a text that is put together. `near` NULL: no name is like it. */
void cd_find_text(struct validator *, struct span, struct text *, const struct name *near);
bool cd_no_room(struct validator *);

struct span cd_span(const struct expr *);
/* The word `permit` or `forbid`, behind the annotations. */
struct span cd_span_of_effect(const struct cd_policy *);
/* From the first operand on: where this word stands, and what follows it. */
struct span cd_span_after_word(const struct validator *, const struct expr *, enum word);

#endif
