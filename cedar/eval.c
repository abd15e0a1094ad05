/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cedar/eval.h"
#include "cedar/request.h"

static enum eval_result eval_node(struct machine *, const struct expr *, struct value *);

static inline struct value
variable(const struct cedar_request *rq, uint8_t which)
{
	return which == VAR_CONTEXT ? value_record(&rq->context.record) :
				      value_entity(rq->parties[which].entity->uid);
}

/* What most operands are needs no call. */
static inline enum eval_result
eval(struct machine *m, const struct expr *e, struct value *out)
{
	if (e->kind == EXPR_LITERAL)
		*out = e->value;
	else if (e->kind == EXPR_VARIABLE)
		*out = variable(m->request, e->op);
	else
		return eval_node(m, e, out);
	return EVAL_VALUE;
}

static enum eval_result
fail(struct machine *m, enum failure what, const struct expr *where, const void *detail)
{
	m->failure.what = what;
	m->failure.where = where;
	m->failure.detail = detail;
	m->failure.got = -1;
	return EVAL_FAILED;
}

static enum eval_result
fail_type(struct machine *m, const struct expr *where, const char *expected,
    const struct value *got)
{
	(void)fail(m, FAILURE_TYPE, where, expected);
	m->failure.got = got->type;
	return EVAL_FAILED;
}

/* Take steps; false where there are not so many left. */
static inline bool
take(struct machine *m, uint64_t steps)
{
	return (*m->left -= (int64_t)steps) >= 0;
}

/* Evaluate to a value of this type. */
static enum eval_result
eval_typed(struct machine *m, const struct expr *e, enum value_type type, struct value *out)
{
	enum eval_result o = eval(m, e, out);

	if (o == EVAL_VALUE && out->type != type)
		return fail_type(m, e, cd_value_type_name((int)type), out);
	return o;
}

/* ---- logic ---- */

/* The first operand that is `stop` decides; later ones are not evaluated. */
static enum eval_result
eval_junction(struct machine *m, const struct expr *e, bool stop, struct value *out)
{
	const struct expr *operand;
	enum eval_result o;

	for (operand = e->first; operand != NULL; operand = operand->next)
		if ((o = eval_typed(m, operand, VALUE_BOOL, out)) != EVAL_VALUE ||
		    out->truth == stop)
			return o;
	return EVAL_VALUE;
}

static enum eval_result
eval_if(struct machine *m, const struct expr *e, struct value *out)
{
	const struct expr *part = e->first;
	enum eval_result o;

	while (part->next != NULL) {
		if ((o = eval_typed(m, part, VALUE_BOOL, out)) != EVAL_VALUE)
			return o;
		if (out->truth)
			return eval(m, part->next, out);
		part = part->next->next;
	}
	return eval(m, part, out);
}

static enum eval_result
eval_not(struct machine *m, const struct expr *e, struct value *out)
{
	enum eval_result o = eval_typed(m, e->first, VALUE_BOOL, out);

	if (o == EVAL_VALUE)
		out->truth = !out->truth;
	return o;
}

/* ---- arithmetic and comparison ---- */

static enum eval_result
eval_negate(struct machine *m, const struct expr *e, struct value *out)
{
	enum eval_result o = eval_typed(m, e->first, VALUE_LONG, out);

	if (o == EVAL_VALUE && __builtin_sub_overflow(0, out->number, &out->number))
		return fail(m, FAILURE_OVERFLOW, e, NULL);
	return o;
}

static enum eval_result
eval_arithmetic(struct machine *m, const struct expr *e, struct value *out)
{
	const struct expr *operand = e->first;
	struct value right;
	enum eval_result o = eval_typed(m, operand, VALUE_LONG, out);
	bool overflow;

	while (o == EVAL_VALUE && (operand = operand->next) != NULL) {
		if ((o = eval_typed(m, operand, VALUE_LONG, &right)) != EVAL_VALUE)
			break;
		if (e->kind == EXPR_MULTIPLY)
			overflow = __builtin_mul_overflow(out->number, right.number, &out->number);
		else if (operand->minus)
			overflow = __builtin_sub_overflow(out->number, right.number, &out->number);
		else
			overflow = __builtin_add_overflow(out->number, right.number, &out->number);
		if (overflow)
			return fail(m, FAILURE_OVERFLOW, e, NULL);
	}
	return o;
}

static bool
has_order(const struct value *v)
{
	return v->type == VALUE_LONG || v->type == VALUE_DATETIME || v->type == VALUE_DURATION;
}

