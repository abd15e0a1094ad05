/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/field.h"
#include "base/utf8.h"
#include "ctl/engine/session.h"

/*
 * The members of an entry's metadata, as far as they apply to a command.
 */
#define CONTEXT \
	"{\"request_id\": null, \"source_ip\": null, \"user_agent\": \"grantctl/" PACKAGE_VERSION \
	"\", \"rules\": []}"

void
session_begin(struct ctl *c, enum db_access access, const struct uuid *tenant, struct tenant *t)
{
	db_begin(c->db, access);
	db_tenant_choose(c->db, tenant);
	db_tenant_get(c->db, tenant, t);
}

bool
session_tenant(struct ctl *c, enum outcome rc, const struct uuid *tenant, const struct tenant *t)
{
	char text[UUID_TEXT_LEN + 1];

	if (rc == DONE && t->found)
		return true;
	uuid_print(tenant, text);
	if (rc == DONE)
		(void)session_refuse(c, "there is no tenant %s", text);
	else
		(void)session_failed(c, rc);
	return false;
}

static bool
make_id(struct ctl *c, struct uuid *id)
{
	if (uuid_make_v7(id))
		return true;
	(void)session_refuse(c, "the system gives no random numbers");
	return false;
}

bool
session_entry(struct ctl *c, const char *action, struct change_by *e)
{
	static char actor[FIELD_IDENTIFIER_MOST + 1];
	const struct passwd *user = getpwuid(geteuid());

	*e = (struct change_by){
		.actor = actor,
		.action = action,
		.reason = args_text(&c->args, "reason"),
		.context = CONTEXT,
	};
	if (user != NULL && field_line_valid(user->pw_name, FIELD_NAME_MOST))
		(void)snprintf(actor, sizeof(actor), "grantctl:%s", user->pw_name);
	else
		(void)snprintf(actor, sizeof(actor), "grantctl:%u", (unsigned)geteuid());
	return make_id(c, &e->entry);
}

bool
session_new_id(struct ctl *c, struct uuid *id)
{
	const struct uuid *given = args_uuid(&c->args, "id");

	if (given == NULL)
		return make_id(c, id);
	*id = *given;
	return true;
}

enum status
session_failed(struct ctl *c, enum outcome rc)
{
	if (rc == COMMIT_UNKNOWN) {
		(void)session_refuse(c,
		    "the connection was lost before the database said whether it "
		    "was done: look before you repeat it (%s)",
		    db_message(c->db));
		c->unknown = true;
		return STATUS_REFUSED;
	}
	if (rc == DECLINED)
		return session_refuse(c, "%s", db_message(c->db));
	(void)session_refuse(c, "%s: %s", outcome_name(rc), db_message(c->db));
	(void)fputs("grantctl doctor says more.\n", stderr);
	return STATUS_REFUSED;
}

static void
say_clean(const char *text)
{
	size_t left = strlen(text), n;

	for (; left > 0; left -= n, text += n) {
		n = utf8_sequence(text, left);
		if (n > 0 && (*text == '\n' || utf8_printable(text, n)))
			(void)fwrite(text, 1, n, stderr);
		else
			(void)fputc('?', stderr);
		n = n > 0 ? n : 1;
	}
}

static void GRANTD_PRINTF(1, 0) say_list(const char *format, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	say_clean(text != NULL ? text : "out of memory");
	free(text);
}

void
session_say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say_list(format, ap);
	va_end(ap);
}

enum status
session_refuse(struct ctl *c, const char *format, ...)
{
	va_list ap;

	session_say("grantctl %s: ", c->command->name);
	va_start(ap, format);
	say_list(format, ap);
	va_end(ap);
	session_say("\n");
	return STATUS_REFUSED;
}

enum status
session_not_there(struct ctl *c, const char *what)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_print(&c->args.operand.uuid, text);
	return session_refuse(c, "the tenant has no %s with this id: %s", what, text);
}
