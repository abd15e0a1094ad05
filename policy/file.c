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
#include "policy/vocabulary.h"

#define POLICY_EXPECTED \
	"@policy is one line of 1 to " TEXT_OF(FIELD_NAME_MOST) " bytes, without control characters"
#define PRIORITY_EXPECTED "@priority is an integer from -" MOST_PRIORITY " to " MOST_PRIORITY
#define MOST_PRIORITY TEXT_OF(FIELD_PRIORITY_MOST)
#define NOTICE_EXPECTED \
	"@notice is one line of at most " TEXT_OF( \
	    RULE_NOTICE_MAX) " bytes, without control characters"

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
fault_here(struct reading *r, const char *message)
{
	struct rule_fault f = { .line = r->line, .column = r->column };

	(void)snprintf(f.message, sizeof(f.message), "%s", message);
	r->complain(r->with, &f);
	r->failed = true;
}

static void
fault_of(struct reading *r, const struct cedar_error *e)
{
	struct rule_fault f = { .line = e->place.line, .column = e->place.column };

	(void)snprintf(f.message, sizeof(f.message), "%s", e->message);
	r->complain(r->with, &f);
	r->failed = true;
}

/*
 * An annotation's value as text in *value, owned; NULL where there is none. One with U+0000 in it becomes another control
 * character, which nothing here takes. False: no memory.
 */
static bool
copy_annotation(const struct cedar_set *set, size_t i, const char *name, char **value)
{
	struct cedar_str str;

	*value = NULL;
	if (!cedar_policy_annotation(set, i, name, &str))
		return true;
	if (str.len == 0)
		*value = strdup("");
	else if (memchr(str.data, '\0', str.len) != NULL)
		*value = strdup("\1");
	else
		*value = strndup(str.data, str.len);
	return *value != NULL;
}

/* A statement's own text: as it is made of parts, without what is said elsewhere. */
static enum rule_result
print_own(struct buf *own, const struct cedar_set *set, size_t i, struct rule_fault *f)
{
	struct rule parts;
	enum rule_result rc = rule_take(&parts, set, i, f);

	if (rc == RULE_DONE) {
		rule_text_annotations(own, set, i, said_elsewhere);
		rule_text_print(own, &parts.parts);
		rc = own->failed ? RULE_NO_MEMORY : rule_text_fits(own->data, own->len, f);
	}
	rule_clear(&parts);
	return rc;
}

static enum rule_result
take_own(struct file_rule *rule, const struct cedar_set *set, size_t i, struct rule_fault *f)
{
	struct buf own = BUF_EMPTY;
	enum rule_result rc = print_own(&own, set, i, f);

	if (rc == RULE_DONE && !copy_annotation(set, i, "id", &rule->id))
		rc = RULE_NO_MEMORY;
	if (rc == RULE_DONE) {
		rule->text = own.data;
		own = (struct buf)BUF_EMPTY;
	}
	buf_clear(&own);
	return rc;
}

enum rule_result
policy_file_rule(struct file_rule *rule, const char *text, struct rule_fault *f)
{
	struct rule read;
	enum rule_result rc = rule_read(&read, text, strlen(text), f);

	*rule = (struct file_rule){ .text = NULL };
	if (rc == RULE_DONE)
		rc = take_own(rule, read.set, 0, f);
	rule_clear(&read);
	return rc;
}

void
file_rule_clear(struct file_rule *rule)
{
	free(rule->text);
	free(rule->id);
	free(rule->notice);
	*rule = (struct file_rule){ .text = NULL };
}

/* ---- annotations ---- */

/* The value of the statement in hand, owned; false where there is none. */
static bool
take_annotation(struct reading *r, const char *name, char **value)
{
	if (!copy_annotation(r->set, r->i, name, value))
		fault_here(r, "out of memory");
	return *value != NULL;
}

static void
read_bool(struct reading *r, const char *name, bool *to)
{
	char message[128], *text;

	if (!take_annotation(r, name, &text))
		return;
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
		(void)snprintf(message, sizeof(message), "@%s is \"true\" or \"false\"", name);
		fault_here(r, message);
	}
	*to = strcmp(text, "true") == 0;
	free(text);
}

static void
read_priority(struct reading *r, struct file_policy *p)
{
	int64_t priority = 0;
	char *text;

	if (!take_annotation(r, "priority", &text))
		return;
	if (!number_parse(&priority, text, strlen(text), -FIELD_PRIORITY_MOST, FIELD_PRIORITY_MOST))
		fault_here(r, PRIORITY_EXPECTED);
	else if (p->has_priority && p->priority != priority)
		fault_here(r, "another rule of this policy has another @priority");
	p->has_priority = true;
	p->priority = priority;
	free(text);
}

static void
read_notice(struct reading *r, struct file_rule *rule)
{
	if (!take_annotation(r, "notice", &rule->notice))
		return;
	if (!field_line_valid(rule->notice, RULE_NOTICE_MAX))
		fault_here(r, NOTICE_EXPECTED);
}

/* ---- policies ---- */