/* Values of different types, or texts of different lengths, are told apart at once. */
static inline uint64_t
steps_to_equal(const struct value *a, const struct value *b, int64_t most)
{
	if (a->type == b->type && (a->type == VALUE_SET || a->type == VALUE_RECORD))
		return cd_value_steps(a, most);
	return a->type == VALUE_STRING && b->type == VALUE_STRING && a->len == b->len ?
	    STEPS_TO_COMPARE(a->len) :
	    0;
}

/*
 * What a comparison would look into, where a question has values that nobody can compare: a record or a set that holds
 * one fails.  Looking through it takes as long as comparing it.
 */
static enum eval_result
check_held(struct machine *m, const struct expr *where, const struct value *v)
{
	if (m->request == NULL || !m->request->unheld ||
	    (v->type != VALUE_SET && v->type != VALUE_RECORD))
		return EVAL_VALUE;
	if (!take(m, cd_value_steps(v, *m->left)))
		return EVAL_GAVE_UP;
	return cd_value_is_unheld(v) ? fail(m, FAILURE_UNHELD, where, NULL) : EVAL_VALUE;
}

static enum eval_result
eval_equality(struct machine *m, const struct expr *e, const struct value *left,
    const struct value *right, struct value *out)
{
	enum eval_result o;

	if ((o = check_held(m, e->first, left)) != EVAL_VALUE ||
	    (o = check_held(m, e->first->next, right)) != EVAL_VALUE)
		return o;
	if (!take(m, steps_to_equal(left, right, *m->left)))
		return EVAL_GAVE_UP;
	*out = value_bool(cd_value_equal(left, right) == (e->op == CMP_EQ));
	return EVAL_VALUE;
}

static enum eval_result
eval_compare(struct machine *m, const struct expr *e, struct value *out)
{
	struct value left, right;
	enum eval_result o;

	if ((o = eval(m, e->first, &left)) != EVAL_VALUE ||
	    (o = eval(m, e->first->next, &right)) != EVAL_VALUE)
		return o;
	if (e->op == CMP_EQ || e->op == CMP_NE)
		return eval_equality(m, e, &left, &right, out);
	if (!has_order(&left))
		return fail_type(m, e->first, "a Long, a datetime or a duration", &left);
	if (left.type != right.type)
		return fail_type(m, e->first->next, cd_value_type_name(left.type), &right);
	*out = value_bool(e->op == CMP_LT ? left.number < right.number :
		e->op == CMP_LE           ? left.number <= right.number :
		e->op == CMP_GT           ? left.number > right.number :
					    left.number >= right.number);
	return EVAL_VALUE;
}

static enum eval_result
eval_like(struct machine *m, const struct expr *e, struct value *out)
{
	enum eval_result o = eval_typed(m, e->first, VALUE_STRING, out);

	if (o != EVAL_VALUE)
		return o;
	/* Each piece but the last to be looked for takes bytes of the text with it. */
	if (!take(m,
		STEPS_TO_READ(out->len) +
		    (e->pattern->count < out->len ? e->pattern->count : out->len)))
		return EVAL_GAVE_UP;
	*out = value_bool(cd_pattern_match(e->pattern, out->string, out->len));
	return EVAL_VALUE;
}

/* ---- entities ---- */

/* `left in right`, with `right` evaluated already. */
static enum eval_result
test_in(struct machine *m, const struct expr *e, const struct uid *left, const struct value *right,
    struct value *out)
{
	bool able = true;
	uint32_t i;

	if (right->type == VALUE_ENTITY) {
		*out = value_bool(cd_request_in(m->request, left, right->entity, &able));
		return able ? EVAL_VALUE : EVAL_GAVE_UP;
	}
	if (right->type != VALUE_SET)
		return fail_type(m, e->first->next, "an entity or a set of entities", right);
	if (!take(m, right->set->count))
		return EVAL_GAVE_UP;
	for (i = 0; i < right->set->count; i++)
		if (right->set->items[i].type != VALUE_ENTITY)
			return fail_type(m, e->first->next, "a set of entities alone",
			    &right->set->items[i]);
	*out = value_bool(cd_request_in_set(m->request, left, right->set, &able));
	return able ? EVAL_VALUE : EVAL_GAVE_UP;
}

static enum eval_result
eval_in(struct machine *m, const struct expr *e, struct value *out)
{
	struct value left, right;
	enum eval_result o;

	if ((o = eval_typed(m, e->first, VALUE_ENTITY, &left)) != EVAL_VALUE ||
	    (o = eval(m, e->first->next, &right)) != EVAL_VALUE)
		return o;
	return test_in(m, e, left.entity, &right, out);
}

