/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/field.h"
#include "base/time_text.h"
#include "ctl/engine/args.h"
#include "ctl/engine/command.h"
#include "ctl/engine/help.h"
#include "ctl/engine/near.h"

#define KEY_MARK "grd_"
#define KEY_MARK_TAIL 8 /* base62 characters between the mark and the secret */
#define BASE62 "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

bool
args_fault(const struct args *a, const char *format, ...)
{
	va_list ap;

	(void)fprintf(stderr, "grantctl %s: ", a->command->name);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	help_usage(a->command, stderr);
	return false;
}

bool
args_have_key(char *const *argv)
{
	const char *at;

	for (; *argv != NULL; argv++)
		for (at = strstr(*argv, KEY_MARK); at != NULL; at = strstr(at + 1, KEY_MARK))
			if (strspn(at + strlen(KEY_MARK), BASE62) >= KEY_MARK_TAIL) {
				(void)fputs(
				    "grantctl: an argument looks like an API key.\n"
				    "Others on this machine can read arguments, and shells keep them: treat "
				    "that key as known to others and rotate it.\n"
				    "A key is read from standard input: grantctl key check <FILE\n",
				    stderr);
				return true;
			}
	return false;
}

/* There is no such option; another one may be meant. */
static void
refuse_option(struct args *a, const char *text, size_t len)
{
	const struct option *o, *near = NULL;
	char name[FIELD_NAME_MOST + 1];
	size_t distance, least = SIZE_MAX;

	(void)snprintf(name, sizeof(name), "%.*s",
	    field_line_valid(text, FIELD_NAME_MOST) ? (int)len : 0, text);
	for (o = a->command->options; o->name != NULL; o++)
		if (near_word(name, o->name, &distance) && distance < least) {
			least = distance;
			near = o;
		}
	(void)args_fault(a, "there is no option --%s%s%s%s", name, near != NULL ? "; is --" : "",
	    near != NULL ? near->name : "", near != NULL ? " meant?" : "");
}

/* The option that `len` bytes of text name. NULL, with the fault reported, if there is not exactly one. */
static const struct option *
find_option(struct args *a, const char *text, size_t len)
{
	const struct option *other, *found = option_find(a->command->options, text, len, &other);
	bool shown = field_line_valid(text, FIELD_NAME_MOST);

	if (found != NULL && other == NULL)
		return found;
	if (found != NULL)
		(void)args_fault(a, "--%.*s could be --%s or --%s", shown ? (int)len : 0, text,
		    found->name, other->name);
	else if (a->command->remote == NULL && len == strlen("url") &&
	    memcmp(text, "url", len) == 0)
		(void)args_fault(a, "it works on the database alone, and not over HTTP");
	else
		refuse_option(a, text, len);
	return NULL;
}

static bool
refuse_value(struct args *a, const struct option *o, const char *text)
{
	struct buf expected = BUF_EMPTY;
	const char *near = option_near(o, text);

	if (near != NULL)
		buf_addf(&expected, ": is %s meant? It", near);
	buf_adds(&expected, " must be ");
	option_expect(o, &expected);
	if (o->flags & OPTION_OPEN)
		buf_adds(&expected, "; or any other with --allow-unknown");
	(void)args_fault(a, "%s%s%s", o->name != NULL ? "--" : "",
	    o->name != NULL ? o->name : o->value, buf_text(&expected));
	buf_clear(&expected);
	return false;
}

static bool
add(struct args *a, const struct option *o, const char *text)
{
	if (!(o->flags & OPTION_REPEATS) && args_has(a, o->name))
		return args_fault(a, "--%s is given twice", o->name);
	if (a->count == ARGS_MAX)
		return args_fault(a, "there are more than %d options", ARGS_MAX);
	a->item[a->count].option = o;
	return option_take(o, text, &a->item[a->count++].value) || refuse_value(a, o, text);
}

