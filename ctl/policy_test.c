/* SPDX-License-Identifier: MIT */
/* grantctl policy test: evaluates cases, each a question with the expected answer, before or after policies are applied. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/json_strict.h"
#include "base/time_text.h"
#include "ctl/commands.h"
#include "ctl/engine/session.h"
#include "ctl/policy_guarded.h"
#include "ctl/policy_input.h"
#include "db/policy_load.h"
#include "policy/question.h"

#define CASE_DEPTH 32

static enum status policy_test(struct ctl *);

static const struct option test_options[] = {
	{ .name = "policies", .value = "FILE", .type = VALUE_FILE, .help = "the policies to test" },
	{ .name = "tenant",
	    .value = "UUID",
	    .type = VALUE_UUID,
	    .help = "or those in force of this tenant" },
	{ .name = "failing-forbid",
	    .value = "WORD",
	    .type = VALUE_WORD,
	    .words = failing_forbid_words,
	    .help =
		"what a forbid does that fails, as in grantctl tenant set; default: what it does in the tenant, or passes" },
	OPTIONS_END,
};

const struct command cmd_policy_test = {
	.name = "policy test",
	.summary = "Evaluate a file of cases, and compare with what they expect",
	.help =
	    "FILE has one JSON object on each line; empty lines and lines that begin with // are skipped.\n"
	    "Its members: name (optional), the question as EvaluatePolicies takes it (principal, action, grant,\n"
	    "context), decision (\"allow\" or \"deny\"), and notices (optional, an array, in order).\n"
	    "Rules that fail in evaluation are told, with the reason; they do not fail the case.",
	.options = test_options,
	.operand = { .value = "FILE", .type = VALUE_FILE, .help = "the cases" },
	.needs = NEEDS_OWNER,
	.run = policy_test,
};

/* A rule of a file, and the policy that it belongs to; a rule of a set is known by its number here. */
struct numbered_rule {
	const struct file_policy *policy;
	const struct file_rule *rule;
};

struct test {
	struct ctl *c;
	struct uuid tenant, key;
	struct policy_file file;
	struct numbered_rule *rule; /* of the file; NULL: the rules are the tenant's */
	struct policy_set *set;
	struct decider *decider;
	int64_t now;
	unsigned line;
	int passed, failed;
};

/* ---- the policies of a file, compiled ---- */

/* Higher priorities first; equal ones in the file's order. */
static size_t *
order_of(const struct policy_file *file)
{
	size_t *order = calloc(file->policies > 0 ? file->policies : 1, sizeof(*order)), i, j;

	for (i = 0; order != NULL && i < file->policies; i++) {
		for (j = i; j > 0 && file->policy[order[j - 1]].priority < file->policy[i].priority;
		     j--)
			order[j] = order[j - 1];
		order[j] = i;
	}
	return order;
}

/* A set needs an id for each rule; here it is the rule's number. */
static struct uuid
numbered(size_t n)
{
	struct uuid u = { .octet = { 0 } };
	size_t i;

	for (i = 0; i < sizeof(n); i++)
		u.octet[15 - i] = (uint8_t)(n >> (8 * i));
	return u;
}

/* The rules in the order of asking, and whose they are. */
static size_t
number_rules(struct test *t, const size_t *order, struct policy_rule *rule)
{
	size_t count = 0, i, j;

	for (i = 0; i < t->file.policies; i++) {
		const struct file_policy *p = &t->file.policy[order[i]];

		for (j = 0; p->enabled && j < p->rules; j++, count++) {
			t->rule[count] = (struct numbered_rule){ p, &p->rule[j] };
			rule[count] = (struct policy_rule){
				.priority = p->priority,
				.id = numbered(count),
				.text = p->rule[j].text,
				.notice = p->rule[j].notice,
				.audit_session = p->rule[j].audit_session,
			};
		}
	}
	return count;
}