/* With another type the part after `in` is not evaluated. */
static enum eval_result
eval_is(struct machine *m, const struct expr *e, struct value *out)
{
	struct value left, right;
	enum eval_result o = eval_typed(m, e->first, VALUE_ENTITY, &left);

	if (o != EVAL_VALUE)
		return o;
	*out = value_bool(left.entity->type == e->name);
	if (!out->truth || e->first->next == NULL)
		return EVAL_VALUE;
	if ((o = eval(m, e->first->next, &right)) != EVAL_VALUE)
		return o;
	return test_in(m, e, left.entity, &right, out);
}

/* ---- attributes and tags ---- */

/* What was found, if anything: a value that nobody can read fails. */
static enum eval_result
readable(struct machine *m, const struct expr *where, const struct name *name,
    const struct value *found)
{
	return found != NULL && found->type == VALUE_UNHELD ? fail(m, FAILURE_UNHELD, where, name) :
							      EVAL_VALUE;
}

/*
 * What a name stands for in a record or an entity.  *found is NULL where there is
 * none, also in an entity that does not exist.
 */
static enum eval_result
look_up(struct machine *m, const struct expr *where, const struct value *in,
    const struct name *name, const struct value **found)
{
	const struct cedar_entity *e;

	*found = NULL;
	if (in->type == VALUE_RECORD) {
		*found = cd_record_get(in->record, name);
		return readable(m, where, name, *found);
	}
	if (in->type != VALUE_ENTITY)
		return fail_type(m, where, "an entity or a record", in);
	if ((e = cd_request_find(m->request, in->entity)) == NULL)
		return EVAL_VALUE;
	if (e->opaque)
		return EVAL_UNDETERMINED;
	*found = cd_record_get(&e->attributes.record, name);
	return readable(m, where, name, *found);
}

static bool
exists(const struct machine *m, const struct uid *uid)
{
	const struct cedar_entity *e = cd_request_find(m->request, uid);

	return e != NULL && e->listed;
}

/* `.name` on *value, which it replaces. */
static enum eval_result
get_attribute(struct machine *m, const struct expr *step, struct value *value)
{
	const struct value *found;
	enum eval_result o = look_up(m, step, value, step->name, &found);

	if (o != EVAL_VALUE)
		return o;
	if (found != NULL) {
		*value = *found;
		return EVAL_VALUE;
	}
	if (value->type == VALUE_ENTITY && !exists(m, value->entity))
		return fail(m, FAILURE_ENTITY, step, value->entity);
	return fail(m, value->type == VALUE_ENTITY ? FAILURE_ENTITY_ATTRIBUTE : FAILURE_ATTRIBUTE,
	    step, step->name);
}

/* False at the first step that is missing. */
static enum eval_result
eval_has(struct machine *m, const struct expr *e, struct value *out)
{
	const struct value *found;
	struct value at;
	enum eval_result o = eval(m, e->first, &at);
	uint32_t i;

	if (o == EVAL_VALUE && !take(m, e->path->count - 1))
		return EVAL_GAVE_UP;
	for (i = 0; o == EVAL_VALUE && i < e->path->count; i++) {
		if ((o = look_up(m, e, &at, e->path->names[i], &found)) != EVAL_VALUE ||
		    found == NULL)
			break;
		at = *found;
	}
	*out = value_bool(i == e->path->count);
	return o;
}

/* The names of tags are values, so they may be unknown to the set: then there is no such tag. */
static enum eval_result
call_tag(struct machine *m, const struct expr *step, const struct value args[2], struct value *out)
{
	const struct cedar_entity *e;
	const struct name *name = NULL;
	const struct value *found = NULL;

	if (args[0].type != VALUE_ENTITY)
		return fail_type(m, step, "an entity", &args[0]);
	if (args[1].type != VALUE_STRING)
		return fail_type(m, step, "a String as the tag's name", &args[1]);
	if (!take(m, STEPS_TO_READ(args[1].len)))
		return EVAL_GAVE_UP;
	if ((e = cd_request_find(m->request, args[0].entity)) != NULL && e->opaque)
		return EVAL_UNDETERMINED;
	if (e != NULL &&
	    (name = cd_find_name(&m->request->symbols, args[1].string, args[1].len)) != NULL)
		found = cd_record_get(&e->tags.record, name);
	if (found != NULL && found->type == VALUE_UNHELD)
		return fail(m, FAILURE_UNHELD, step, name);
	if (step->op == FN_HAS_TAG) {
		*out = value_bool(found != NULL);
		return EVAL_VALUE;
	}
	if (found == NULL)
		return fail(m, exists(m, args[0].entity) ? FAILURE_TAG : FAILURE_ENTITY, step,
		    args[0].entity);
	*out = *found;
	return EVAL_VALUE;
}

