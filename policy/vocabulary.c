/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cedar/cedar.h"
#include "policy/vocabulary.h"

/* policy/grantd.cedarschema as a string literal, made by the build. */
static const char text[] =
#include "policy/schema_text.inc"
    ;

struct cedar_schema *
vocabulary_new(void)
{
	struct cedar_schema *schema = cedar_schema_new(
	    (struct cedar_str){ text, sizeof(text) - 1 });

	if (schema != NULL && cedar_schema_error(schema) != NULL) {
		log_error("the schema of policies is none: line %u: %s",
		    cedar_schema_error(schema)->place.line, cedar_schema_error(schema)->message);
		cedar_schema_free(schema);
		return NULL;
	}
	return schema;
}

void
vocabulary_free(struct cedar_schema *schema)
{
	cedar_schema_free(schema);
}

static int
compare_places(const void *a, const void *b)
{
	const struct cedar_error *x = *(const struct cedar_error *const *)a,
				 *y = *(const struct cedar_error *const *)b;

	return (x->place.offset > y->place.offset) - (x->place.offset < y->place.offset);
}

static void
tell(const struct cedar_error *e, vocabulary_complain *told, void *with)
{
	struct rule_fault f = { .line = e->place.line, .column = e->place.column };

	(void)snprintf(f.expected, sizeof(f.expected), "%s", e->expected);
	(void)snprintf(f.message, sizeof(f.message), "%s", e->message);
	told(with, &f);
}

/* False without memory. */
static bool
tell_all(const struct cedar_validation *found, vocabulary_complain *told, void *with)
{
	size_t n = cedar_validation_count(found), i;
	const struct cedar_error **errors = calloc(n, sizeof(struct cedar_error *));

	if (errors == NULL)
		return false;
	for (i = 0; i < n; i++)
		errors[i] = cedar_validation_error(found, i);
	qsort(errors, n, sizeof(struct cedar_error *), compare_places);
	for (i = 0; i < n; i++)
		tell(errors[i], told, with);
	free(errors);
	return true;
}

enum rule_result
vocabulary_check(const struct cedar_schema *schema, const struct cedar_set *set, size_t i,
    vocabulary_complain *told, void *with)
{
	struct cedar_validation *found = cedar_validate(schema, set, i);
	enum rule_result rc = RULE_DONE;

	if (found == NULL)
		return RULE_NO_MEMORY;
	if (cedar_validation_count(found) > 0)
		rc = tell_all(found, told, with) ? RULE_REFUSED : RULE_NO_MEMORY;
	cedar_validation_free(found);
	return rc;
}

/* Keeps the first. */
static void
keep_first(void *with, const struct rule_fault *f)
{
	struct rule_fault *first = with;

	if (first->line == 0)
		*first = *f;
}

enum rule_result
rule_known(const struct rule *rule, struct rule_fault *fault)
{
	struct cedar_schema *schema = vocabulary_new();
	enum rule_result rc = RULE_NO_MEMORY;

	*fault = (struct rule_fault){ .line = 0 };
	if (schema != NULL)
		rc = vocabulary_check(schema, rule->set, 0, keep_first, fault);
	vocabulary_free(schema);
	return rc;
}

enum rule_result
rule_text_known(const struct cedar_schema *schema, const char *rule_text, struct rule_fault *fault)
{
	struct rule rule;
	enum rule_result rc = rule_read(&rule, rule_text, strlen(rule_text), fault);

	if (rc == RULE_DONE) {
		*fault = (struct rule_fault){ .line = 0 };
		rc = vocabulary_check(schema, rule.set, 0, keep_first, fault);
	}
	rule_clear(&rule);
	return rc;
}