static enum outcome
compile_file(struct test *t)
{
	size_t *order = order_of(&t->file), n = 1, i;
	struct policy_rule *rule;
	enum outcome rc = UNAVAILABLE;

	for (i = 0; i < t->file.policies; i++)
		n += t->file.policy[i].rules;
	rule = calloc(n, sizeof(*rule));
	t->rule = calloc(n, sizeof(*t->rule));
	if (order != NULL && rule != NULL && t->rule != NULL)
		rc = policy_set_compile_list(rule, number_rules(t, order, rule), false, NULL,
		    &t->set);
	free(order);
	free(rule);
	return rc;
}

static bool
refuse_set(struct test *t, enum outcome rc)
{
	(void)session_refuse(t->c,
	    rc == UNAVAILABLE ? "out of memory" : "these policies cannot be asked");
	return false;
}

static bool
take_file(struct test *t, const char *path)
{
	enum outcome rc;

	t->now = time_now();
	if (!input_policies(t->c, path, &t->file))
		return false;
	rc = compile_file(t);
	return rc == DONE || refuse_set(t, rc);
}

static bool
take_stored(struct test *t)
{
	struct policy_rules rules = POLICY_RULES_EMPTY;
	struct tenant tenant = TENANT_EMPTY;
	enum outcome rc;
	bool ok;

	session_begin(t->c, DB_READ_ONLY, &t->tenant, &tenant);
	db_policy_load(t->c->db, &t->tenant, &rules);
	rc = db_commit(t->c->db);
	ok = session_tenant(t->c, rc, &t->tenant, &tenant);
	t->now = rules.now;
	if (ok && (rc = policy_set_compile(&rules, NULL, &t->set)) != DONE)
		ok = refuse_set(t, rc);
	policy_rules_clear(&rules);
	tenant_clear(&tenant);
	return ok;
}

/* ---- cases ---- */

/* The member, which is described, or NULL. */
static struct json_object *
member(struct json_object *test, const char *name)
{
	struct json_object *value = NULL;

	(void)json_object_object_get_ex(test, name, &value);
	return value;
}

/* Where a line about a case begins. */
static void
print_case(const struct test *t, struct json_object *test)
{
	const char *name = json_object_get_string(member(test, "name"));

	(void)printf("line %u%s%s: ", t->line, name != NULL ? ", " : "", name != NULL ? name : "");
}

static void
fail_case(struct test *t, struct json_object *test, const char *what, const char *detail)
{
	t->failed++;
	print_case(t, test);
	(void)printf("%s%s\n", what, detail);
}

static void
fail_member(struct test *t, const struct body_fault *f)
{
	t->failed++;
	(void)printf("line %u: %s: expected %s\n", t->line, f->member, f->expected);
}

/* The notices of a decision, in order and once each. NULL: out of memory. */
static struct json_object *
notices_of(const struct decision *d)
{
	struct json_object *list = json_object_new_array();
	size_t i, j;

	for (i = 0; list != NULL && i < d->rules; i++) {
		bool told = d->rule[i]->notice == NULL;

		for (j = 0; !told && j < i; j++)
			told = d->rule[j]->notice != NULL &&
			    strcmp(d->rule[j]->notice, d->rule[i]->notice) == 0;
		if (!told)
			json_object_array_add(list, json_object_new_string(d->rule[i]->notice));
	}
	return list;
}

/* As whoever wrote it knows it: by its @id or its line, and its policy; of a tenant's, by its id. */
static void
print_rule_name(const struct test *t, const struct policy_info *rule)
{
	const struct numbered_rule *n;
	char id[UUID_TEXT_LEN + 1];

	if (t->rule == NULL) {
		uuid_print(&rule->id, id);
		(void)printf("%s", id);
		return;
	}
	n = &t->rule[rule - t->set->info];
	if (n->rule->id != NULL)
		(void)printf("\"%s\" of policy \"%s\"", n->rule->id, n->policy->name);
	else
		(void)printf("in line %u, of policy \"%s\",", n->rule->line, n->policy->name);
}

static bool
determined(const struct decision *d, const struct policy_info *rule)
{
	size_t i = 0;

	while (i < d->rules && d->rule[i] != rule)
		i++;
	return i < d->rules;
}

