/* SPDX-License-Identifier: MIT */
/* Policies held to a schema: what is refused, where, and with which nearest name; and what schemas are refused. */
#include "config.h"

#include "cedar/cedar.h"
#include "tests/unit/unit.h"

static const char schema_text[] =
    "type Address = { city: String, zip?: Long };\n"
    "entity Org; entity Team in [Org];\n"
    "@ids(\"uuid\") entity Car, Key; @doc(\"x\") @ids(\"name\") entity Part;\n"
    "entity Color enum [\"red\", \"green\"];\n"
    "entity User in [Team] = { name: String, age?: Long, boss?: User, home: Address, nicks: Set<String>,\n"
    "  born: datetime, \"work place\"?: { desk: Long } } tags String;\n"
    "entity Doc in Team { owner: User, readers: Set<User>, color: Color, car: Car, part: Part, @open notes: {} };\n"
    "action all; action see in all;\n"
    "action look, \"look twice\" in [see] appliesTo { principal: User, resource: Doc,\n"
    "  context: { now: datetime, from?: ipaddr, why?: String } };\n"
    "action join in Action::\"all\" appliesTo { principal: [User], resource: [Team] };\n";

struct ground {
	struct cedar_schema *schema;
};

static int
lay_ground(void **state)
{
	static struct ground g;

	g.schema = cedar_schema_new(cedar_str(schema_text));
	*state = &g;
	return g.schema == NULL || cedar_schema_error(g.schema) != NULL;
}

static int
clear_ground(void **state)
{
	struct ground *g = *state;

	cedar_schema_free(g->schema);
	return 0;
}

/* A policy in the conditions of which there is one fault: a message that begins so, at this column; NULL: there is none. */
struct expected {
	const char *conditions, *message, *near;
	unsigned column;
};

#define HEAD "permit(principal,action==Action::\"look\",resource)when{"

static void
hold(const struct cedar_schema *schema, const char *text, const struct expected *e, unsigned before)
{
	struct cedar_set *set = cedar_set_new(0);
	struct cedar_validation *found;
	const struct cedar_error *error;

	assert_non_null(set);
	if (!cedar_set_add_text(set, cedar_str(text)))
		fail_msg("%s: %s", text, cedar_set_error(set, 0)->message);
	found = cedar_validate(schema, set, 0);
	assert_non_null(found);
	error = cedar_validation_error(found, 0);
	if (cedar_validation_count(found) != (e->message != NULL))
		fail_msg("%s: %zu faults, such as %s", text, cedar_validation_count(found),
		    error != NULL ? error->message : "none");
	if (error != NULL) {
		if (strncmp(error->message, e->message, strlen(e->message)) != 0)
			fail_msg("%s: %s", text, error->message);
		assert_string_equal(error->expected, e->near);
		if (error->place.line != 1 || error->place.column != before + e->column)
			fail_msg("%s: in column %u", text, error->place.column - before);
	}
	cedar_validation_free(found);
	cedar_set_free(set);
}

static void
hold_conditions(const struct cedar_schema *schema, const struct expected *e)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), HEAD "%s};", e->conditions);
	hold(schema, text, e, sizeof(HEAD) - 1);
}

