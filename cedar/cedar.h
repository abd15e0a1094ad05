/* SPDX-License-Identifier: MIT */
#ifndef CEDAR_H
#define CEDAR_H

/*
 * An authorizer for the Cedar policy language, version 4.5: policy text in,
 * decisions out; and a validator of policies against a schema.  Templates and
 * partial evaluation are not part of it.
 *
 * Two objects do all the work.
 *
 *   struct cedar_set       policies, parsed once.  After cedar_set_seal() it
 *                          never changes; any number of threads may use it.
 *   struct cedar_request   who asks for what, and the entities around it.  One
 *                          thread at a time; made once and begun again for
 *                          every question, so that no question after the first
 *                          few needs the heap.
 *
 * Ownership.  Texts given to a set are copied.  Texts given to a request are
 * borrowed: they stay valid until the request is begun again or freed.  Texts
 * got from a set live as long as the set; what a result points to lives until
 * its request is begun again.  Nothing else is to be freed but by the function
 * named at its maker.
 *
 * Failure.  No function prints, exits or sets a signal.  What can fail says so
 * by its result; builders remember the first failure (cedar_request_fault())
 * and let every later step be a no-op, so one check at the end is enough.
 *
 * Fork.  Both objects are plain memory and may cross a fork().
 *
 * Bounds.  Nesting of brackets, blocks and `if`s in a policy is refused beyond
 * CEDAR_NESTING_MAX; evaluation then needs less than 256 KiB of stack.  With n
 * bytes in a string and m in a pattern, `like` takes O(n + m) time.  With V
 * entities and E parent links reachable from the left side, `in` takes O(V + E)
 * time, and O(log V) where the left side is the request's principal, action or
 * resource.  Evaluating one expression never takes more than the length of the
 * policy times the size of the data.  Hash tables are keyed with random bits
 * of the system, drawn for each set.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define CEDAR_NESTING_MAX 128      /* brackets inside brackets, policies and JSON alike */
#define CEDAR_TEXT_MAX 0x3fffffffu /* bytes in one text, name or string */
#define CEDAR_MEMORY_DEFAULT ((size_t)64 << 20)

#define CEDAR_MUST_CHECK __attribute__((warn_unused_result))

/* A piece of text.  UTF-8, not NUL-terminated; a NUL may stand inside. */
struct cedar_str {
	const char *data;
	size_t len;
};

static inline struct cedar_str
cedar_str(const char *text)
{
	struct cedar_str str = { text, strlen(text) };

	return str;
}

enum cedar_effect { CEDAR_PERMIT, CEDAR_FORBID };
enum cedar_decision { CEDAR_DENY, CEDAR_ALLOW };

/* A place in a policy's text. */
struct cedar_place {
	size_t offset;   /* bytes from the start of the text that was added */
	size_t len;      /* bytes; 0 at the end of the text */
	unsigned line;   /* from 1; LF, CR LF and CR end a line */
	unsigned column; /* from 1, in code points */
};

/* ---- Policy sets ---- */

/* Why a text is refused; there is one for the first fault in each statement. */
struct cedar_error {
	struct cedar_place place;
	struct cedar_str id; /* given to cedar_set_add(); empty for cedar_set_add_text() */
	/* NUL-terminated; the first two may be empty. */
	const char *found;    /* what stands there, as in "the word `wehn`" */
	const char *expected; /* what could stand there, as in "`when`, `unless` or `;`" */
	const char *message;  /* a whole sentence with both */
};

struct cedar_set;

/*
 * An empty set, or NULL without memory or random bits.  memory_max bounds the
 * bytes it may take in all, 0 means CEDAR_MEMORY_DEFAULT.  A text needs about
 * ten times its length.  To be freed with cedar_set_free().
 */
struct cedar_set *cedar_set_new(size_t memory_max) CEDAR_MUST_CHECK;
void cedar_set_free(struct cedar_set *); /* NULL is fine */

