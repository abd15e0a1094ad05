/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/field.h"
#include "base/number.h"
#include "cedar/cedar.h"
#include "policy/file.h"
#include "policy/rule_text.h"

#define PRIORITY_MOST 1000000

/* What is said of a rule in annotations and kept elsewhere. */
static const char *const said_elsewhere[] = { "policy", "priority", "enabled", "notice",
	"audit_session", NULL };

struct reading {
	struct policy_file *file;
	const char *name; /* of the policy of rules that name none */
	const struct cedar_set *set;
	size_t i;              /* the statement in hand */
	unsigned line, column; /* of it */
	policy_file_complain *complain;
	void *with;
	bool failed;
};

static void
complain(struct reading *r, const char *message)
{
	struct rule_fault f = { .line = r->line, .column = r->column };

	(void)snprintf(f.message, sizeof(f.message), "%s", message);
	r->complain(r->with, &f);
	r->failed = true;
}

static void
complain_of(struct reading *r, const struct cedar_error *e)
{
	struct rule_fault f = { .line = e->place.line, .column = e->place.column };

	(void)snprintf(f.message, sizeof(f.message), "%s", e->message);
	r->complain(r->with, &f);
	r->failed = true;
}

/* A rule's own text: canonical, without what is said elsewhere. */
enum rule_result
policy_file_rule(struct rule *rule, const char *text, size_t len, struct rule_fault *f)
{
	struct buf own = BUF_EMPTY;
	struct rule read;
	enum rule_result rc = rule_read(&read, text, len, f);

	*rule = (struct rule)RULE_EMPTY;
	if (rc == RULE_DONE) {
		rule_text_annotations(&own, read.set, said_elsewhere);
		rule_text_print(&own, &read.parts);
		rc = own.failed ? RULE_NO_MEMORY : rule_read(rule, own.data, own.len, f);
	}
	rule_clear(&read);
	buf_clear(&own);
	return rc;
}

/* ---- annotations ---- */

/* The value as text in *value, owned; false where there is none. */
static bool
annotation(struct reading *r, const char *name, char **value)
{
	struct cedar_str str;

	*value = NULL;
	if (!cedar_policy_annotation(r->set, r->i, name, &str))
		return false;
	*value = str.len > 0 && memchr(str.data, '\0', str.len) != NULL ?
	    strdup("\1") :
	    strndup(str.len > 0 ? str.data : "", str.len);
	if (*value == NULL)
		complain(r, "out of memory");
	return *value != NULL;
}

static void
read_bool(struct reading *r, const char *name, bool *to)
{
	char message[128], *text;

	if (!annotation(r, name, &text))
		return;
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
		(void)snprintf(message, sizeof(message), "@%s is \"true\" or \"false\"", name);
		complain(r, message);
	}
	*to = strcmp(text, "true") == 0;
	free(text);
}

static void
read_priority(struct reading *r, struct file_policy *p)
{
	int64_t priority = 0;
	char *text;

	if (!annotation(r, "priority", &text))
		return;
	if (!number_parse(&priority, text, strlen(text), -PRIORITY_MOST, PRIORITY_MOST))
		complain(r, "@priority is an integer from -1000000 to 1000000");
	else if (p->has_priority && p->priority != priority)
		complain(r, "another rule of this policy has another @priority");
	p->has_priority = true;
	p->priority = priority;
	free(text);
}

static void
read_notice(struct reading *r, struct file_rule *rule)
{
	if (!annotation(r, "notice", &rule->notice))
		return;
	if (!field_line_valid(rule->notice, RULE_NOTICE_MAX))
		complain(r,
		    "@notice is one line of at most 1024 bytes, without control characters");
}

/* ---- policies ---- */

static struct file_policy *
add_policy(struct reading *r, char *name)
{
	struct policy_file *f = r->file;
	struct file_policy *grown = realloc(f->policy, (f->policies + 1) * sizeof(*grown));

	if (grown == NULL) {
		free(name);
		complain(r, "out of memory");
		return NULL;
	}
	f->policy = grown;
	f->policy[f->policies] = (struct file_policy){ .name = name, .enabled = true };
	return &f->policy[f->policies++];
}

/* The policy that the statement belongs to; NULL after a complaint. */
static struct file_policy *
find_policy(struct reading *r)
{
	char *name;
	size_t i;

	if (!annotation(r, "policy", &name))
		name = strdup(r->name);
	if (name == NULL || !field_line_valid(name, FIELD_NAME_MOST)) {
		complain(r,
		    name == NULL ?
			"out of memory" :
			"@policy is one line of 1 to 200 bytes, without control characters");
		free(name);
		return NULL;
	}
	for (i = 0; i < r->file->policies; i++)
		if (strcmp(r->file->policy[i].name, name) == 0) {
			free(name);
			return &r->file->policy[i];
		}
	return add_policy(r, name);
}

