/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as entities in JSON, and what follows the first 0xff as a context.
 * What is refused says why; what is accepted is used by policies that look at
 * all of it.
 */
#include "config.h"

#include "fuzz.h"

#include "cedar/cedar.h"

#define MEMORY_MAX ((size_t)8 << 20)

static const char policies[] =
    "permit (principal, action, resource) when { principal in G::\"g\" && principal.a == context.a };"
    "permit (principal is U in G::\"g\", action in Action::\"grp\", resource);"
    "forbid (principal, action, resource) when { principal has a.b && context.s.contains(principal.a) };"
    "permit (principal, action, resource) when { context.d < principal.d || context.ip.isInRange(principal.ip) };"
    "permit (principal, action, resource) when { principal.hasTag(\"t\") && principal.getTag(\"t\") == resource.getTag(\"t\") };"
    "permit (principal, action, resource) when { {a: context} == principal.r || principal.s.containsAll(context.s) };"
    "permit (principal, action, resource) when { context.e in principal.s || context.e in context.e.p };";

static const struct cedar_set *
the_set(void)
{
	static struct cedar_set *set;

	if (set == NULL) {
		set = cedar_set_new(0);
		HOLDS(set != NULL && cedar_set_add_text(set, cedar_str(policies)) &&
		    cedar_set_seal(set));
	}
	return set;
}

static void
check_decision(struct cedar_request *rq)
{
	struct cedar_result result;
	char text[128];
	size_t i;

	if (!cedar_authorize(rq, 0, SIZE_MAX, &result))
		return;
	HOLDS(result.undetermined_count == 0);
	HOLDS(result.decision == CEDAR_DENY || result.determining_count > 0);
	for (i = 0; i < result.failure_count; i++) {
		cedar_failure_message(rq, &result.failures[i], NULL, text, sizeof(text));
		HOLDS(text[0] != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cedar_request *rq;
	char *text = fuzz_text(data, size), *cut = memchr(text, 0xff, size);
	struct cedar_str entities = { text, cut != NULL ? (size_t)(cut - text) : size };
	bool good;

	if (rq == NULL)
		rq = cedar_request_new(MEMORY_MAX);
	cedar_request_begin(rq, the_set());
	cedar_request_principal(rq, cedar_entity(rq, cedar_str("U"), cedar_str("a")));
	cedar_request_action(rq, cedar_entity(rq, cedar_str("Action"), cedar_str("v")));
	cedar_request_resource(rq, cedar_entity(rq, cedar_str("R"), cedar_str("r")));
	good = cedar_request_entities_json(rq, entities);
	if (good && cut != NULL)
		good = cedar_request_context_json(rq,
		    (struct cedar_str){ cut + 1, size - entities.len - 1 });
	HOLDS(good == (cedar_request_fault(rq) == NULL));
	if (good)
		check_decision(rq);
	free(text);
	return 0;
}
