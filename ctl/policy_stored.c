/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "base/json_build.h"
#include "base/utf8.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/policy_stored.h"
#include "db/json.h"
#include "policy/file.h"
#include "policy/rule_json.h"

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
	int i;

	db_policy_rule_list(c->db, tenant, &p->policy.id, &page, &p->rows);
	if ((rc = db_exchange(c->db)) != DONE) {
		(void)session_failed(c, rc);
		return false;
	}
	p->rule = calloc(p->rows.count > 0 ? (size_t)p->rows.count : 1, sizeof(*p->rule));
	if (p->rule == NULL || p->rows.more) {
		if (p->rows.more)
			(void)session_refuse(c, "policy \"%s\" has more than %d rules",
			    p->policy.name, PAGE_LIMIT_MOST);
		else
			(void)session_refuse(c, "out of memory");
		return false;
	}
	for (i = 0; i < p->rows.count; i++)
		p->rule[i] = rule_record_at(&p->rows, i);
	p->rules = p->rows.count;
	return true;
}

void
stored_sort(struct stored *s)
{
	qsort(s->policy, s->count, sizeof(*s->policy), compare);
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
	stored_sort(s);
	for (i = 0; i < n; i++)
		if (!read_rules(c, tenant, &s->policy[i]))
			return false;
	return true;
}

void
stored_clear(struct stored *s)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		db_list_clear(&s->policy[i].rows);
		free(s->policy[i].rule);
	}
	free(s->policy);
	db_list_clear(&s->list);
	json_object_put(s->json);
	*s = (struct stored)STORED_EMPTY;
}

struct policy_settings
stored_settings(const struct stored_policy *p)
{
	struct policy_settings s = { p->policy.name, p->policy.priority, p->policy.enabled };

	return s;
}

void
print_lines(const char *text, const char *prefix)
{
	bool terminal = isatty(STDOUT_FILENO) == 1, begin = true;
	size_t left = strlen(text), n;

	for (; left > 0; text += n, left -= n) {
		n = utf8_sequence(text, left);
		if (begin)
			(void)fputs(prefix, stdout);
		begin = *text == '\n';
		if (terminal && !begin && *text != '\t' && (n == 0 || !utf8_printable(text, n)))
			(void)putchar('?');
		else
			(void)fwrite(text, 1, n > 0 ? n : 1, stdout);
		n = n > 0 ? n : 1;
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

/* The policy's object with its rules. NULL: out of memory. */
static struct json_object *
stored_json(const struct stored_policy *p)
{
	struct json_object *object = policy_json(&p->policy), *rules = json_object_new_array();
	int i;

	for (i = 0; i < p->rules; i++)
		json_array_append(&rules, rule_record_json(&p->rule[i]));
	if (object != NULL && rules != NULL && json_object_object_add(object, "rules", rules) == 0)
		return object;
	json_object_put(object);
	json_object_put(rules);
	return NULL;
}

static enum status
show_json(struct ctl *c, const struct stored *s)
{
	struct json_object *all = json_object_new_array();
	size_t i;

	for (i = 0; i < s->count; i++)
		json_array_append(&all, stored_json(&s->policy[i]));
	return output_json(c, all);
}

static enum status
show_text(struct ctl *c, const struct stored *s)
{
	size_t i;
	int j;

	for (i = 0; i < s->count; i++) {
		const struct stored_policy *p = &s->policy[i];
		struct policy_settings settings = stored_settings(p);

		if (p->rules == 0) {
			(void)printf("%s// policy \"", i > 0 ? "\n" : "");
			print_lines(p->policy.name, "");
			(void)puts("\" has no rules");
		}
		for (j = 0; j < p->rules; j++) {
			if (i > 0 || j > 0)
				(void)putchar('\n');
			if (!print_rule(&settings, &p->rule[j].is, ""))
				return session_refuse(c,
				    "a rule of policy \"%s\" cannot be printed", p->policy.name);
		}
	}
	return STATUS_DONE;
}

enum status
stored_print(struct ctl *c, const struct stored *s)
{
	return c->json ? show_json(c, s) : show_text(c, s);
}