/*
 * Parse a text of any number of policies and add them, named policy0, policy1
 * and so on by their place in the set.  False: refused, the reasons are among
 * the set's errors, and the set can no longer be sealed.
 */
bool cedar_set_add_text(struct cedar_set *, struct cedar_str text);

/* The same for a text of exactly one policy, which gets this id, new in the set. */
bool cedar_set_add(struct cedar_set *, struct cedar_str id, struct cedar_str text);

/* No more policies: build the index.  False where a text was refused or memory ran out. */
bool cedar_set_seal(struct cedar_set *) CEDAR_MUST_CHECK;

size_t cedar_set_error_count(const struct cedar_set *);
/* NULL beyond the last. */
const struct cedar_error *cedar_set_error(const struct cedar_set *, size_t);

size_t cedar_set_memory(const struct cedar_set *); /* bytes held */
size_t cedar_set_count(const struct cedar_set *);  /* policies; they are numbered from 0 */

/*
 * What a policy says.  CEDAR_IS has only `type`, CEDAR_EQ and CEDAR_IN have
 * only the entity, CEDAR_IS_IN has all three, CEDAR_ANY nothing.
 */
enum cedar_scope_kind { CEDAR_ANY, CEDAR_EQ, CEDAR_IN, CEDAR_IS, CEDAR_IS_IN };

struct cedar_scope {
	enum cedar_scope_kind kind;
	struct cedar_str type;        /* after `is` */
	struct cedar_str entity_type; /* after `==` or `in` */
	struct cedar_str entity_id;   /* unescaped */
};

struct cedar_policy {
	struct cedar_str id;
	enum cedar_effect effect;
	struct cedar_str text; /* as written, annotations and `;` included */
	size_t offset;         /* of text in the text that was added */
	struct cedar_scope principal;
	struct cedar_scope resource;
	enum cedar_scope_kind action; /* CEDAR_ANY, CEDAR_EQ or CEDAR_IN */
	bool action_list;             /* `in [ ... ]`: any number of actions, also none */
	size_t action_count;          /* see cedar_policy_action() */
	struct cedar_str conditions;  /* as written, from `when` or `unless` to the last `}` */
	size_t annotation_count;      /* see cedar_policy_annotation_at() */
};

/* False, with nothing changed, where there is no such policy, action or annotation. */
bool cedar_policy(const struct cedar_set *, size_t policy, struct cedar_policy *);
bool cedar_policy_action(const struct cedar_set *, size_t policy, size_t i, struct cedar_str *type,
    struct cedar_str *id);
bool cedar_policy_annotation_at(const struct cedar_set *, size_t policy, size_t i,
    struct cedar_str *name, struct cedar_str *value);
bool cedar_policy_annotation(const struct cedar_set *, size_t policy, const char *name,
    struct cedar_str *value);

/*
 * The canonical text of a policy, NUL-terminated, its length in *len where len
 * is not NULL; NULL without memory or without such a policy.  Comments are not
 * part of it.  Parsed again it gives the same tree, printed again the same
 * text.  The caller free()s it.
 */
char *cedar_policy_format(const struct cedar_set *, size_t policy, size_t *len) CEDAR_MUST_CHECK;

/*
 * Tell the constant datetimes (milliseconds since 1970) and durations (milliseconds) in the conditions, as often as
 * they stand there: when a policy that compares a clock with them may change its mind.
 */
typedef void cedar_time_told(void *with, bool duration, int64_t milliseconds);
void cedar_set_times(const struct cedar_set *, cedar_time_told *, void *with);

/* ---- Requests ---- */

struct cedar_request;
struct cedar_entity; /* one uid in one request */
struct cedar_record; /* attributes, tags, a context or a record among them */

/*
 * memory_max bounds the bytes that one question may take, 0 means
 * CEDAR_MEMORY_DEFAULT.  NULL without memory.  To be freed with
 * cedar_request_free().
 */
struct cedar_request *cedar_request_new(size_t memory_max) CEDAR_MUST_CHECK;
void cedar_request_free(struct cedar_request *); /* NULL is fine */