static struct file_rule *
add_rule(struct reading *r, struct file_policy *p)
{
	struct file_rule *grown = realloc(p->rule, (p->rules + 1) * sizeof(*grown));

	if (grown == NULL) {
		complain(r, "out of memory");
		return NULL;
	}
	p->rule = grown;
	p->rule[p->rules] = (struct file_rule){
		.rule = RULE_EMPTY,
		.audit_session = true,
		.line = r->line,
	};
	return &p->rule[p->rules++];
}

static void
read_rule(struct reading *r, const struct cedar_policy *statement)
{
	struct file_policy *p = find_policy(r);
	struct file_rule *rule = p != NULL ? add_rule(r, p) : NULL;
	struct rule_fault f;
	enum rule_result rc;

	if (rule == NULL)
		return;
	read_priority(r, p);
	read_bool(r, "enabled", &p->enabled);
	read_notice(r, rule);
	read_bool(r, "audit_session", &rule->audit_session);
	rc = policy_file_rule(&rule->rule, statement->text.data, statement->text.len, &f);
	if (rc != RULE_DONE)
		complain(r, rc == RULE_REFUSED ? f.message : "out of memory");
}

/* Go on counting lines and columns from the statement before. */
static void
go_to(struct reading *r, const char *text, size_t from, size_t to)
{
	size_t i;

	for (i = from; i < to; i++) {
		bool end = text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');

		if (end) {
			r->line++;
			r->column = 1;
		} else if (((unsigned char)text[i] & 0xC0) != 0x80) {
			r->column++;
		}
	}
}

bool
policy_file_read(struct policy_file *file, const char *text, size_t len, const char *name,
    policy_file_complain *told, void *with)
{
	struct cedar_set *set = cedar_set_new(0);
	struct reading r = {
		.file = file,
		.name = name,
		.set = set,
		.line = 1,
		.column = 1,
		.complain = told,
		.with = with,
	};
	struct cedar_policy statement;
	size_t at = 0, i;

	*file = (struct policy_file)POLICY_FILE_EMPTY;
	if (set == NULL) {
		complain(&r, "out of memory");
		return false;
	}
	if (!cedar_set_add_text(set, (struct cedar_str){ text, len })) {
		for (i = 0; i < cedar_set_error_count(set); i++)
			complain_of(&r, cedar_set_error(set, i));
		if (i == 0)
			complain(&r, "out of memory");
	}
	for (; !r.failed && cedar_policy(set, r.i, &statement); r.i++) {
		go_to(&r, text, at, statement.offset);
		at = statement.offset;
		read_rule(&r, &statement);
	}
	cedar_set_free(set);
	return !r.failed;
}

void
policy_file_clear(struct policy_file *file)
{
	size_t i, j;

	for (i = 0; i < file->policies; i++) {
		struct file_policy *p = &file->policy[i];

		for (j = 0; j < p->rules; j++) {
			rule_clear(&p->rule[j].rule);
			free(p->rule[j].notice);
		}
		free(p->rule);
		free(p->name);
	}
	free(file->policy);
	*file = (struct policy_file)POLICY_FILE_EMPTY;
}

/* ---- the other way ---- */

static void
write_annotation(struct buf *to, const char *name, const char *value)
{
	buf_addf(to, "@%s(", name);
	rule_text_string(to, value, strlen(value));
	buf_adds(to, ")\n");
}

bool
policy_file_write(struct buf *to, const struct policy_settings *policy,
    const struct rule_settings *is)
{
	struct rule rule;
	struct rule_fault f;
	bool ok = policy_file_rule(&rule, is->text, strlen(is->text), &f) == RULE_DONE;

	write_annotation(to, "policy", policy->name);
	if (policy->priority != 0)
		buf_addf(to, "@priority(\"%lld\")\n", (long long)policy->priority);
	if (!policy->enabled)
		write_annotation(to, "enabled", "false");
	if (is->notice != NULL)
		write_annotation(to, "notice", is->notice);
	if (!is->audit_session)
		write_annotation(to, "audit_session", "false");
	buf_adds(to, rule.text);
	buf_addc(to, '\n');
	rule_clear(&rule);
	return ok && !to->failed;
}
