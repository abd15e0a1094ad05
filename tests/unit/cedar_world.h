/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_CEDAR_WORLD_H
#define GRANTD_TESTS_CEDAR_WORLD_H

#include "unit.h"

#include "cedar/cedar.h"

#define S(text) cedar_str(text)

/* A request, and a set that a test puts here to be freed. A test's *state. */
struct world {
	struct cedar_request *rq;
	struct cedar_set *set;
	struct cedar_result result;
};

static inline int
set_up_world(void **state)
{
	static struct world w;

	w = (struct world){ .rq = cedar_request_new(0) };
	*state = &w;
	return w.rq == NULL;
}

static inline int
tear_down_world(void **state)
{
	struct world *w = *state;

	cedar_request_free(w->rq);
	cedar_set_free(w->set);
	return 0;
}

/* The policies of a text, sealed; the test fails where they do not parse. */
static inline struct cedar_set *
compiled(const char *text)
{
	struct cedar_set *set = cedar_set_new(0);

	assert_non_null(set);
	if (!cedar_set_add_text(set, S(text)))
		fail_msg("%s: %s", text, cedar_set_error(set, 0)->message);
	assert_true(cedar_set_seal(set));
	return set;
}

/* A question about User::"alice", Action::"view" and Doc::"plan", with what most tests need around them. */
static inline void
begin_world(struct cedar_request *rq, const struct cedar_set *set)
{
	static const struct cedar_str roles[] = { { "writer", 6 }, { "reader", 6 },
		{ "writer", 6 } };
	struct cedar_entity *alice, *team, *view, *plan;
	struct cedar_record *r;

	cedar_request_begin(rq, set);
	alice = cedar_entity(rq, S("User"), S("alice"));
	team = cedar_entity(rq, S("Team"), S("a"));
	cedar_entity_parent(alice, team);
	cedar_entity_parent(team, cedar_entity(rq, S("Org"), S("o")));
	r = cedar_entity_attributes(alice);
	cedar_put_string(r, S("name"), S("Alice"));
	cedar_put_long(r, S("level"), 7);
	cedar_put_strings(r, S("roles"), roles, 3);
	cedar_put_entity(r, S("boss"), cedar_entity(rq, S("User"), S("bob")));
	cedar_put_string(cedar_entity_tags(alice), S("color"), S("red"));
	view = cedar_entity(rq, S("Action"), S("view"));
	cedar_entity_parent(view, cedar_entity(rq, S("Action"), S("read")));
	plan = cedar_entity(rq, S("Doc"), S("plan"));
	r = cedar_entity_attributes(plan);
	cedar_put_bool(r, S("secret"), true);
	cedar_put_string(cedar_put_record(r, S("metadata")), S("kind"), S("text"));
	r = cedar_request_context(rq);
	cedar_put_ip(r, S("source_ip"), S("192.0.2.7"));
	cedar_put_datetime(r, S("now"), INT64_C(1704067200000));
	cedar_put_duration(r, S("age"), 3600000);
	cedar_request_principal(rq, alice);
	cedar_request_action(rq, view);
	cedar_request_resource(rq, plan);
}

#endif