static void
conditions_are_held_to_it(void **state)
{
	static const struct expected all[] = {
		/* names */
		{ "principal.nam == \"a\"",
		    "an entity of type `User` has no attribute `nam`; did you mean `name`?", "name",
		    11 },
		{ "principal.Age == 1",
		    "an entity of type `User` has no attribute `Age`; did you mean `age`?", "age",
		    11 },
		{ "context.xyz == 1", "the context has no attribute `xyz`", "", 9 },
		{ "principal.home.town == \"a\"", "a record has no attribute `town`", "", 16 },
		{ "action.x == 1", "an entity of type `Action` has no attribute `x`", "", 8 },
		{ "principal in Tem::\"a\"", "there is no entity type `Tem`; did you mean `Team`?",
		    "Team", 14 },
		{ "(principal) is user", "there is no entity type `user`; did you mean `User`?",
		    "User", 16 },
		{ "action in Action::\"al\"", "there is no action `al`; did you mean `all`?", "all",
		    11 },
		{ "resource.color == Color::\"blue\"", "the schema lists all entities of this type",
		    "", 19 },
		/* ids that nobody has */
		{ "principal in Team::\"Any Id\"", NULL, "", 0 },
		{ "resource.car == Car::\"2489e9ad-2ee2-8e00-8ec9-32d5f69181c0\"", NULL, "", 0 },
		{ "resource.car == Car::\"2489E9AD-2EE2-8E00-8EC9-32D5F69181C0\"",
		    "there can be no such entity: the id of a `Car` is a UUID in lower case; did you mean "
		    "`2489e9ad-2ee2-8e00-8ec9-32d5f69181c0`?",
		    "2489e9ad-2ee2-8e00-8ec9-32d5f69181c0", 17 },
		{ "resource.car == Car::\"2489e9ad2ee28e008ec932d5f69181c0\"",
		    "there can be no such entity: the id of a `Car` is a UUID in lower case", "",
		    17 },
		{ "resource.car == Car::\"my\"", "there can be no such entity: the id of a `Car`",
		    "", 17 },
		{ "resource.part == Part::\"a_1-b\"", NULL, "", 0 },
		{ "resource.part == Part::\"On-Call\"",
		    "there can be no such entity: the id of a `Part` is of lower-case letters",
		    "on-call", 18 },
		{ "resource.part == Part::\"1\"", "there can be no such entity: the id of a `Part`",
		    "", 18 },
		{ "resource.part == Part::\"\"", "there can be no such entity: the id of a `Part`",
		    "", 18 },
		/* what need not be there */
		{ "principal.age == 1",
		    "an entity of type `User` need not have the attribute `age`; test with `has` first",
		    "", 11 },
		{ "principal has age && principal.age == 1", NULL, NULL, 0 },
		{ "principal.age == 1 && principal has age",
		    "an entity of type `User` need not have", "", 11 },
		{ "principal has age || principal.age == 1",
		    "an entity of type `User` need not have", "", 32 },
		{ "if principal has age then principal.age == 1 else false", NULL, NULL, 0 },
		{ "if principal has age then true else principal.age == 1",
		    "an entity of type `User` need not", "", 47 },
		{ "(principal has age && true) && principal.age == 1", NULL, NULL, 0 },
		{ "(principal has age || principal has age) && principal.age == 1", NULL, NULL, 0 },
		{ "principal has boss.age && principal.boss.age == 1", NULL, NULL, 0 },
		{ "principal has boss.age && principal.boss.boss == principal",
		    "an entity of type `User` need not", "", 42 },
		{ "principal has \"work place\" && principal[\"work place\"].desk == 1", NULL, NULL,
		    0 },
		{ "principal has age} when {principal.age == 1", NULL, NULL, 0 },
		{ "principal has age} unless {principal.age == 1", NULL, NULL, 0 },
		{ "true} unless {principal has age} when {principal.age == 1",
		    "an entity of type `User` need not", "", 50 },
		{ "context has from && context.from.isLoopback()", NULL, NULL, 0 },
		{ "principal.hasTag(\"a\") && principal.getTag(\"a\") == \"b\"", NULL, NULL, 0 },
		{ "principal.hasTag(\"a\") && principal.getTag(\"b\") == \"b\"",
		    "this tag need not be there", "", 36 },
		/* types */
		{ "principal.name in [\"a\"] || true",
		    "expected an entity, found a String; whether a set holds", "", 1 },
		{ "principal in principal.nicks",
		    "expected an entity or a set of entities, found a set, each element a String",
		    "", 14 },
		{ "principal.name == 1", "these are never equal: a String and a Long", "", 1 },
		{ "principal.name < \"b\"",
		    "expected a Long, a datetime or a duration, found a String", "", 1 },
		{ "context.now < 1", "expected a datetime, found a Long", "", 15 },
		{ "1 < context.now", "expected a Long, found a datetime", "", 5 },
		{ "principal.name && true", "expected a Bool, found a String", "", 1 },
		{ "true && 1", "expected a Bool, found a Long", "", 9 },
		{ "!principal.born", "expected a Bool, found a datetime", "", 2 },
		{ "1 + principal.name == 2",
		    "expected a Long, found a String; texts cannot be joined", "", 5 },
		{ "principal.home like \"a\"", "expected a String, found a record", "", 1 },
		{ "principal.name has a", "expected an entity or a record, found a String", "", 1 },
		{ "principal.name.a == 1", "expected an entity or a record, found a String", "",
		    1 },
		{ "principal.nicks.contains(1)",
		    "the set never holds it: there are a String and a Long", "", 17 },
		{ "principal.nicks.containsAny(\"a\")",
		    "expected a set, found a String; for a single value", "", 29 },
		{ "resource.readers.containsAll([principal, principal.name]) || true",
		    "the elements of a set have one type", "", 42 },
		{ "principal.name.isEmpty()", "expected a set, found a String", "", 1 },
		{ "(if true then 1 else \"a\") == 1", NULL, NULL, 0 },
		{ "(if principal.name == \"\" then 1 else \"a\") == 1",
		    "both ends of an `if` have one type; here they are a Long and a String", "",
		    2 },
		{ "[] == principal.nicks", "nothing says of what type", "", 1 },
		{ "principal.name.isLoopback()", "expected an IP address, found a String", "", 1 },
		{ "context.now.toDate(1) == context.now", "`toDate` takes no argument", "", 13 },
		/* constructors */
		{ "context.now < datetime(\"2026-13-01\")", "this text is no datetime", "", 24 },
		{ "ip(\"10.0.0.0/33\").isIpv4()", "this text is no IP address or range", "", 4 },
		{ "ip(principal.name).isIpv4()", "`ip` takes a literal", "", 1 },
		{ "duration(\"1h\", \"2h\") < duration(\"3h\")",
		    "`duration` takes exactly one argument", "", 1 },
		/* what is open */
		{ "resource.notes has team && resource.notes.team == \"a\"", NULL, NULL, 0 },
		{ "resource.notes has a.b && resource.notes.a.b > 1", NULL, NULL, 0 },
		{ "resource.notes has a && resource.notes.a.contains(\"x\")", NULL, NULL, 0 },
		{ "resource.notes.team == \"a\"", "a record need not have the attribute `team`", "",
		    16 },
		{ "resource.notes has a && resource.notes.a in Team::\"a\"",
		    "expected an entity, found a value of JSON", "", 25 },
		{ "resource.notes has a && resource.notes.a < context.now",
		    "expected a datetime, found a value of JSON", "", 25 },
		{ "resource.notes has a && resource.notes.a == principal",
		    "these are never equal: a value of JSON and an entity", "", 25 },
		{ "resource.notes has a && resource.notes.a < \"b\"",
		    "expected a Long, a datetime or a duration, found a String", "", 44 },
		{ "resource.notes has a && resource.notes has b && resource.notes.a < resource.notes.b",
		    NULL, NULL, 0 },
		/* never */
		{ "context has whi && context.whi == 1",
		    "this can never apply: there is never an attribute `whi`; did you mean `why`?",
		    "why", 13 },
		{ "principal is Doc && principal.x == 1",
		    "this can never apply: its conditions are never true", "", 0 },
		{ "principal in Org::\"a\"", NULL, NULL, 0 },
		{ "action == Action::\"join\" || true", NULL, NULL, 0 },
		{ "action in Action::\"see\" && action in [Action::\"all\", Action::\"join\"]",
		    NULL, NULL, 0 },
	};
	struct ground *g = *state;
	struct expected e;
	size_t i;

	for (i = 0; i < COUNT_OF(all); i++) {
		e = all[i];
		if (e.column == 0) /* the word `permit` */
			e.column = 1u - (unsigned)(sizeof(HEAD) - 1);
		hold_conditions(g->schema, &e);
	}
}