/* ---- calls ---- */

/* What looking for one value, or for each element of the smaller set in the larger one, takes. */
static uint64_t
steps_to_find(const struct set *a, const struct set *b, int64_t most)
{
	return a->count > b->count ? steps_to_find(b, a, most) :
				     cd_set_steps(a, most) * cd_log2(b->count);
}

static enum eval_result
call_two_sets(struct machine *m, const struct expr *step, const struct value args[2],
    struct value *out)
{
	const struct set *set = args[0].set, *other = args[1].set;
	bool all = step->op == FN_CONTAINS_ALL;

	if (all && other->count > set->count)
		*out = value_bool(false);
	else if (!take(m, steps_to_find(set, other, *m->left)))
		return EVAL_GAVE_UP;
	else
		*out = value_bool(
		    all ? cd_set_contains_all(set, other) : cd_set_contains_any(set, other));
	return EVAL_VALUE;
}

static enum eval_result
call_set(struct machine *m, const struct expr *step, const struct value args[2], struct value *out)
{
	enum eval_result o;

	if (args[0].type != VALUE_SET)
		return fail_type(m, step, "a set", &args[0]);
	if (step->op != FN_IS_EMPTY &&
	    ((o = check_held(m, step, &args[0])) != EVAL_VALUE ||
		(o = check_held(m, step, &args[1])) != EVAL_VALUE))
		return o;
	switch (step->op) {
	case FN_CONTAINS:
		if (!take(m, cd_value_steps(&args[1], *m->left) * cd_log2(args[0].set->count)))
			return EVAL_GAVE_UP;
		*out = value_bool(cd_set_contains(args[0].set, &args[1]));
		return EVAL_VALUE;
	case FN_IS_EMPTY:
		*out = value_bool(args[0].set->count == 0);
		return EVAL_VALUE;
	default:
		break;
	}
	if (args[1].type != VALUE_SET)
		return fail_type(m, step, "a set as the argument", &args[1]);
	return call_two_sets(m, step, args, out);
}

static enum eval_result
call_extension(struct machine *m, const struct expr *e, const struct value args[2], size_t argc,
    struct value *out)
{
	size_t bad;

	if (argc > 0 && args[0].type == VALUE_STRING && !take(m, STEPS_TO_READ(args[0].len)))
		return EVAL_GAVE_UP;
	switch (cd_ext_call((enum function)e->op, args, argc, m->arena, out, &bad)) {
	case EXT_OK:
		return EVAL_VALUE;
	case EXT_ARITY:
		return fail(m, FAILURE_ARITY, e, NULL);
	case EXT_TYPE:
		return fail_type(m, e, cd_value_type_name(cd_functions[e->op].types[bad]),
		    &args[bad]);
	case EXT_TEXT:
		return fail(m, FAILURE_TEXT, e, NULL);
	case EXT_OVERFLOW:
		return fail(m, FAILURE_OVERFLOW, e, NULL);
	case EXT_MEMORY:
	default:
		return EVAL_GAVE_UP;
	}
}

/* Evaluate all arguments, keep those a function could use; args[0..argc) are there already. */
static enum eval_result
eval_call(struct machine *m, const struct expr *e, struct value args[FN_ARGUMENTS_MAX], size_t argc,
    struct value *out)
{
	const struct expr *operand;
	struct value value;
	enum eval_result o;

	for (operand = e->first; operand != NULL; operand = operand->next, argc++) {
		if ((o = eval(m, operand, &value)) != EVAL_VALUE)
			return o;
		if (argc < FN_ARGUMENTS_MAX)
			args[argc] = value;
	}
	if (e->op >= FN_CORE_COUNT)
		return call_extension(m, e, args, argc, out);
	if (e->op == FN_GET_TAG || e->op == FN_HAS_TAG)
		return call_tag(m, e, args, out);
	return call_set(m, e, args, out);
}

static enum eval_result
eval_chain(struct machine *m, const struct expr *e, struct value *out)
{
	const struct expr *step = e->first;
	struct value args[FN_ARGUMENTS_MAX];
	enum eval_result o = eval(m, step, out);

	while (o == EVAL_VALUE && (step = step->next) != NULL) {
		if (step->kind == EXPR_GET) {
			o = get_attribute(m, step, out);
		} else {
			args[0] = *out;
			o = eval_call(m, step, args, 1, out);
		}
	}
	return o;
}

/* ---- sets and records ---- */

