/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_FILE_H
#define GRANTD_POLICY_FILE_H

#include "base/buf.h"
#include "db/policy.h"
#include "policy/rule.h"

/*
 * Policies as a text of Cedar statements, to be kept and reviewed like source. Annotations say what Cedar has no word for:
 *
 *	@policy("name")			the policy that the rule belongs to; else the one named by whoever reads
 *	@priority("10")			of its policy, 0 unless any of its rules says so
 *	@enabled("false")		its policy is not in force, likewise
 *	@notice("...")			what callers are told
 *	@audit_session("false")		true unless said
 *
 * They are taken out of the rules' texts, which come out as they are made of parts (policy/rule_text.h): so two statements
 * that differ in blanks and comments alone are the same rule. Other annotations, such as @id, stay.
 */
struct file_rule {
	char *text;   /* owned, as all here */
	char *id;     /* what its @id says; NULL: none */
	char *notice; /* NULL: none */
	bool audit_session;
	unsigned line; /* where it stands */
};

struct file_policy {
	char *name; /* owned */
	int64_t priority;
	bool has_priority;
	bool enabled;
	struct file_rule *rule; /* in the order of the text */
	size_t rules;
};

struct policy_file {
	struct file_policy *policy; /* in the order of their first rules */
	size_t policies;
};

#define POLICY_FILE_EMPTY \
	{ \
		.policy = NULL, .policies = 0 \
	}

/* Told of each fault, in the order of the text. */
typedef void policy_file_complain(void *with, const struct rule_fault *);

/* Read a text. False: there were faults, or memory ran out (then the last fault says so). policy_file_clear() in any case. */
MUST_CHECK bool policy_file_read(struct policy_file *, const char *text, size_t len,
    const char *name, policy_file_complain *, void *with);
void policy_file_clear(struct policy_file *);

/* Hold the rules of such a text to what they can speak of (policy/vocabulary.h). False as above. */
MUST_CHECK bool policy_file_known(const char *text, size_t len, policy_file_complain *, void *with);

/* Write one rule as such a text has it, with what it says of its policy. False: the rule does not parse, or no memory. */
MUST_CHECK bool policy_file_write(struct buf *, const struct policy_settings *policy,
    const struct rule_settings *rule);

/*
 * What a stored rule's text is in a file, to compare it with a rule of one: the text and the id, and nothing else. Clear it
 * in any case; it is empty but after RULE_DONE.
 */
MUST_CHECK enum rule_result policy_file_rule(struct file_rule *rule, const char *text,
    struct rule_fault *);
void file_rule_clear(struct file_rule *);

#endif
