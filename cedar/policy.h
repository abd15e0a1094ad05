/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_POLICY_H
#define CEDAR_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "cedar/arena.h"
#include "cedar/cedar.h"
#include "cedar/ext.h"
#include "cedar/index.h"
#include "cedar/intern.h"
#include "cedar/pattern.h"
#include "cedar/value.h"

/*
 * The syntax tree.  An operator that may be chained has all its operands in one
 * node, so the depth of a tree is bounded by its brackets alone, and long chains
 * are loops in whoever walks it.
 */
enum expr_kind {
	EXPR_LITERAL,  /* value */
	EXPR_VARIABLE, /* op: enum variable */
	EXPR_IF,       /* condition, value, condition, value, ..., value of `else` */
	EXPR_OR,
	EXPR_AND,
	EXPR_COMPARE, /* op: enum compare; two operands */
	EXPR_IN,      /* two operands */
	EXPR_HAS,     /* one operand; path */
	EXPR_LIKE,    /* one operand; pattern */
	EXPR_IS,      /* one operand; name is the type; a second operand after `in` */
	EXPR_ADD,
	EXPR_MULTIPLY, /* operands */
	EXPR_NOT,
	EXPR_NEGATE,
	EXPR_CHAIN,  /* a value, then what is done to it: EXPR_GET and EXPR_METHOD in turn */
	EXPR_GET,    /* name; only inside a chain */
	EXPR_METHOD, /* op: enum function; arguments without the receiver; only inside a chain */
	EXPR_CALL,   /* op: enum function; arguments; constant */
	EXPR_SET,    /* elements; constant */
	EXPR_RECORD, /* EXPR_FIELDs; constant */
	EXPR_FIELD   /* name, and one operand; only inside a record */
};

enum variable { VAR_PRINCIPAL, VAR_ACTION, VAR_RESOURCE, VAR_CONTEXT, VAR_COUNT };
enum compare { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE };

struct path {
	uint32_t count;
	const struct name *names[];
};

struct expr {
	uint8_t kind; /* enum expr_kind */
	uint8_t op;
	bool minus;          /* in an EXPR_ADD: taken away from what stands before it */
	uint32_t count;      /* operands */
	uint32_t start, end; /* bytes in the source */
	struct expr *next;   /* the next operand of the same parent */
	union {
		struct value value;
		struct {
			struct expr *first;
			union {
				const struct name *name;
				const struct path *path;
				const struct pattern *pattern;
				const struct value *constant; /* or NULL: to be evaluated */
			};
		};
	};
};

/* A text that was added; policies refer to it by offsets. */
struct source {
	const char *text;
	uint32_t len;
};

struct annotation {
	struct annotation *next;
	const struct name *name;
	struct cedar_str value;
	uint32_t start, end; /* of the name in the source */
};

struct condition {
	struct condition *next;
	struct expr *body;
	bool unless;
};

/* Bytes of the source. */
struct span {
	uint32_t start, end;
};

struct scope {
	enum cedar_scope_kind kind;
	const struct name *type;
	const struct uid *entity;
	struct span type_at, entity_at;
};

struct cd_policy {
	const struct name *id;
	const struct source *source;
	uint32_t start, end; /* in source */
	uint32_t conditions_start, conditions_end;
	enum cedar_effect effect;
	struct scope principal, resource;
	enum cedar_scope_kind action; /* CEDAR_ANY, CEDAR_EQ, CEDAR_IN */
	bool action_list;
	uint32_t action_count;
	const struct uid **actions;
	struct span *actions_at;
	struct condition *conditions;
	struct annotation *annotations;
	uint32_t annotation_count;
};

struct cedar_set {
	struct arena arena;
	struct interner symbols;
	struct interner ids; /* names only */
	struct cd_policy **policies;
	uint32_t count, room;
	struct cedar_error *errors;
	uint32_t error_count;
	uint32_t faults; /* errors, those that were not kept too */
	bool broken;     /* a text was refused, or memory ran out */
	bool sealed;
	struct index index;
};

/* Parse a text in the set's arena, adding policies and errors. id NULL: they get generated ones. */
void cd_parse(struct cedar_set *, const struct source *, const struct cedar_str *id);

/* Line and column of a byte of a source. */
struct cedar_place cd_place(const struct source *, uint32_t start, uint32_t end);

/* Add a policy under this id, or a generated one where that is NULL. */
enum add_status { ADD_OK, ADD_DUPLICATE, ADD_MEMORY };
enum add_status cd_set_append(struct cedar_set *, struct cd_policy *, const struct cedar_str *id);

#define CD_ERRORS_MAX 64u /* errors kept; those beyond are dropped */

/* Room for one more error, NULL where there is none. The set is broken in any case. */
struct cedar_error *cd_set_new_error(struct cedar_set *);

#endif
