/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_SCHEMA_PARSE_H
#define CEDAR_SCHEMA_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "cedar/parse.h"
#include "cedar/schema.h"

/*
 * Reads a schema in Cedar's own format, without namespaces. The text is gone
 * through twice: first for the names, since any may be used before it is
 * declared, and then for what they are. The word `type` gives a name to a type,
 * which is read when it is first asked for.
 *
 *	schema_parse.c	both, and what is said of entity types and actions
 *	schema_names.c	the names
 *	schema_type.c	types
 *	schema_token.c	what a policy does not have: `=`, `?`, annotations with a meaning
 *
 * What returns a bool or a pointer returns false or NULL when it has put an error into the schema's set; but not cd_at_...()
 * and cd_accept_...(), which only look whether something is there. All that is made lies in the set's arena.
 */
struct schema_reader {
	struct parser p; /* its errors are the schema's */
	struct cedar_schema *schema;
};

/* What annotations can say here; the others are passed over. */
struct said {
	bool open;         /* `@open` */
	enum id_form form; /* `@ids("uuid")`, `@ids("name")` */
};

/* `=` and `?` mean nothing in a policy. */
bool cd_accept_character(struct parser *, char c);

/* This word, which need not mean anything in a policy (enum word). */
bool cd_at_text(const struct parser *, const char *word);
bool cd_accept_text(struct parser *, const char *word);

/* An identifier or a string. */
const struct name *cd_name_or_string(struct parser *, const char *expected);

/* In a list, behind one of it: a comma, or the token that ends it, which is left. */
bool cd_comma_or(struct parser *, enum token_kind end, const char *expected);

/* `@name` and `@name("text")`, any number. */
bool cd_annotations(struct parser *, struct said *said);

/* Say that the name just taken means nothing, or twice something: what, the name, the end, and what `near` found (NULL: not looked for). False. */
bool cd_name_fault(struct parser *, const char *what, const struct name *, const char *end,
    const struct nearest *near);

/* The whole text, for its names. */
bool cd_declare_names(struct schema_reader *);

/* NULL, without an error: it is none of them. */
const struct type *cd_builtin_type(const struct name *);

const struct entity_type *cd_find_entity_type(struct schema_reader *, const struct name *);
const struct type *cd_read_type(struct schema_reader *);

/* `{` was taken. */
const struct type *cd_read_record(struct schema_reader *);

#endif