/* Rules that failed: they are faults, but what the case expects may be so all the same. */
static void
print_failures(const struct test *t, struct json_object *test, const struct decision *d)
{
	size_t i;

	for (i = 0; i < d->failures; i++) {
		const struct policy_info *rule = d->failed[i];

		print_case(t, test);
		(void)printf("the %s ", rule->forbid ? "forbid" : "permit");
		print_rule_name(t, rule);
		(void)printf(" %s: %s\n",
		    d->over_budget && i + 1 == d->failures ? "was being asked" :
			determined(d, rule)                ? "failed, and so denies" :
							     "failed, and took no part",
		    decision_failure(t->decider, i));
	}
}

static void
compare(struct test *t, struct json_object *test, const struct decision *d)
{
	const char *verdict = d->verdict == VERDICT_ALLOWED ? "allow" : "deny";
	struct json_object *notices = member(test, "notices"), *got = notices_of(d);

	if (d->fault)
		fail_case(t, test, "out of memory", "");
	else if (d->over_budget)
		fail_case(t, test, "the policies take too many steps", "");
	else if (strcmp(verdict, json_object_get_string(member(test, "decision"))) != 0)
		fail_case(t, test, "the decision is ", verdict);
	else if (notices != NULL && !json_object_equal(notices, got))
		fail_case(t, test, "the notices are ", json_object_to_json_string(got));
	else
		t->passed++;
	json_object_put(got);
}

/* Whoever asks has the key `key` without roles, unless the case says else. */
static void
run_case(struct test *t, struct json_object *test)
{
	struct asked a = ASKED_EMPTY;
	struct body_fault f;
	struct decision d;
	enum outcome rc;

	if (!body_check(&question_case, test, &f)) {
		fail_member(t, &f);
		return;
	}
	a.question = (struct policy_question){
		.tenant = &t->tenant,
		.key = &t->key,
		.key_name = "",
		.roles = "",
		.request_id = "test",
		.now = t->now,
	};
	rc = asked_read(&a, test, &f);
	if (rc != DONE) {
		fail_case(t, test, "out of memory", "");
	} else if (f.member[0] != '\0') {
		fail_member(t, &f);
	} else {
		policy_decide(t->decider, t->set, &a.question, &d);
		print_failures(t, test, &d);
		compare(t, test, &d);
	}
	asked_clear(&a);
}

static void
run_line(struct test *t, const char *line, size_t len)
{
	struct json_object *test = NULL;
	struct json_fault f;
	size_t blank = strspn(line, " \t\r");

	if (blank >= len || strncmp(line + blank, "//", 2) == 0)
		return;
	if (json_strict_parse(line, len, CASE_DEPTH, &test, &f))
		run_case(t, test);
	else
		fail_case(t, NULL, "this is no JSON", "");
	json_object_put(test);
}

static enum status
run_cases(struct test *t)
{
	struct buf text = BUF_EMPTY;
	const char *line;
	size_t len;
	bool ok = input_text(t->c, t->c->args.operand.text, &text);

	for (line = buf_text(&text); ok && *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		t->line++;
		run_line(t, line, len);
	}
	if (ok)
		(void)printf("%d passed, %d failed\n", t->passed, t->failed);
	buf_clear(&text);
	return ok && t->failed == 0 && t->passed > 0 ? STATUS_DONE : STATUS_REFUSED;
}

static enum status
policy_test(struct ctl *c)
{
	struct test t = { .c = c };
	const char *path = args_text(&c->args, "policies");
	const struct uuid *tenant = args_uuid(&c->args, "tenant");
	const int64_t *failing = args_number(&c->args, "failing-forbid");
	enum status st = STATUS_REFUSED;

	if ((path != NULL) == (tenant != NULL)) {
		(void)args_fault(&c->args, "either --policies or --tenant says which policies");
		return STATUS_USAGE;
	}
	if (tenant != NULL)
		t.tenant = *tenant;
	t.decider = decider_new();
	if (t.decider == NULL)
		return session_refuse(c, "out of memory");
	if (path != NULL ? take_file(&t, path) : take_stored(&t)) {
		if (failing != NULL)
			t.set->failing_forbid_denies = *failing != 0;
		st = run_cases(&t);
	}
	policy_set_free(t.set);
	free(t.rule);
	policy_file_clear(&t.file);
	decider_free(t.decider);
	return st;
}
