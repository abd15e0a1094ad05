/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "http/prefer.h"

static void
known_values(void **state)
{
	static const struct {
		const char *value;
		bool minimal;
	} table[] = {
		{ NULL, false },
		{ "", false },
		{ " ", false },
		{ ",", false },
		{ "return=minimal", true },
		{ "return=\"minimal\"", true },
		{ "Return=Minimal", true },
		{ "RETURN = minimal", true },
		{ "  return=minimal  ", true },
		{ "return=representation", false },
		{ "return", false },
		{ "return=", false },
		{ "return=\"\"", false },
		{ "return=minimalist", false },
		{ "return=min", false },
		{ "returns=minimal", false },
		{ "minimal", false },
		{ "x-return=minimal", false },
		{ "resume=minimal", false },
		{ "return=minimum", false },
		/* Several. */
		{ "respond-async, wait=10, return=minimal", true },
		{ "handling=lenient,return=minimal", true },
		{ ", ,return=minimal,", true },
		{ "return=representation, return=minimal", false },
		{ "return=minimal, return=representation", true },
		{ "a=\"b, return=representation\", return=minimal", true },
		{ "a=\"return=minimal\"", false },
		{ "a=\"x\\\"y\", return=minimal", true },
		/* Parameters. */
		{ "return=minimal; foo=\"some parameter\"", true },
		{ "return=minimal;", true },
		{ "return=minimal ; ;a", true },
		{ "foo; bar=baz, return=minimal", true },
		{ "foo; return=minimal", false },
		{ "foo;bar=\"return=representation;\";x , return=minimal", true },
		/* Malformed before it: disregarded from there on. */
		{ "=x, return=minimal", false },
		{ "a=\"b, return=minimal", false },
		{ "a b, return=minimal", false },
		{ "a=@, return=minimal", false },
		{ "return=minimal x", false },
		{ "return=\"minimal", false },
		{ "a;@, return=minimal", false },
		{ "return=minimal, @", true },
		{ "a=\"\\\x01\", return=minimal", false },
		{ "a=\"\x7F\", return=minimal", false },
		{ "\"return\"=minimal", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++)
		if (prefer_return_minimal(table[i].value) != table[i].minimal)
			fail_msg("%s", table[i].value);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
	};

	return cmocka_run_group_tests_name("prefer", tests, NULL, NULL);
}
