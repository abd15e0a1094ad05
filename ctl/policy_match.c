/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/policy_match.h"

/* The stored rules as files have them, to be compared. One that does not parse is empty: it is like no other. */
static struct file_rule *
read_stored(const struct stored_policy *stored, int count)
{
	struct file_rule *rule = calloc(count > 0 ? (size_t)count : 1, sizeof(*rule));
	struct rule_fault f;
	int i;

	for (i = 0; rule != NULL && i < count; i++)
		if (policy_file_rule(&rule[i], stored->rule[i].is.text, &f) != RULE_DONE)
			file_rule_clear(&rule[i]);
	return rule;
}

static bool
same_text(const struct file_rule *a, const struct file_rule *b)
{
	return a->text != NULL && b->text != NULL && strcmp(a->text, b->text) == 0;
}

static bool
same_id(const struct file_rule *a, const struct file_rule *b)
{
	return a->id != NULL && b->id != NULL && strcmp(a->id, b->id) == 0;
}

static bool
any(const struct file_rule *a, const struct file_rule *b)
{
	(void)a;
	(void)b;
	return true;
}

/* Pair each rule that has no stored one yet with the first unpaired one that is alike. */
static void
assign(struct match *m, const struct file_policy *p, const struct file_rule *stored, int count,
    bool (*like)(const struct file_rule *, const struct file_rule *))
{
	size_t i;
	int j;

	for (i = 0; i < p->rules; i++) {
		for (j = 0; m->rule[i].stored < 0 && j < count; j++) {
			if (m->kept[j] || !like(&p->rule[i], &stored[j]))
				continue;
			m->kept[j] = true;
			m->rule[i].stored = j;
			m->rule[i].same_text = same_text(&p->rule[i], &stored[j]);
		}
	}
}

static void
place(struct match *m, size_t count, const struct stored_policy *stored)
{
	int64_t last = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		int64_t next = i > 0 ? last + 1 : 1;

		if (m->rule[i].stored >= 0) {
			int64_t was = stored->rule[m->rule[i].stored].is.ordinal;

			if (i == 0 || was > last)
				next = was;
		}
		m->rule[i].ordinal = last = next;
	}
}

bool
match_rules(struct match *m, const struct file_policy *p, const struct stored_policy *stored)
{
	int count = stored != NULL ? stored->rules : 0, j;
	struct file_rule *rule = read_stored(stored, count);
	size_t i;

	*m = (struct match)MATCH_EMPTY;
	m->rule = calloc(p->rules > 0 ? p->rules : 1, sizeof(*m->rule));
	m->kept = calloc(count > 0 ? (size_t)count : 1, sizeof(*m->kept));
	if (rule == NULL || m->rule == NULL || m->kept == NULL) {
		free(rule);
		return false;
	}
	for (i = 0; i < p->rules; i++)
		m->rule[i].stored = -1;
	assign(m, p, rule, count, same_text);
	assign(m, p, rule, count, same_id);
	assign(m, p, rule, count, any);
	place(m, p->rules, stored);
	for (j = 0; j < count; j++)
		file_rule_clear(&rule[j]);
	free(rule);
	return true;
}

void
match_clear(struct match *m)
{
	free(m->rule);
	free(m->kept);
	*m = (struct match)MATCH_EMPTY;
}
