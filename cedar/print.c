/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "cedar/lexer.h"
#include "cedar/policy.h"
#include "cedar/text.h"

/*
 * How tight an expression binds.  An operand is put in parentheses where it
 * binds less tight than its place asks for, and nowhere else.
 */
enum strength {
	BIND_EXPR,
	BIND_OR,
	BIND_AND,
	BIND_RELATION,
	BIND_SUM,
	BIND_PRODUCT,
	BIND_UNARY,
	BIND_MEMBER,
	BIND_PRIMARY
};

static void print(struct text *, const struct expr *, enum strength);

static void
print_name(struct text *t, const struct name *name)
{
	cd_text_add(t, name->text, name->len);
}

static void
print_uid(struct text *t, const struct uid *uid)
{
	print_name(t, uid->type);
	cd_text_puts(t, "::");
	cd_text_quoted(t, uid->id, uid->len);
}

/* Bare where the grammar allows it. */
static void
print_key(struct text *t, const struct name *name)
{
	if (cd_is_identifier(name->text, name->len))
		print_name(t, name);
	else
		cd_text_quoted(t, name->text, name->len);
}

static enum strength
strength_of(const struct expr *e)
{
	switch (e->kind) {
	case EXPR_IF:
		return BIND_EXPR;
	case EXPR_OR:
		return BIND_OR;
	case EXPR_AND:
		return BIND_AND;
	case EXPR_COMPARE:
	case EXPR_IN:
	case EXPR_HAS:
	case EXPR_LIKE:
	case EXPR_IS:
		return BIND_RELATION;
	case EXPR_ADD:
		return BIND_SUM;
	case EXPR_MULTIPLY:
		return BIND_PRODUCT;
	case EXPR_NOT:
	case EXPR_NEGATE:
		return BIND_UNARY;
	case EXPR_CHAIN:
		return BIND_MEMBER;
	case EXPR_LITERAL:
		return e->value.type == VALUE_LONG && e->value.number < 0 ? BIND_UNARY :
									    BIND_PRIMARY;
	default:
		return BIND_PRIMARY;
	}
}

static void
print_literal(struct text *t, const struct value *value)
{
	switch (value->type) {
	case VALUE_BOOL:
		cd_text_puts(t, value->truth ? "true" : "false");
		break;
	case VALUE_LONG:
		cd_text_number(t, value->number);
		break;
	case VALUE_STRING:
		cd_text_quoted(t, value->string, value->len);
		break;
	default:
		print_uid(t, value->entity);
		break;
	}
}

/* Operands with something between each two of them. */
static void
print_list(struct text *t, const struct expr *first, const char *between, enum strength strength)
{
	const struct expr *e;

	for (e = first; e != NULL; e = e->next) {
		if (e != first)
			cd_text_puts(t, between);
		print(t, e, strength);
	}
}

static void
print_if(struct text *t, const struct expr *e)
{
	const struct expr *part = e->first;

	for (; part->next != NULL; part = part->next->next) {
		cd_text_puts(t, "if ");
		print(t, part, BIND_EXPR);
		cd_text_puts(t, " then ");
		print(t, part->next, BIND_EXPR);
		cd_text_puts(t, " else ");
	}
	print(t, part, BIND_EXPR);
}

static void
print_sum(struct text *t, const struct expr *e)
{
	const struct expr *operand = e->first;

	print(t, operand, BIND_PRODUCT);
	while ((operand = operand->next) != NULL) {
		cd_text_puts(t, operand->minus ? " - " : " + ");
		print(t, operand, BIND_PRODUCT);
	}
}

static void
print_compare(struct text *t, const struct expr *e)
{
	static const char *const operators[] = {
		[CMP_EQ] = " == ",
		[CMP_NE] = " != ",
		[CMP_LT] = " < ",
		[CMP_LE] = " <= ",
		[CMP_GT] = " > ",
		[CMP_GE] = " >= ",
	};

	print_list(t, e->first, operators[e->op], BIND_SUM);
}

static void
print_has(struct text *t, const struct expr *e)
{
	uint32_t i;

	print(t, e->first, BIND_SUM);
	cd_text_puts(t, " has ");
	for (i = 0; i < e->path->count; i++) {
		cd_text_puts(t, i > 0 ? "." : "");
		print_key(t, e->path->names[i]);
	}
}

static void
print_like(struct text *t, const struct expr *e)
{
	uint32_t i;

	print(t, e->first, BIND_SUM);
	cd_text_puts(t, " like \"");
	for (i = 0; i < e->pattern->count; i++) {
		cd_text_puts(t, i > 0 ? "*" : "");
		cd_text_escaped(t, e->pattern->pieces[i].text, e->pattern->pieces[i].len, true);
	}
	cd_text_puts(t, "\"");
}

static void
print_is(struct text *t, const struct expr *e)
{
	print(t, e->first, BIND_SUM);
	cd_text_puts(t, " is ");
	print_name(t, e->name);
	if (e->first->next != NULL) {
		cd_text_puts(t, " in ");
		print(t, e->first->next, BIND_SUM);
	}
}

/* Signs in a row get parentheses, as only four may stand without. */
static void
print_unary(struct text *t, const struct expr *e, const char *sign)
{
	cd_text_puts(t, sign);
	print(t, e->first, BIND_MEMBER);
}

static void
print_call(struct text *t, const struct expr *e)
{
	cd_text_puts(t, cd_functions[e->op].name);
	cd_text_puts(t, "(");
	print_list(t, e->first, ", ", BIND_EXPR);
	cd_text_puts(t, ")");
}

