/* SPDX-License-Identifier: MIT */
/* Any bytes as a schema: what is refused says where and why, and against what is taken a policy can be held. */
#include "config.h"

#include "fuzz.h"

#include "cedar/cedar.h"

static const char policy[] =
    "permit (principal in G::\"g\", action, resource is R) when { principal has a.b && principal.a.b == context.c "
    "&& resource.hasTag(\"t\") && resource.getTag(\"t\") like \"*\" && [context.c].contains(principal.d) };";

static void
check_policy(const struct cedar_schema *schema)
{
	struct cedar_set *set = cedar_set_new(0);
	struct cedar_validation *found;

	HOLDS(set != NULL && cedar_set_add_text(set, cedar_str(policy)));
	found = cedar_validate(schema, set, 0);
	HOLDS(found != NULL);
	cedar_validation_free(found);
	cedar_set_free(set);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct cedar_schema *schema = cedar_schema_new((struct cedar_str){ text, size });
	const struct cedar_error *error;

	HOLDS(schema != NULL);
	if ((error = cedar_schema_error(schema)) == NULL) {
		check_policy(schema);
	} else {
		HOLDS(error->place.offset + error->place.len <= size);
		HOLDS(error->place.line >= 1 && error->place.column >= 1);
		HOLDS(error->message[0] != '\0' && strlen(error->message) < 1024);
	}
	cedar_schema_free(schema);
	free(text);
	return 0;
}
