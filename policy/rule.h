/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_RULE_H
#define GRANTD_POLICY_RULE_H

#include <stddef.h>

#include "base/compiler.h"
#include "db/policy_rule.h"

struct cedar_set;

/*
 * A rule as text and as parts, kept in step: the text is what counts, and the parts are read from it by the engine's
 * parser. A text that is made of parts is read again, and is refused unless it gives the same parts, so that
 * nothing can be smuggled in through a type, an id or the conditions.
 *
 * A rule is one static Cedar statement. Beyond Cedar's grammar it is refused where the parts could not hold it: an action
 * of another type than Action, U+0000 in an id (which PostgreSQL has no text for), or a type's name of more than
 * RULE_TYPE_MAX bytes.
 *
 * Annotations stay in the text as they are. They decide nothing: in a rule that is stored, its notice and audit_session are
 * those of struct rule_settings. (Files of policies say these in annotations, see policy/file.h.)
 */
struct rule {
	struct cedar_set *set;       /* holds the statement */
	char *memory;                /* what the texts here point into */
	struct json_object *actions; /* what parts.action_ids is the text of */
	const char *text;            /* as it was given or made */
	struct rule_parts parts;
};

#define RULE_EMPTY \
	{ \
		.set = NULL, .memory = NULL, .actions = NULL, .text = "" \
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

/*
 * Read a text. RULE_DONE fills *rule, which holds copies; RULE_REFUSED fills *fault; otherwise *rule is empty. Either way
 * rule_clear() is right.
 */
MUST_CHECK enum rule_result rule_read(struct rule *rule, const char *text, size_t len,
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

/* Empties it, too. */
void rule_clear(struct rule *rule);

/* The words for scope types, by enum cedar_scope_kind, and for effects; both end with NULL. */
extern const char *const rule_scope_words[];
extern const char *const rule_effect_words[];

#endif