static void
print_chain(struct text *t, const struct expr *e)
{
	const struct expr *step = e->first;

	print(t, step, BIND_PRIMARY);
	while ((step = step->next) != NULL) {
		if (step->kind == EXPR_METHOD) {
			cd_text_puts(t, ".");
			print_call(t, step);
		} else if (cd_is_identifier(step->name->text, step->name->len)) {
			cd_text_puts(t, ".");
			print_name(t, step->name);
		} else {
			cd_text_puts(t, "[");
			cd_text_quoted(t, step->name->text, step->name->len);
			cd_text_puts(t, "]");
		}
	}
}

static void
print_field(struct text *t, const struct expr *e)
{
	print_key(t, e->name);
	cd_text_puts(t, ": ");
	print(t, e->first, BIND_EXPR);
}

static void
print_bracketed(struct text *t, const char *open, const struct expr *first, const char *close)
{
	cd_text_puts(t, open);
	print_list(t, first, ", ", BIND_EXPR);
	cd_text_puts(t, close);
}

static void
print_bare(struct text *t, const struct expr *e)
{
	static const char *const variables[] = { "principal", "action", "resource", "context" };

	switch (e->kind) {
	case EXPR_LITERAL:
		print_literal(t, &e->value);
		break;
	case EXPR_VARIABLE:
		cd_text_puts(t, variables[e->op]);
		break;
	case EXPR_IF:
		print_if(t, e);
		break;
	case EXPR_OR:
		print_list(t, e->first, " || ", BIND_AND);
		break;
	case EXPR_AND:
		print_list(t, e->first, " && ", BIND_RELATION);
		break;
	case EXPR_COMPARE:
		print_compare(t, e);
		break;
	case EXPR_IN:
		print_list(t, e->first, " in ", BIND_SUM);
		break;
	case EXPR_HAS:
		print_has(t, e);
		break;
	case EXPR_LIKE:
		print_like(t, e);
		break;
	case EXPR_IS:
		print_is(t, e);
		break;
	case EXPR_ADD:
		print_sum(t, e);
		break;
	case EXPR_MULTIPLY:
		print_list(t, e->first, " * ", BIND_UNARY);
		break;
	case EXPR_NOT:
		print_unary(t, e, "!");
		break;
	case EXPR_NEGATE:
		print_unary(t, e, "-");
		break;
	case EXPR_CHAIN:
		print_chain(t, e);
		break;
	case EXPR_CALL:
		print_call(t, e);
		break;
	case EXPR_SET:
		print_bracketed(t, "[", e->first, "]");
		break;
	case EXPR_RECORD:
		print_bracketed(t, "{", e->first, "}");
		break;
	default:
		print_field(t, e);
		break;
	}
}

static void
print(struct text *t, const struct expr *e, enum strength strength)
{
	bool parentheses = strength_of(e) < strength;

	if (parentheses)
		cd_text_puts(t, "(");
	print_bare(t, e);
	if (parentheses)
		cd_text_puts(t, ")");
}

/* ---- policies ---- */

static void
print_scope(struct text *t, const char *variable, const struct scope *scope)
{
	cd_text_puts(t, variable);
	if (scope->type != NULL) {
		cd_text_puts(t, " is ");
		print_name(t, scope->type);
	}
	if (scope->entity != NULL) {
		cd_text_puts(t, scope->kind == CEDAR_EQ ? " == " : " in ");
		print_uid(t, scope->entity);
	}
}

static void
print_action(struct text *t, const struct cd_policy *policy)
{
	uint32_t i;

	cd_text_puts(t, "action");
	if (policy->action == CEDAR_ANY)
		return;
	cd_text_puts(t, policy->action == CEDAR_EQ ? " == " : " in ");
	cd_text_puts(t, policy->action_list ? "[" : "");
	for (i = 0; i < policy->action_count; i++) {
		cd_text_puts(t, i > 0 ? ", " : "");
		print_uid(t, policy->actions[i]);
	}
	cd_text_puts(t, policy->action_list ? "]" : "");
}

static void
print_annotation(struct text *t, const struct annotation *a)
{
	cd_text_puts(t, "@");
	print_name(t, a->name);
	if (a->value.len > 0) {
		cd_text_puts(t, "(");
		cd_text_quoted(t, a->value.data, a->value.len);
		cd_text_puts(t, ")");
	}
	cd_text_puts(t, "\n");
}

/* An open scope stands on one line, any other on a line for each part. */
static void
print_policy(struct text *t, const struct cd_policy *policy)
{
	bool open = policy->principal.kind == CEDAR_ANY && policy->action == CEDAR_ANY &&
	    policy->resource.kind == CEDAR_ANY;
	const struct annotation *a;
	const struct condition *c;

	for (a = policy->annotations; a != NULL; a = a->next)
		print_annotation(t, a);
	cd_text_puts(t, policy->effect == CEDAR_PERMIT ? "permit (" : "forbid (");
	cd_text_puts(t, open ? "" : "\n\t");
	print_scope(t, "principal", &policy->principal);
	cd_text_puts(t, open ? ", " : ",\n\t");
	print_action(t, policy);
	cd_text_puts(t, open ? ", " : ",\n\t");
	print_scope(t, "resource", &policy->resource);
	cd_text_puts(t, open ? ")" : "\n)");
	for (c = policy->conditions; c != NULL; c = c->next) {
		cd_text_puts(t, c->unless ? "\nunless { " : "\nwhen { ");
		print(t, c->body, BIND_EXPR);
		cd_text_puts(t, " }");
	}
	cd_text_puts(t, ";\n");
}

char *
cedar_policy_format(const struct cedar_set *set, size_t policy, size_t *len)
{
	struct text text = TEXT_EMPTY;

	if (policy >= set->count)
		return NULL;
	print_policy(&text, set->policies[policy]);
	if (text.failed)
		cd_text_free(&text);
	else if (len != NULL)
		*len = text.len;
	return text.data;
}
