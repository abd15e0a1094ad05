/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/field.h"
#include "base/number.h"
#include "base/time_text.h"
#include "ctl/engine/args.h"
#include "ctl/engine/command.h"
#include "ctl/engine/help.h"

#define SPAN_MOST ((int64_t)100 * 365 * 24 * 3600)
#define KEY_MARK "grd_"
#define KEY_MARK_TAIL 8 /* base62 characters between the mark and the secret part */
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

/*
 * The option that `len` bytes of text name, in full or shortened. NULL, and the fault told, where
 * there is not one.
 */
static const struct option *
find_option(struct args *a, const char *text, size_t len)
{
	const struct option *o, *found = NULL;

	for (o = a->command->options; o->name != NULL; o++) {
		if (strncmp(o->name, text, len) != 0)
			continue;
		if (o->name[len] == '\0')
			return o;
		if (found != NULL) {
			(void)args_fault(a, "--%s could be --%s or --%s",
			    field_line_valid(text, FIELD_NAME_MOST) ? text : "?", found->name,
			    o->name);
			return NULL;
		}
		found = o;
	}
	if (found == NULL)
		(void)args_fault(a, "there is no option --%.*s",
		    field_line_valid(text, FIELD_NAME_MOST) ? (int)len : 0, text);
	return found;
}

static bool
add(struct args *a, const struct option *o, const char *value)
{
	if (!(o->flags & OPTION_REPEATS) && args_has(a, o->name))
		return args_fault(a, "--%s is given twice", o->name);
	if (a->count == ARGS_MAX)
		return args_fault(a, "there are more than %d options", ARGS_MAX);
	a->item[a->count].option = o;
	a->item[a->count++].value = value;
	return true;
}

/* One option; *argv is moved to its value where that is an argument of its own. */
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
	if (a->command->operand == NULL)
		return args_fault(a, "it takes options alone");
	if (a->operand != NULL)
		return args_fault(a, "it takes one %s", a->command->operand);
	a->operand = text;
	return true;
}

static bool
complete(struct args *a)
{
	const struct option *o;

	for (o = a->command->options; o->name != NULL; o++)
		if ((o->flags & OPTION_REQUIRED) && !args_has(a, o->name))
			return args_fault(a, "--%s is missing", o->name);
	if (a->command->operand != NULL && a->operand == NULL)
		return args_fault(a, "%s is missing", a->command->operand);
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
	return complete(a);
}

const char *
args_nth(const struct args *a, const char *name, int n)
{
	int i;

	for (i = 0; i < a->count; i++)
		if (strcmp(a->item[i].option->name, name) == 0 && n-- == 0)
			return a->item[i].value;
	return NULL;
}

const char *
args_get(const struct args *a, const char *name)
{
	return args_nth(a, name, 0);
}

bool
args_has(const struct args *a, const char *name)
{
	int i;

	for (i = 0; i < a->count; i++)
		if (strcmp(a->item[i].option->name, name) == 0)
			return true;
	return false;
}

bool
args_uuid(const struct args *a, const char *name, struct uuid *value)
{
	const char *text = args_get(a, name);

	if (text == NULL || uuid_parse(value, text, strlen(text)))
		return true;
	return args_fault(a, "--%s must be a UUID", name);
}

bool
args_status(const struct args *a, const char **value)
{
	const char *text = args_get(a, "status");

	*value = text;
	if (text == NULL || strcmp(text, "active") == 0 || strcmp(text, "expired") == 0 ||
	    strcmp(text, "revoked") == 0)
		return true;
	return args_fault(a, "--status must be active, expired or revoked");
}

bool
args_operand_uuid(const struct args *a, struct uuid *value)
{
	if (uuid_parse(value, a->operand, strlen(a->operand)))
		return true;
	return args_fault(a, "%s must be a UUID", a->command->operand);
}

bool
args_int(const struct args *a, const char *name, int64_t least, int64_t most, int64_t *value)
{
	const char *text = args_get(a, name);

	if (text == NULL || number_parse(value, text, strlen(text), least, most))
		return true;
	return args_fault(a, "--%s must be a number from %lld to %lld", name, (long long)least,
	    (long long)most);
}

bool
args_line(const struct args *a, const char *name, size_t most, const char **value)
{
	const char *text = args_get(a, name);

	if (text == NULL)
		return true;
	*value = text;
	if (field_line_valid(text, most))
		return true;
	return args_fault(a, "--%s must be one line of 1 to %zu bytes of UTF-8", name, most);
}

static int64_t
unit_seconds(char unit)
{
	switch (unit) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 24 * 3600;
	case 'w':
		return 7 * 24 * 3600;
	default:
		return 0;
	}
}

bool
args_span(const struct args *a, const char *name, int64_t *seconds)
{
	const char *text = args_get(a, name);
	int64_t unit, number;
	size_t len;

	if (text == NULL)
		return true;
	len = strlen(text);
	unit = len >= 2 ? unit_seconds(text[len - 1]) : 0;
	if (unit == 0 || !number_parse(&number, text, len - 1, 0, SPAN_MOST / unit))
		return args_fault(a,
		    "--%s must be a number and a unit, as 90d, of at most 100 years", name);
	*seconds = number * unit;
	return true;
}

bool
args_time(const struct args *a, const char *name, int64_t *time)
{
	const char *text = args_get(a, name);

	if (text == NULL || time_parse(time, text, strlen(text)))
		return true;
	return args_fault(a, "--%s must be a time as 2030-01-31T12:00:00Z", name);
}

bool
args_expiry(const struct args *a, bool *has, int64_t *time)
{
	const char *at = args_get(a, "expires-at");
	int64_t span = 0;

	*has = at != NULL || args_has(a, "expires-in");
	*time = 0;
	if (at != NULL && args_has(a, "expires-in"))
		return args_fault(a, "--expires-in and --expires-at exclude each other");
	if (at != NULL)
		return args_time(a, "expires-at", time);
	if (!args_span(a, "expires-in", &span))
		return false;
	*time = time_now() + span * 1000000;
	return true;
}
