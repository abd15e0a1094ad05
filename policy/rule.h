/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_RULE_H
#define GRANTD_POLICY_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "db/policy_rule.h"

struct cedar_set;
struct json_object;

/* How a rule's head limits its principal or its resource. What a scope type does not use is NULL. */
struct rule_scope {
	const char *type;    /* "any", "eq", "in", "is" or "is_in" */
	const char *is_type; /* is_in: the entity type after `is` */
	const char
	    *entity_type;      /* is: that type; eq, in, is_in: of the entity after `==` or `in` */
	const char *entity_id; /* eq, in, is_in */
};

/* A rule in parts. */
struct rule_parts {
	const char *effect; /* "permit" or "forbid" */
	struct rule_scope principal;
	const char *action_type; /* "any", "eq" or "in" */
	const char *action_ids;  /* a JSON array of strings: none, one, any number */
	struct rule_scope resource;
	const char *conditions; /* `when` and `unless` clauses as written; "" for none */
};

/*
 * A rule is a text, one static Cedar statement, and the text is all that counts. Its parts are read from it by the engine's
 * parser where somebody looks at them. A text that is made of parts is read again, and is refused unless it gives
 * the same parts, so that nothing can be smuggled in through a type, an id or the conditions.
 *
 * Beyond Cedar's grammar a rule is refused where the parts could not hold it: an action of another type than Action, U+0000
 * in an id (which PostgreSQL has no text for), or a type's name of more than RULE_TYPE_MAX bytes.
 *
 * Annotations stay in the text as they are. They decide nothing: in a rule that is stored, its notice and audit_session are
 * those of struct rule_settings. (Files of policies say these in annotations, see policy/file.h.)
 */
struct rule {
	struct cedar_set *set;       /* holds the statement; NULL after rule_take() */
	char *memory;                /* what the parts point into */
	struct json_object *actions; /* what parts.action_ids is the text of */
	char *made;                  /* the text, where it was made of parts */
	const char *text;            /* `made`, or what was given to be read, which is borrowed */
	struct rule_parts parts;
};

#define RULE_EMPTY \
	{ \
		.text = "" \
	}

#define RULE_TYPE_MAX 1024 /* bytes */

#define RULE_FAULT_TEXT_MAX 512

/* Where and why a text is refused; the texts are UTF-8, cut to fit. */
struct rule_fault {
	unsigned line;                      /* from 1 */
	unsigned column;                    /* from 1, in code points */
	char found[RULE_FAULT_TEXT_MAX];    /* "" where nothing in particular stands there */
	char expected[RULE_FAULT_TEXT_MAX]; /* likewise */
	char message[RULE_FAULT_TEXT_MAX];  /* a whole sentence */
};

enum rule_result { RULE_DONE, RULE_REFUSED, RULE_NO_MEMORY };

/* Is a text short enough, and free of U+0000? RULE_DONE; or RULE_REFUSED, with *fault filled. */
MUST_CHECK enum rule_result rule_text_fits(const char *text, size_t len, struct rule_fault *fault);

/*
 * Read a text, which must end with a NUL and outlive *rule. RULE_DONE fills *rule; RULE_REFUSED fills *fault; otherwise
 * *rule is empty. Either way rule_clear() is right.
 */
MUST_CHECK enum rule_result rule_read(struct rule *rule, const char *text, size_t len,
    struct rule_fault *fault);

/*
 * Take the parts of statement `i` of a set that was parsed already; they are copies, and *rule has no text. As
 * rule_read() otherwise, but that the place of a fault is that of the statement, from its own beginning: 1, 1.
 */
MUST_CHECK enum rule_result rule_take(struct rule *rule, const struct cedar_set *set, size_t i,
    struct rule_fault *fault);

/*
 * Make the text of these parts, with the annotations of `old` (NULL: none), and read it. RULE_REFUSED: it is no rule, or
 * says something else than the parts; rule->text is then the text that the fault's line and column are in.
 * The parts must have passed rule_parts_check().
 */
MUST_CHECK enum rule_result rule_make(struct rule *rule, const struct rule_parts *parts,
    const struct rule *old, struct rule_fault *fault);

/*
 * Do the parts that are there go with the scope types? NULL where they do; else the name of the part that is missing or
 * too many, such as "principal_entity_id", with *expected told.
 */
const char *rule_parts_check(const struct rule_parts *parts, const char **expected);

/* Does the text of a rule that was read say the same as these parts? */
bool rule_says(const struct rule *rule, const struct rule_parts *parts);

/* What a text that is stored does, "permit" or "forbid"; NULL where it is no rule after all, or memory ran out. */
const char *rule_effect(const char *text);

/* Empties it, too. */
void rule_clear(struct rule *rule);

/* The words for scope types, by enum cedar_scope_kind, and for effects; both end with NULL. */
extern const char *const rule_scope_words[];
extern const char *const rule_effect_words[];

#endif
