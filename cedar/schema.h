/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_SCHEMA_H
#define CEDAR_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "cedar/cedar.h"
#include "cedar/policy.h"

/*
 * What a schema declares, as cd_schema_parse() reads it and the validator asks.
 * All of it lies in the arena of `set`, which holds no policies: it lends its
 * names, its errors and its bound on memory.
 */
enum type_kind {
	TYPE_BOOL,
	TYPE_TRUE, /* a Bool of which the value is known */
	TYPE_FALSE,
	TYPE_LONG,
	TYPE_STRING,
	TYPE_DECIMAL,
	TYPE_IP,
	TYPE_DATETIME,
	TYPE_DURATION,
	TYPE_ENTITY,
	TYPE_SET,
	TYPE_RECORD,
	TYPE_OPEN_RECORD, /* any members, each of TYPE_OPEN, and none that must be there */
	TYPE_OPEN         /* Bool, Long, String, a set or an open record; nobody knows which */
};

struct attribute {
	const struct name *name;
	const struct type *type;
	bool required;
};

struct type {
	enum type_kind kind;
	uint32_t count; /* of a record's attributes */
	union {
		const struct entity_type *entity;
		const struct type *element;
		const struct attribute *attributes; /* no two of one name */
	};
};

/* What an entity's id looks like, where the schema says so with `@ids("...")`, which official tools pass over. */
enum id_form {
	IDS_ANY,
	IDS_UUID, /* a UUID, in lower case */
	IDS_NAME  /* lower-case letters, digits, `_` and `-`, with a letter first */
};

struct entity_type {
	const struct name *name;
	uint32_t number;
	struct type reference;     /* the type of an expression that gives such an entity */
	const struct type *record; /* of its attributes */
	const struct type *tags;   /* of each tag; NULL: it has none */
	bool enumerated;           /* its entities are those of `ids` and no others */
	const struct cedar_str *ids;
	uint32_t id_count;
	enum id_form form;
};

struct schema_action {
	const struct name *id;
	uint32_t number;
	const bool *principals, *resources; /* by the types' numbers; NULL: it applies to none */
	const struct type *context;
};

#define CD_SCHEMA_NAMES_MAX 256u /* entity types, common types, actions: of each */

/* A name for a type, read where it is first asked for. */
struct common_type {
	const struct name *name;
	uint32_t body; /* where in the source it is said what it stands for */
	const struct type *type;
	bool reading;
};

struct cedar_schema {
	struct cedar_set *set;
	struct entity_type *types[CD_SCHEMA_NAMES_MAX];
	uint32_t type_count;
	struct schema_action *actions[CD_SCHEMA_NAMES_MAX];
	uint32_t action_count;
	struct common_type *commons[CD_SCHEMA_NAMES_MAX];
	uint32_t common_count;
	bool *type_in;   /* [a * type_count + b]: an entity of type a may be in one of type b */
	bool *action_in; /* likewise; both hold for a and a */
};

/* Read a text, which the schema's arena holds. False, with an error in the set, where it is refused. */
bool cd_schema_parse(struct cedar_schema *, const struct source *);

/* NULL where there is none. Types are found by the name alone: `Action` is none of them. */
const struct entity_type *cd_schema_type(const struct cedar_schema *, const char *, size_t);
const struct schema_action *cd_schema_action(const struct cedar_schema *, const char *, size_t);
const struct attribute *cd_type_attribute(const struct type *record, const char *, size_t);

/* The one reference to an action. */
extern const struct entity_type cd_action_type;

/* The name of those given that is most like a text, if any is like it at all; else NULL. */
struct nearest {
	struct cedar_str wanted;
	const struct name *name;
	unsigned distance;
};
void cd_nearest_try(struct nearest *, const struct name *);

#endif