/* One option; *argv is moved to its value if that is an argument of its own. */
static bool
parse_option(struct args *a, char *const **argv)
{
	const char *text = **argv + 2, *equals = strchr(text, '=');
	const struct option *o;

	o = find_option(a, text, equals != NULL ? (size_t)(equals - text) : strlen(text));
	if (o == NULL)
		return false;
	if (o->value == NULL)
		return equals == NULL ? add(a, o, NULL) :
					args_fault(a, "--%s takes no value", o->name);
	if (equals != NULL)
		return add(a, o, equals + 1);
	if ((*argv)[1] == NULL)
		return args_fault(a, "--%s needs a value: %s", o->name, o->value);
	return add(a, o, *++*argv);
}

static bool
take_operand(struct args *a, const char *text)
{
	const struct option *operand = &a->command->operand;

	if (operand->value == NULL)
		return args_fault(a, "it takes options alone");
	if (a->operand.text != NULL)
		return args_fault(a, "it takes one %s", operand->value);
	return option_take(operand, text, &a->operand) || refuse_value(a, operand, text);
}

/* Words that are none of their option's need --allow-unknown, which may have come behind them. */
static bool
is_known(struct args *a)
{
	int i;

	for (i = 0; i < a->count; i++)
		if ((a->item[i].option->flags & OPTION_OPEN) && a->item[i].value.number < 0 &&
		    !args_has(a, "allow-unknown"))
			return refuse_value(a, a->item[i].option, a->item[i].value.text);
	return true;
}

static bool
is_complete(struct args *a)
{
	const struct option *o;

	for (o = a->command->options; o->name != NULL; o++)
		if ((o->flags & OPTION_REQUIRED) && !args_has(a, o->name))
			return args_fault(a, "--%s is missing", o->name);
	if (a->command->operand.value != NULL && a->operand.text == NULL)
		return args_fault(a, "%s is missing", a->command->operand.value);
	return true;
}

bool
args_parse(struct args *a, const struct command *command, char *const *argv)
{
	bool options = true;

	*a = (struct args){ .command = command };
	for (; *argv != NULL; argv++) {
		if (options && strcmp(*argv, "--") == 0)
			options = false;
		else if (options && strncmp(*argv, "--", 2) == 0) {
			if (!parse_option(a, &argv))
				return false;
		} else if (options && (*argv)[0] == '-' && (*argv)[1] != '\0') {
			return args_fault(a, "options begin with two hyphens");
		} else if (!take_operand(a, *argv)) {
			return false;
		}
	}
	return is_known(a) && is_complete(a);
}

/* NULL: there are not so many. */
static const struct value *
find_value(const struct args *a, const char *name, int n)
{
	int i;

	for (i = 0; i < a->count; i++)
		if (strcmp(a->item[i].option->name, name) == 0 && n-- == 0)
			return &a->item[i].value;
	return NULL;
}

const char *
args_nth(const struct args *a, const char *name, int n)
{
	const struct value *v = find_value(a, name, n);

	return v != NULL ? v->text : NULL;
}

const char *
args_text(const struct args *a, const char *name)
{
	return args_nth(a, name, 0);
}

const int64_t *
args_number(const struct args *a, const char *name)
{
	const struct value *v = find_value(a, name, 0);

	return v != NULL ? &v->number : NULL;
}

const struct uuid *
args_uuid(const struct args *a, const char *name)
{
	const struct value *v = find_value(a, name, 0);

	return v != NULL ? &v->uuid : NULL;
}

bool
args_has(const struct args *a, const char *name)
{
	return find_value(a, name, 0) != NULL;
}

bool
args_expiry(const struct args *a, bool *has, int64_t *time)
{
	const int64_t *at = args_number(a, "expires-at"), *in = args_number(a, "expires-in");

	*has = at != NULL || in != NULL;
	*time = 0;
	if (at != NULL && in != NULL)
		return args_fault(a, "--expires-in and --expires-at exclude each other");
	if (at != NULL)
		*time = *at;
	else if (in != NULL)
		*time = time_now() + *in * 1000000;
	return true;
}
