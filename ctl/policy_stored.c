/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/engine/session.h"
#include "ctl/policy_stored.h"
#include "policy/file.h"

/* The order of evaluation: by priority from high to low, then the older first. */
static int
compare(const void *left, const void *right)
{
	const struct policy *a = &((const struct stored_policy *)left)->policy;
	const struct policy *b = &((const struct stored_policy *)right)->policy;

	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->created_at != b->created_at)
		return a->created_at < b->created_at ? -1 : 1;
	return memcmp(a->id.octet, b->id.octet, sizeof(a->id.octet));
}

static bool
read_rules(struct ctl *c, const struct uuid *tenant, struct stored_policy *p)
{
	static const struct page page = { .after = false, .limit = PAGE_LIMIT_MOST };
	enum outcome rc;

	db_policy_rule_list(c->db, tenant, &p->policy.id, &page, &p->rules);
	if ((rc = db_exchange(c->db)) != DONE) {
		(void)session_failed(c, rc);
		return false;
	}
	if (p->rules.more)
		(void)session_refuse(c, "policy \"%s\" has more than %d rules", p->policy.name,
		    PAGE_LIMIT_MOST);
	return !p->rules.more;
}

bool
stored_read(struct ctl *c, const struct uuid *tenant, struct stored *s)
{
	static const struct page page = { .after = false, .limit = PAGE_LIMIT_MOST };
	enum outcome rc;
	size_t i, n;

	*s = (struct stored)STORED_EMPTY;
	db_policy_list(c->db, tenant, &page, &s->list);
	if ((rc = db_exchange(c->db)) != DONE) {
		(void)session_failed(c, rc);
		return false;
	}
	n = (size_t)s->list.count;
	s->policy = calloc(n > 0 ? n : 1, sizeof(*s->policy));
	if (s->policy == NULL || s->list.more) {
		(void)session_refuse(c,
		    s->list.more ? "there are more than 1000 policies" : "out of memory");
		return false;
	}
	s->count = n;
	for (i = 0; i < n; i++)
		s->policy[i].policy = policy_at(&s->list, (int)i);
	qsort(s->policy, n, sizeof(*s->policy), compare);
	for (i = 0; i < n; i++)
		if (!read_rules(c, tenant, &s->policy[i]))
			return false;
	return true;
}

void
stored_clear(struct stored *s)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		db_list_clear(&s->policy[i].rules);
	free(s->policy);
	db_list_clear(&s->list);
	*s = (struct stored)STORED_EMPTY;
}

struct policy_settings
stored_settings(const struct stored_policy *p)
{
	struct policy_settings s = { p->policy.name, p->policy.priority, p->policy.enabled };

	return s;
}

static void
print_lines(const char *text, const char *prefix)
{
	bool terminal = isatty(STDOUT_FILENO) == 1, begin = true;

	for (; *text != '\0'; text++) {
		unsigned char ch = (unsigned char)*text;

		if (begin)
			(void)fputs(prefix, stdout);
		begin = ch == '\n';
		(void)putchar(
		    terminal && ch != '\n' && ch != '\t' && (ch < 0x20 || ch == 0x7F) ? '?' : ch);
	}
}

bool
print_rule(const struct policy_settings *policy, const struct rule_settings *is, const char *prefix)
{
	struct buf text = BUF_EMPTY;
	bool ok = policy_file_write(&text, policy, is);

	if (ok)
		print_lines(buf_text(&text), prefix);
	buf_clear(&text);
	return ok;
}
