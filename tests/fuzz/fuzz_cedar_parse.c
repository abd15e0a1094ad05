/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as policy text.  What is refused says where and why.  What is
 * accepted is printed, parsed and printed again as the same; decides the same
 * with the index as when every policy is asked; and is held to a schema, where
 * what is wrong has a place, too.
 */
#include "config.h"

#include "fuzz.h"

#include "cedar/request.h"

#define MEMORY_MAX ((size_t)8 << 20)

static void
check_error(const struct cedar_error *error, size_t size)
{
	HOLDS(error->place.offset + error->place.len <= size);
	HOLDS(error->place.line >= 1 && error->place.column >= 1);
	HOLDS(error->message[0] != '\0' && strlen(error->message) < 1024);
}

/* The policy printed; printed again from what was printed it is the same. */
static void
check_format(const struct cedar_set *set, size_t policy)
{
	size_t len, again_len;
	char *text = cedar_policy_format(set, policy, &len), *again;
	struct cedar_set *second = cedar_set_new(MEMORY_MAX);

	HOLDS(text != NULL && second != NULL);
	HOLDS(cedar_set_add(second, cedar_str("again"), (struct cedar_str){ text, len }));
	again = cedar_policy_format(second, 0, &again_len);
	HOLDS(again != NULL && again_len == len && memcmp(text, again, len) == 0);
	free(again);
	free(text);
	cedar_set_free(second);
}

static void
build(struct cedar_request *rq, const struct cedar_set *set)
{
	struct cedar_entity *principal, *group, *action;
	struct cedar_record *r;

	cedar_request_begin(rq, set);
	principal = cedar_entity(rq, cedar_str("U"), cedar_str("a"));
	group = cedar_entity(rq, cedar_str("G"), cedar_str("g1"));
	action = cedar_entity(rq, cedar_str("Action"), cedar_str("v"));
	cedar_entity_parent(principal, group);
	cedar_entity_parent(group, cedar_entity(rq, cedar_str("G"), cedar_str("g2")));
	cedar_entity_parent(action, cedar_entity(rq, cedar_str("Action"), cedar_str("grp")));
	r = cedar_entity_attributes(principal);
	cedar_put_long(r, cedar_str("n"), 1);
	cedar_put_string(r, cedar_str("s"), cedar_str("a*b"));
	cedar_put_entity(r, cedar_str("ent"), group);
	cedar_put_string(cedar_entity_tags(principal), cedar_str("t"), cedar_str("v"));
	r = cedar_request_context(rq);
	cedar_put_bool(r, cedar_str("t"), true);
	cedar_put_bool(r, cedar_str("f"), false);
	cedar_put_long(r, cedar_str("i"), 1);
	cedar_put_ip(r, cedar_str("ip"), cedar_str("10.0.0.1"));
	cedar_put_datetime(r, cedar_str("now"), 0);
	cedar_put_long(cedar_put_record(r, cedar_str("rec")), cedar_str("a"), 1);
	cedar_request_principal(rq, principal);
	cedar_request_action(rq, action);
	cedar_request_resource(rq, cedar_entity(rq, cedar_str("R"), cedar_str("r")));
}

static void
check_message(const struct cedar_request *rq, const struct cedar_failure *failure)
{
	char text[64];
	struct cedar_place place;

	cedar_failure_message(rq, failure, &place, text, sizeof(text));
	HOLDS(text[0] != '\0' && place.line >= 1);
}

static void
check_decision(const struct cedar_set *set)
{
	static struct cedar_request *rq;
	struct cedar_result indexed, all;
	size_t i;

	if (rq == NULL)
		rq = cedar_request_new(MEMORY_MAX);
	build(rq, set);
	if (!cedar_authorize(rq, 0, SIZE_MAX, &indexed))
		return;
	/* Ask every policy: whoever is no candidate must not apply. */
	for (i = 0; i < set->count; i++)
		rq->candidates[i / 64] |= UINT64_C(1) << i % 64;
	if (!cedar_authorize(rq, 0, SIZE_MAX, &all))
		return;
	HOLDS(indexed.decision == all.decision &&
	    indexed.determining_count == all.determining_count &&
	    indexed.failure_count == all.failure_count);
	for (i = 0; i < all.determining_count; i++)
		HOLDS(indexed.determining[i] == all.determining[i]);
	for (i = 0; i < all.failure_count; i++) {
		HOLDS(indexed.failures[i].policy == all.failures[i].policy);
		check_message(rq, &all.failures[i]);
	}
}

/* Much of what the corpus speaks of, and what build() puts there. */
static const struct cedar_schema *
schema(void)
{
	static struct cedar_schema *made;

	if (made == NULL)
		made = cedar_schema_new(cedar_str(
		    "entity G in [G]; entity R; entity C enum [\"a\"];\n"
		    "entity U in G { n?: Long, s: String, ent: G, m?: { a?: { b: Bool } }, @open o: {} } tags String;\n"
		    "action grp; action v in grp appliesTo { principal: [U, G], resource: [R, U], context:\n"
		    "{ t: Bool, f?: Bool, i: Long, ip?: ipaddr, now: datetime, d: decimal, rec: { a: Long }, l: Set<Long> } };\n"));
	HOLDS(made != NULL && cedar_schema_error(made) == NULL);
	return made;
}

static void
check_validation(const struct cedar_set *set, size_t policy, size_t size)
{
	struct cedar_validation *found = cedar_validate(schema(), set, policy);
	size_t i;

	HOLDS(found != NULL);
	for (i = 0; i < cedar_validation_count(found); i++)
		check_error(cedar_validation_error(found, i), size);
	cedar_validation_free(found);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cedar_set *set = cedar_set_new(MEMORY_MAX);
	char *text = fuzz_text(data, size);
	size_t i;

	HOLDS(set != NULL);
	if (cedar_set_add_text(set, (struct cedar_str){ text, size })) {
		HOLDS(cedar_set_error_count(set) == 0);
		for (i = 0; i < cedar_set_count(set); i++) {
			check_format(set, i);
			check_validation(set, i, size);
		}
		if (cedar_set_seal(set))
			check_decision(set);
	} else {
		HOLDS(cedar_set_error_count(set) > 0 && !cedar_set_seal(set));
		for (i = 0; i < cedar_set_error_count(set); i++)
			check_error(cedar_set_error(set, i), size);
	}
	cedar_set_free(set);
	free(text);
	return 0;
}