static struct file_policy *
file_add_policy(struct reading *r, char *name)
{
	struct policy_file *f = r->file;
	struct file_policy *grown = realloc(f->policy, (f->policies + 1) * sizeof(*grown));

	if (grown == NULL) {
		free(name);
		fault_here(r, "out of memory");
		return NULL;
	}
	f->policy = grown;
	f->policy[f->policies] = (struct file_policy){ .name = name, .enabled = true };
	return &f->policy[f->policies++];
}

/* The policy that the statement belongs to; NULL after a complaint. */
static struct file_policy *
file_find_policy(struct reading *r)
{
	char *name;
	size_t i;

	if (!take_annotation(r, "policy", &name))
		name = strdup(r->name);
	if (name == NULL || !field_line_valid(name, FIELD_NAME_MOST)) {
		fault_here(r, name == NULL ? "out of memory" : POLICY_EXPECTED);
		free(name);
		return NULL;
	}
	for (i = 0; i < r->file->policies; i++)
		if (strcmp(r->file->policy[i].name, name) == 0) {
			free(name);
			return &r->file->policy[i];
		}
	return file_add_policy(r, name);
}

/* Takes the rule over. */
static void
file_add_rule(struct reading *r, struct file_policy *p, struct file_rule *rule)
{
	struct file_rule *grown = realloc(p->rule, (p->rules + 1) * sizeof(*grown));

	if (grown == NULL) {
		file_rule_clear(rule);
		fault_here(r, "out of memory");
		return;
	}
	p->rule = grown;
	p->rule[p->rules++] = *rule;
}

static void
read_file_rule(struct reading *r)
{
	struct file_policy *p = file_find_policy(r);
	struct file_rule rule = { .audit_session = true, .line = r->line };
	struct rule_fault f;
	enum rule_result rc;

	if (p == NULL)
		return;
	read_priority(r, p);
	read_bool(r, "enabled", &p->enabled);
	read_notice(r, &rule);
	read_bool(r, "audit_session", &rule.audit_session);
	rc = take_own(&rule, r->set, r->i, &f);
	if (rc != RULE_DONE)
		fault_here(r, rc == RULE_REFUSED ? f.message : "out of memory");
	file_add_rule(r, p, &rule);
}

/* Go on counting lines and columns from the statement before. */
static void
go_to_statement(struct reading *r, const char *text, size_t from, size_t to)
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
		fault_here(&r, "out of memory");
		return false;
	}
	if (!cedar_set_add_text(set, (struct cedar_str){ text, len })) {
		for (i = 0; i < cedar_set_error_count(set); i++)
			fault_of(&r, cedar_set_error(set, i));
		if (i == 0)
			fault_here(&r, "out of memory");
	}
	for (; !r.failed && cedar_policy(set, r.i, &statement); r.i++) {
		go_to_statement(&r, text, at, statement.offset);
		at = statement.offset;
		read_file_rule(&r);
	}
	cedar_set_free(set);
	return !r.failed;
}

/* The first result that is not RULE_DONE of all; RULE_NO_MEMORY ends it. */
static enum rule_result
hold_all(const struct cedar_schema *schema, struct cedar_set *set, struct cedar_str text,
    policy_file_complain *told, void *with)
{
	enum rule_result all = RULE_DONE, rc;
	size_t i;

	if (schema == NULL || set == NULL || !cedar_set_add_text(set, text))
		return RULE_NO_MEMORY;
	for (i = 0; i < cedar_set_count(set) && all != RULE_NO_MEMORY; i++)
		if ((rc = vocabulary_check(schema, set, i, told, with)) != RULE_DONE)
			all = rc;
	return all;
}

bool
policy_file_known(const char *text, size_t len, policy_file_complain *told, void *with)
{
	struct cedar_schema *schema = vocabulary_new();
	struct cedar_set *set = cedar_set_new(0);
	enum rule_result rc = hold_all(schema, set, (struct cedar_str){ text, len }, told, with);
	struct rule_fault f = { .line = 1, .column = 1, .message = "out of memory" };

	if (rc == RULE_NO_MEMORY)
		told(with, &f);
	cedar_set_free(set);
	vocabulary_free(schema);
	return rc == RULE_DONE;
}

void
policy_file_clear(struct policy_file *file)
{
	size_t i, j;

	for (i = 0; i < file->policies; i++) {
		struct file_policy *p = &file->policy[i];

		for (j = 0; j < p->rules; j++)
			file_rule_clear(&p->rule[j]);
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
	struct file_rule own;
	struct rule_fault f;
	bool ok = policy_file_rule(&own, is->text, &f) == RULE_DONE;

	write_annotation(to, "policy", policy->name);
	if (policy->priority != 0)
		buf_addf(to, "@priority(\"%lld\")\n", (long long)policy->priority);
	if (!policy->enabled)
		write_annotation(to, "enabled", "false");
	if (is->notice != NULL)
		write_annotation(to, "notice", is->notice);
	if (!is->audit_session)
		write_annotation(to, "audit_session", "false");
	buf_adds(to, ok ? own.text : "");
	buf_addc(to, '\n');
	file_rule_clear(&own);
	return ok && !to->failed;
}
