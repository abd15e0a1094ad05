/* SPDX-License-Identifier: MIT */
/* grantctl doctor: is everything as it should be, and if not, how is it fixed? */
#include "config.h"

#include <stdarg.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "ctl/commands.h"
#include "ctl/doctor.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"

#define FOUND_MAX 512

static enum status doctor(struct ctl *);

static const struct option options[] = { OPTION_JSON, OPTIONS_END };

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "Check settings, database, roles and socket, and say how to fix what is wrong",
	.help = "The exit status is 1 if something is wrong.",
	.options = options,
	.needs = NEEDS_NOTHING,
	.run = doctor,
};

enum verdict { WELL, PROBLEM, NOT_CHECKED };

static void
keep(struct examination *x, const char *check, enum verdict v, const char *found, const char *mend)
{
	struct json_build b;

	json_build_begin(&b);
	json_put_text(&b, "check", check);
	if (v == NOT_CHECKED)
		json_put_text(&b, "ok", NULL);
	else
		json_put_bool(&b, "ok", v == WELL);
	json_put_text(&b, "found", found);
	json_put_text(&b, "mend", mend);
	json_array_append(&x->checks, json_build_end(&b));
}

/* One line or two, printed as a table, since what was found may quote names that others chose. */
static void
print(struct examination *x, const char *check, enum verdict v, const char *found, const char *mend)
{
	static const char *const words[] = {
		[WELL] = "ok",
		[PROBLEM] = "problem",
		[NOT_CHECKED] = "-",
	};
	struct table t;

	table_begin(&t, NULL, 3);
	t.width[0] = (int)sizeof("problem") - 1;
	t.width[1] = (int)sizeof("row-level security") - 1;
	table_text(&t, words[v]);
	table_row(&t, check, found);
	if (mend != NULL) {
		table_text(&t, " ");
		table_row(&t, "  to mend it", mend);
	}
	if (!table_print(&t, stdout))
		x->failed = true;
	table_clear(&t);
}

static void
report(struct examination *x, const char *check, enum verdict v, const char *found,
    const char *mend)
{
	x->problems += v == PROBLEM;
	if (x->json)
		keep(x, check, v, found, mend);
	else
		print(x, check, v, found, mend);
}

void
found_well(struct examination *x, const char *check, const char *format, ...)
{
	char found[FOUND_MAX];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(found, sizeof(found), format, ap);
	va_end(ap);
	report(x, check, WELL, found, NULL);
}

void
found_problem(struct examination *x, const char *check, const char *mend, const char *format, ...)
{
	char found[FOUND_MAX];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(found, sizeof(found), format, ap);
	va_end(ap);
	report(x, check, PROBLEM, found, mend);
}

void
not_checked(struct examination *x, const char *check, const char *format, ...)
{
	static const char word[] = "not checked: ";
	char found[FOUND_MAX];
	va_list ap;

	(void)snprintf(found, sizeof(found), "%s", word);
	va_start(ap, format);
	(void)vsnprintf(found + sizeof(word) - 1, sizeof(found) - sizeof(word) + 1, format, ap);
	va_end(ap);
	report(x, check, NOT_CHECKED, found, NULL);
}

static enum status
conclude(struct ctl *c, struct examination *x)
{
	enum status st = STATUS_DONE;
	struct json_build b;

	if (c->json) {
		json_build_begin(&b);
		json_put_bool(&b, "ok", x->problems == 0);
		json_put_value(&b, "checks", x->checks);
		x->checks = NULL;
		st = output_json(c, json_build_end(&b));
	} else if (x->problems > 0) {
		(void)printf("problems: %d\n", x->problems);
	}
	if (x->failed)
		return session_refuse(c, "out of memory");
	return x->problems > 0 ? STATUS_REFUSED : st;
}

static enum status
doctor(struct ctl *c)
{
	struct examination x = { .json = c->json };

	if (c->json && (x.checks = json_object_new_array()) == NULL)
		return session_refuse(c, "out of memory");
	if (c->settings_error != NULL) {
		found_problem(&x, "settings",
		    "correct the variable or the line in GRANTD_CONFIG's file", "%s",
		    c->settings_error);
	} else {
		found_well(&x, "settings", "every GRANTD_... setting is one");
		examine_database(&x, &c->settings);
		if (x.problems == 0)
			examine_rules(&x, c);
		examine_socket(&x, &c->settings);
	}
	return conclude(c, &x);
}