/*
 * Bound what each question from the next cedar_request_begin() on may cost, all
 * calls of cedar_authorize() together; 0, as at first, means no bound.  An
 * operator or a call is a step; work on texts and sets costs more by their
 * length, so that no step is more than some 300 instructions.  What a question
 * costs depends on the policies and what they are asked about, and on nothing
 * else.
 */
void cedar_request_budget(struct cedar_request *, uint64_t steps);

/* The steps that this question has taken so far.  Counted without a budget, too. */
uint64_t cedar_request_steps(const struct cedar_request *);

/*
 * True where cedar_authorize() gave up because the budget was spent, with the
 * number of the policy that it was asking; that is then the request's fault.
 * policy may be NULL.
 */
bool cedar_request_over_budget(const struct cedar_request *, size_t *policy);

/* Forget everything and start a question to this sealed set, which must outlive it. */
void cedar_request_begin(struct cedar_request *, const struct cedar_set *);

/*
 * The entity of this type and id, made on first sight.  NULL after a failure;
 * all functions below accept that and do nothing.
 * The type is a path without blanks, as in `App::User`.
 */
struct cedar_entity *cedar_entity(struct cedar_request *, struct cedar_str type,
    struct cedar_str id);

/* Who asks, for what, on what.  All three are needed. */
void cedar_request_principal(struct cedar_request *, struct cedar_entity *);
void cedar_request_action(struct cedar_request *, struct cedar_entity *);
void cedar_request_resource(struct cedar_request *, struct cedar_entity *);

void cedar_entity_parent(struct cedar_entity *, struct cedar_entity *parent);

/*
 * Opaque: the entity's attributes and tags exist but are not known (yet).  A
 * policy that touches one of them is undetermined: see struct cedar_result.
 * Its parents are taken as given.  Made not opaque again, with its attributes
 * added meanwhile, the same request can be asked once more.
 */
void cedar_entity_opaque(struct cedar_entity *, bool opaque);

struct cedar_record *cedar_entity_attributes(struct cedar_entity *);
struct cedar_record *cedar_entity_tags(struct cedar_entity *);
struct cedar_record *cedar_request_context(struct cedar_request *);

/*
 * Add a field.  A name given twice in one record is a failure, and so is a text
 * that is no IP address.  An attribute that no policy of the set could name is
 * left out at once.
 */
void cedar_put_bool(struct cedar_record *, struct cedar_str name, bool);
void cedar_put_long(struct cedar_record *, struct cedar_str name, int64_t);
void cedar_put_string(struct cedar_record *, struct cedar_str name, struct cedar_str);
void cedar_put_strings(struct cedar_record *, struct cedar_str name, const struct cedar_str *,
    size_t);
void cedar_put_entity(struct cedar_record *, struct cedar_str name, const struct cedar_entity *);
void cedar_put_ip(struct cedar_record *, struct cedar_str name, struct cedar_str address);
void cedar_put_datetime(struct cedar_record *, struct cedar_str name,
    int64_t milliseconds_since_1970);
void cedar_put_duration(struct cedar_record *, struct cedar_str name, int64_t milliseconds);
struct cedar_record *cedar_put_record(struct cedar_record *, struct cedar_str name);

/*
 * A field that is there, with a value that Cedar has no type for.  A policy that
 * reads it, asks whether it is there, or compares a record or set that holds it
 * fails: see cedar_failure_unheld().
 */
void cedar_put_unheld(struct cedar_record *, struct cedar_str name);

/*
 * Cedar's JSON format: an array of entities, the object that is the context, or
 * one entity's type and id.  The texts are copied.  Nesting beyond
 * CEDAR_NESTING_MAX is refused.  False or NULL: refused, see
 * cedar_request_fault().
 */
struct cedar_entity *cedar_entity_json(struct cedar_request *, struct cedar_str json);
bool cedar_request_entities_json(struct cedar_request *, struct cedar_str json);
bool cedar_request_context_json(struct cedar_request *, struct cedar_str json);