static void
heads_are_held_to_it(void **state)
{
	static const struct expected all[] = {
		{ "permit (principal, action, resource);", NULL, NULL, 0 },
		{ "permit (principal == User::\"a\", action in [Action::\"look twice\"], resource in Org::\"a\");",
		    NULL, NULL, 0 },
		{ "permit (principal is Usr, action, resource);",
		    "there is no entity type `Usr`; did you mean `User`?", "User", 22 },
		{ "permit (principal, action == Action::\"Look\", resource);",
		    "there is no action `Look`; did you mean `look`?", "look", 30 },
		{ "permit (principal, action in [Action::\"look\", Action::\"lok\"], resource);",
		    "there is no action `lok`", "look", 47 },
		{ "permit (principal, action, resource in (Dok::\"a\"));",
		    "there is no entity type `Dok`; did you mean `Doc`?", "Doc", 40 },
		{ "permit (principal == Team::\"a\", action, resource);",
		    "this can never apply: no principal is such an entity; did you mean `in`?", "",
		    22 },
		{ "permit (principal, action == Action::\"look\", resource == Org::\"a\");",
		    "this can never apply: no resource is such an entity; did you mean `in`?", "",
		    58 },
		{ "@permit @a(\"forbid\") forbid (principal, action == Action::\"join\", resource is Doc);",
		    "this can never apply: no action has such", "", 22 },
		{ "permit (principal, action in [], resource);",
		    "this can never apply: its list of actions is empty", "", 1 },
		{ "permit (principal, action == Action::\"all\", resource);",
		    "this can never apply: no action has such", "", 1 },
		{ "permit (principal, action, resource) when { resource.owner == principal };",
		    "where the action is `join`: an entity of type `Team` has no attribute `owner`",
		    "", 54 },
	};
	struct ground *g = *state;
	size_t i;

	for (i = 0; i < COUNT_OF(all); i++)
		hold(g->schema, all[i].conditions, &all[i], 0);
}

