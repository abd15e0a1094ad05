/* SPDX-License-Identifier: MIT */
/* `like`: all short texts against all short patterns; and long ones that a naive matcher never ends with. */
#include "config.h"

#include "cedar_world.h"

#include "cedar/pattern.h"

#define TEXT_MAX 7u
#define PATTERN_MAX 5u

/* The definition, character by character. */
static bool
slow(const char *text, const char *pattern)
{
	if (*pattern == '\0')
		return *text == '\0';
	if (*pattern == '*')
		return slow(text, pattern + 1) || (*text != '\0' && slow(text + 1, pattern));
	return *text == *pattern && slow(text + 1, pattern + 1);
}

/* The n-th text over these letters, shorter ones first; false beyond len_max. */
static bool
spell(unsigned n, const char *letters, size_t len_max, char *text)
{
	size_t base = strlen(letters), len = 0, count = 1, i;

	for (; n >= count; len++, count *= base)
		n -= (unsigned)count;
	if (len > len_max)
		return false;
	for (i = 0; i < len; i++, n /= (unsigned)base)
		text[i] = letters[n % base];
	text[len] = '\0';
	return true;
}

/* As the parser makes them: pieces between stars, none empty but the first and last. */
static bool
fast(const char *text, const char *pattern)
{
	union {
		struct pattern head;
		char room[sizeof(struct pattern) + (PATTERN_MAX + 1) * sizeof(struct piece)];
	} p;
	struct piece *piece = p.head.pieces;

	*piece = (struct piece){ pattern, 0 };
	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '*')
			piece->len++;
		else if (piece == p.head.pieces || piece->len > 0)
			*++piece = (struct piece){ pattern + 1, 0 };
		else
			piece->text = pattern + 1;
	}
	p.head.count = (uint32_t)(piece - p.head.pieces) + 1;
	return cd_pattern_match(&p.head, text, strlen(text));
}

static void
all_short_ones(void **state)
{
	char text[TEXT_MAX + 1], pattern[PATTERN_MAX + 1];
	unsigned i, j, matches = 0, tried = 0;

	(void)state;
	for (i = 0; spell(i, "ab", TEXT_MAX, text); i++)
		for (j = 0; spell(j, "ab*", PATTERN_MAX, pattern); j++) {
			if (fast(text, pattern) != slow(text, pattern))
				fail_msg("\"%s\" like \"%s\"", text, pattern);
			matches += fast(text, pattern);
			tried++;
		}
	assert_int_equal(tried, 255 * 364);
	assert_in_range(matches, 1, tried - 1);
}

/* Half a megabyte against two hundred stars, and no match: trying all ways would never end. */
static void
many_stars_take_linear_time(void **state)
{
	enum { LEN = 500000, STARS = 200 };
	char *text = malloc(LEN + 1), *policy = malloc(8 * STARS + 200);
	struct cedar_request *rq = cedar_request_new(0);
	struct cedar_result result;
	struct cedar_set *set;
	size_t i, len;

	(void)state;
	memset(text, 'a', LEN);
	text[LEN] = '\0';
	len = (size_t)snprintf(policy, 100,
	    "permit (principal, action, resource) when { context.s like \"");
	for (i = 0; i < STARS; i++)
		len += (size_t)snprintf(policy + len, 8, "*aaa");
	(void)snprintf(policy + len, 20, "*b\" };");
	set = compiled(policy);
	cedar_request_begin(rq, set);
	cedar_request_principal(rq, cedar_entity(rq, S("U"), S("a")));
	cedar_request_action(rq, cedar_entity(rq, S("Action"), S("a")));
	cedar_request_resource(rq, cedar_entity(rq, S("R"), S("a")));
	cedar_put_string(cedar_request_context(rq), S("s"), S(text));
	assert_true(cedar_authorize(rq, 0, SIZE_MAX, &result));
	assert_int_equal(result.decision, CEDAR_DENY);
	assert_int_equal(result.failure_count, 0);
	cedar_request_free(rq);
	cedar_set_free(set);
	free(policy);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_short_ones),
		cmocka_unit_test(many_stars_take_linear_time),
	};

	return cmocka_run_group_tests_name("cedar_pattern", tests, NULL, NULL);
}