/* The first failure since the request was begun, a sentence; NULL while there is none. */
const char *cedar_request_fault(const struct cedar_request *);
/* Bytes held; they are kept from question to question. */
size_t cedar_request_memory(const struct cedar_request *);

/* ---- Decisions ---- */

/* Why a policy failed; for cedar_failure_message(). */
struct cedar_failure {
	size_t policy;
	const void *where;  /* private */
	const void *detail; /* private */
	int what;           /* private */
	int got;            /* private */
};

/*
 * Policies are named by their numbers, in rising order.  A failing policy takes
 * no part in the decision.  An undetermined one touched an opaque entity: it
 * would be satisfied, or fail, or neither; the rest is as if it were not there,
 * so the decision stands only where there is none.
 */
struct cedar_result {
	enum cedar_decision decision;
	const uint32_t *determining; /* the satisfied forbids; else the satisfied permits */
	size_t determining_count;
	const struct cedar_failure *failures;
	size_t failure_count;
	const uint32_t *undetermined;
	size_t undetermined_count;
};

/*
 * Ask `count` policies from number `first` on (any count too large means all
 * that follow), so that policies of a higher priority can be asked before the
 * others: with no determining policy in one range, ask the next.  False, and a
 * denial, where the request has a fault, lacks a part, runs out of memory or has
 * spent its budget.
 */
bool cedar_authorize(struct cedar_request *, size_t first, size_t count,
    struct cedar_result *) CEDAR_MUST_CHECK;

/*
 * Say in words why a policy failed, cut off to fit size bytes with the NUL, and
 * where.  place may be NULL.
 */
void cedar_failure_message(const struct cedar_request *, const struct cedar_failure *,
    struct cedar_place *place, char *text, size_t size);

/*
 * Did it fail because of what cedar_put_unheld() put there?  Nobody who wrote the
 * policy could have known: whoever asks may want to count a forbid that failed so
 * as satisfied.
 */
bool cedar_failure_unheld(const struct cedar_failure *);

/* ---- Schemas ---- */

/*
 * What entity types and actions there are, with the types of their attributes,
 * of tags and of the context, as a text in Cedar's own format for schemas,
 * without namespaces.  Never changes once made; any number of threads may use it.
 *
 * An attribute with the annotation @open is a record of which nobody knows the
 * members: whatever its type says, each may be there or not and is a Bool, a
 * Long, a String, a set or such a record itself.
 */
struct cedar_schema;

/*
 * NULL without memory or random bits.  A text that is none is told of by
 * cedar_schema_error(), which is NULL where all is well; such a schema is good
 * for nothing else.  To be freed with cedar_schema_free().
 */
struct cedar_schema *cedar_schema_new(struct cedar_str text) CEDAR_MUST_CHECK;
const struct cedar_error *cedar_schema_error(const struct cedar_schema *);
void cedar_schema_free(struct cedar_schema *); /* NULL is fine */

struct cedar_validation;

/*
 * Hold a policy of a set, sealed or not, to a schema, as strict validation does:
 * entity types, actions and attributes that it names are there, what need not be
 * there is tested for with `has`, operators and functions get what they take,
 * and there is a request that the policy applies to.  NULL without memory.  To be
 * freed with cedar_validation_free(), before the set.
 */
struct cedar_validation *cedar_validate(const struct cedar_schema *, const struct cedar_set *,
    size_t policy) CEDAR_MUST_CHECK;

/*
 * What is wrong, in no order, and not more than 64 of it; 0: nothing is.
 * `expected` of an error is the name that the wrong one is most like, or empty.
 */
size_t cedar_validation_count(const struct cedar_validation *);
/* NULL beyond the last. */
const struct cedar_error *cedar_validation_error(const struct cedar_validation *, size_t);
void cedar_validation_free(struct cedar_validation *); /* NULL is fine */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