static enum eval_result
eval_set(struct machine *m, const struct expr *e, struct value *out)
{
	struct set *set = cd_set_new(m->arena, e->count);
	const struct expr *item;
	enum eval_result o;

	if (set == NULL)
		return EVAL_GAVE_UP;
	for (item = e->first; item != NULL; item = item->next)
		if ((o = eval(m, item, &set->items[set->count++])) != EVAL_VALUE)
			return o;
	/* Sorting by a heap compares twice on each level. */
	if (!take(m, 2 * cd_set_steps(set, *m->left) * cd_log2(set->count)))
		return EVAL_GAVE_UP;
	cd_set_normalize(set);
	*out = value_set(set);
	return EVAL_VALUE;
}

static enum eval_result
eval_record(struct machine *m, const struct expr *e, struct value *out)
{
	struct record *record = cd_arena_zero(m->arena, 1, sizeof(*record));
	const struct expr *item;
	struct field *field;
	enum eval_result o;

	if (record == NULL ||
	    (record->fields = cd_arena_alloc(m->arena, e->count * sizeof(*record->fields))) == NULL)
		return EVAL_GAVE_UP;
	for (item = e->first; item != NULL; item = item->next) {
		field = &record->fields[record->count++];
		field->name = item->name;
		if ((o = eval(m, item->first, &field->value)) != EVAL_VALUE)
			return o;
	}
	if (!take(m, (uint64_t)record->count * cd_log2(record->count)))
		return EVAL_GAVE_UP;
	/* The parser has seen to it that all names differ. */
	(void)cd_record_normalize(record);
	*out = value_record(record);
	return EVAL_VALUE;
}

/* ---- all together ---- */

static enum eval_result
eval_node(struct machine *m, const struct expr *e, struct value *out)
{
	struct value args[FN_ARGUMENTS_MAX];

	/* Literals, variables and a chain's steps take little, but there may be thousands. */
	if (!take(m, 1 + e->count / 2))
		return EVAL_GAVE_UP;
	switch (e->kind) {
	case EXPR_CHAIN:
		return eval_chain(m, e, out);
	case EXPR_AND:
		return eval_junction(m, e, false, out);
	case EXPR_OR:
		return eval_junction(m, e, true, out);
	case EXPR_COMPARE:
		return eval_compare(m, e, out);
	case EXPR_HAS:
		return eval_has(m, e, out);
	case EXPR_IN:
		return eval_in(m, e, out);
	case EXPR_IS:
		return eval_is(m, e, out);
	case EXPR_LIKE:
		return eval_like(m, e, out);
	case EXPR_NOT:
		return eval_not(m, e, out);
	case EXPR_NEGATE:
		return eval_negate(m, e, out);
	case EXPR_ADD:
	case EXPR_MULTIPLY:
		return eval_arithmetic(m, e, out);
	case EXPR_IF:
		return eval_if(m, e, out);
	default:
		break;
	}
	if (e->constant != NULL) {
		*out = *e->constant;
		return EVAL_VALUE;
	}
	return e->kind == EXPR_CALL ? eval_call(m, e, args, 0, out) :
	    e->kind == EXPR_SET     ? eval_set(m, e, out) :
				      eval_record(m, e, out);
}

enum eval_result
cd_eval_conditions(struct machine *m, const struct cd_policy *policy, bool *satisfied)
{
	const struct condition *c;
	struct value value;
	enum eval_result o;

	*satisfied = false;
	for (c = policy->conditions; c != NULL; c = c->next) {
		if ((o = eval_typed(m, c->body, VALUE_BOOL, &value)) != EVAL_VALUE)
			return o;
		if (value.truth == c->unless)
			return EVAL_VALUE;
	}
	*satisfied = true;
	return EVAL_VALUE;
}

/* ---- constants ---- */

static bool
is_constant(const struct expr *e)
{
	if (e->kind == EXPR_FIELD)
		return is_constant(e->first);
	return e->kind == EXPR_LITERAL ||
	    ((e->kind == EXPR_SET || e->kind == EXPR_RECORD || e->kind == EXPR_CALL) &&
		e->constant != NULL);
}

void
cd_fold(struct arena *arena, struct expr *e)
{
	struct arena_mark mark = cd_arena_mark(arena);
	int64_t unbounded = INT64_MAX; /* the text's length is bound enough */
	struct machine m = { .arena = arena, .left = &unbounded };
	const struct expr *operand;
	struct value *value;

	for (operand = e->first; operand != NULL; operand = operand->next)
		if (!is_constant(operand))
			return;
	if ((value = cd_arena_alloc(arena, sizeof(*value))) != NULL &&
	    eval(&m, e, value) == EVAL_VALUE)
		e->constant = value;
	else
		cd_arena_release(arena, mark);
}