/* As many of them as fit. */
static size_t
repeat(char *text, size_t room, size_t len, size_t times, const char *before, const char *behind)
{
	size_t i;

	for (i = 0; i < times; i++)
		len += (size_t)snprintf(text + len, room - len, "%s%zu%s", before, i, behind);
	assert_true(len < room);
	return len;
}

/* A long chain of tests, and of other ends of an `if`, is no recursion. */
static void
long_policies_are_held_to_it(void **state)
{
	static char text[1 << 18];
	const struct expected fine = { .message = NULL };
	struct ground *g = *state;
	size_t len = strlen(HEAD "true");

	memcpy(text, HEAD "true", len + 1);
	len = repeat(text, sizeof(text), len, 2000, " && resource.notes has b", "");
	len += (size_t)snprintf(text + len, sizeof(text) - len,
	    "}when{if principal has age then true");
	len = repeat(text, sizeof(text), len, 2000, " else if resource.notes.b", " == 1 then true");
	(void)snprintf(text + len, sizeof(text) - len, " else false};");
	hold(g->schema, text, &fine, 0);
}

static void
schemas_are_refused(void **state)
{
	static const struct {
		const char *text, *message;
		unsigned column;
	} all[] = {
		{ "entity A; entity A;", "the name `A` is taken", 18 },
		{ "entity Long;", "the name `Long` is taken", 8 },
		{ "entity A = { a: Strng };", "there is no type `Strng`", 17 },
		{ "entity Team; entity A in [Tem];", "there is no type `Tem`; did you mean `Team`?",
		    27 },
		{ "entity A = { a: Long, a: Long };", "the attribute `a` is there already", 23 },
		{ "entity A = { a Long };", "expected `?` or `:`, found the word `Long`", 16 },
		{ "type A = { b: B }; type B = Set<A>;", "the type `A` is made of itself", 33 },
		{ "type A = Set<Long;", "expected `>`, found `;`", 18 },
		{ "action a; action a;", "the name `a` is taken", 18 },
		{ "action a in b;", "there is no action `b`", 13 },
		{ "entity A; action a appliesTo { principal: A };",
		    "an action that applies to anything has both", 45 },
		{ "entity A; action a appliesTo { principal: A, resource: A, context: Long };",
		    "a context is a record", 68 },
		{ "namespace A {}", "expected a declaration without a namespace", 1 },
		{ "entity A", "expected `;`, found the end of the text", 9 },
		{ "@ids(\"uid\") entity A;", "expected `\"uuid\"` or `\"name\"`", 6 },
		{ "@ids(uuid) entity A;", "expected a string", 6 },
		{ "entity A enum [1];", "expected a string that is an id", 16 },
		{ "Entity A;", "expected a declaration: `entity`, `action` or `type`", 1 },
		{ "entity A = { a: \xff };", "the text is not valid UTF-8 here", 17 },
	};
	const struct cedar_error *error;
	struct cedar_schema *schema;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(all); i++) {
		schema = cedar_schema_new(cedar_str(all[i].text));
		assert_non_null(schema);
		if ((error = cedar_schema_error(schema)) == NULL)
			fail_msg("%s: taken", all[i].text);
		else if (strncmp(error->message, all[i].message, strlen(all[i].message)) != 0 ||
		    error->place.column != all[i].column)
			fail_msg("%s: %u: %s", all[i].text, error->place.column, error->message);
		cedar_schema_free(schema);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_are_held_to_it),
		cmocka_unit_test(heads_are_held_to_it),
		cmocka_unit_test(long_policies_are_held_to_it),
		cmocka_unit_test(schemas_are_refused),
	};

	return cmocka_run_group_tests(tests, lay_ground, clear_ground);
}
