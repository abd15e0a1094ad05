/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/field.h"
#include "base/spelling.h"
#include "ctl/engine/session.h"
#include "ctl/key_roles.h"
#include "ctl/policy_stored.h"

#define NEAR 2 /* changed letters that still are a typing mistake, and no more than one in three */

/* Does the text that ends before `at` end with `word`? Blanks between are passed over; *at is then before the word. */
static bool
comes_behind(const char *text, const char **at, const char *word)
{
	const char *end = *at;
	size_t len = strlen(word);

	while (end > text && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	if ((size_t)(end - text) < len || memcmp(end - len, word, len) != 0)
		return false;
	*at = end - len;
	return true;
}

/* Is the literal that begins at `quote` one that may name a role? */
static bool
names_role(const char *text, const char *quote, bool roles_read)
{
	const char *at = quote;

	if (!comes_behind(text, &at, "::"))
		return roles_read;
	return comes_behind(text, &at, "Role");
}

/*
 * The names in the rules, each with its NUL: what is in quotes behind Role::, and in rules that read `roles` what stands alone.
 */
static void
take_literal(struct buf *names, const char *from, const char *to)
{
	char name[FIELD_ROLE_MOST + 1];

	if (to - from > FIELD_ROLE_MOST)
		return;
	memcpy(name, from, (size_t)(to - from));
	name[to - from] = '\0';
	if (!field_role_valid(name))
		return;
	buf_add(names, name, strlen(name) + 1);
}

static void
take_rule(struct buf *names, const char *text)
{
	bool roles_read = strstr(text, "roles") != NULL;
	const char *from, *to;

	for (from = strchr(text, '"'); from != NULL; from = strchr(to + 1, '"')) {
		for (to = from + 1; *to != '\0' && *to != '"'; to++)
			to += to[0] == '\\' && to[1] != '\0';
		if (*to == '\0')
			return;
		if (names_role(text, from, roles_read))
			take_literal(names, from + 1, to);
	}
}

static void
take_rules(struct buf *names, const struct stored *s)
{
	size_t i;
	int j;

	for (i = 0; i < s->count; i++)
		for (j = 0; j < s->policy[i].rules; j++)
			take_rule(names, s->policy[i].rule[j].is.text);
}

/* The name that is nearest, which may be the same; NULL: there is none at all. */
static const char *
nearest(const struct buf *names, const char *role, size_t *distance)
{
	const char *name, *found = NULL, *end = buf_text(names) + names->len;
	size_t d;

	for (name = buf_text(names); name < end; name += strlen(name) + 1) {
		d = spelling_distance(role, name);
		if (found != NULL && d >= *distance)
			continue;
		*distance = d;
		found = name;
	}
	return found;
}

static enum status
check_role(struct ctl *c, const struct buf *names, const char *role)
{
	size_t distance = 0;
	const char *near = nearest(names, role, &distance);

	if (near != NULL && distance == 0)
		return STATUS_DONE;
	if (near != NULL && distance <= NEAR && distance * 3 <= strlen(role) &&
	    !args_has(&c->args, "allow-unknown"))
		return session_refuse(c,
		    "no rule of the tenant names the role \"%s\"; is \"%s\" meant? "
		    "If not, add --allow-unknown",
		    role, near);
	(void)session_refuse(c, "warning: no rule of the tenant names the role \"%s\"%s%s%s", role,
	    near != NULL ? "; the nearest is \"" : "", near != NULL ? near : "",
	    near != NULL ? "\"" : "");
	return STATUS_DONE;
}

static enum status
check_roles(struct ctl *c, const struct stored *s)
{
	struct buf names = BUF_EMPTY;
	enum status st = STATUS_DONE;
	const char *role;
	int n;

	take_rules(&names, s);
	if (names.failed)
		st = session_refuse(c, "out of memory");
	for (n = 0; st == STATUS_DONE && (role = args_nth(&c->args, "role", n)) != NULL; n++)
		st = check_role(c, &names, role);
	buf_clear(&names);
	return st;
}

enum status
key_roles_check(struct ctl *c, const struct uuid *tenant)
{
	struct stored stored = STORED_EMPTY;
	struct tenant t = TENANT_EMPTY;
	enum status st = STATUS_DONE;
	enum outcome rc;

	session_begin(c, DB_SNAPSHOT, tenant, &t);
	rc = db_exchange(c->db);
	if (rc != DONE)
		st = session_failed(c, rc);
	else if (t.found)
		st = stored_read(c, tenant, &stored) ? check_roles(c, &stored) : STATUS_REFUSED;
	db_rollback(c->db);
	stored_clear(&stored);
	tenant_clear(&t);
	return st;
}
