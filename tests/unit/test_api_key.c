/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "unit.h"

#include "base/api_key.h"
#include "base/hex.h"

/*
 * Made by another program from the description in the header: the numbers 0, 1 and 2^256 - 1 as
 * secrets.
 */
static const struct {
	const char *text, *hash;
} known[] = {
	{ "grd_Ab3dEf7h_00000000000000000000000000000000000000000003xAJ4f",
	    "8ce1d061096edd1bee6374d615f93116e9c7933c0ec56ef8822aff15e1b2e047" },
	{ "grd_Ab3dEf7h_00000000000000000000000000000000000000000012whiHb",
	    "b37d74ed28ca994acd4d116d64b92a8749fc924bebf46809e51a585052a88cc1" },
	{ "grd_Ab3dEf7h_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp12HE6TV",
	    "55930d17ab6b4b5213996de83270ef02b5f3ff79ae3e69550f8c80d86fbe6c53" },
};

static bool
check(const char *text)
{
	char name[API_KEY_NAME_LEN + 1];

	return api_key_check(text, strlen(text), name);
}

static void
known_keys(void **state)
{
	char name[API_KEY_NAME_LEN + 1], text[2 * API_KEY_HASH_LEN + 1];
	uint8_t hash[API_KEY_HASH_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(known); i++) {
		assert_int_equal(strlen(known[i].text), API_KEY_TEXT_LEN);
		assert_true(api_key_check(known[i].text, API_KEY_TEXT_LEN, name));
		assert_string_equal(name, "Ab3dEf7h");
		assert_true(api_key_hash(known[i].text, API_KEY_TEXT_LEN, hash));
		hex_print(hash, sizeof(hash), text);
		assert_string_equal(text, known[i].hash);
	}
}

/* Their check sums are right, but 2^256 and 62^43 - 1 are no 256-bit numbers. */
static void
secrets_past_the_range(void **state)
{
	(void)state;
	assert_false(check("grd_Ab3dEf7h_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp24CU3Ff"));
	assert_false(check("grd_Ab3dEf7h_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz3J2cIO"));
}

/* No key stays one when any one of its bytes becomes another. */
static void
every_change_of_a_byte(void **state)
{
	char text[API_KEY_TEXT_MAX], name[API_KEY_NAME_LEN + 1];
	size_t i, k;
	int c;

	(void)state;
	for (k = 0; k < COUNT_OF(known); k++) {
		memcpy(text, known[k].text, sizeof(text));
		for (i = 0; i < API_KEY_TEXT_LEN; i++) {
			for (c = 0; c < 256; c++) {
				text[i] = (char)c;
				if (api_key_check(text, API_KEY_TEXT_LEN, name) !=
				    (text[i] == known[k].text[i]))
					fail_msg("byte %zu of key %zu as %d", i, k, c);
				if (text[i] != known[k].text[i])
					assert_string_equal(name, "");
			}
			text[i] = known[k].text[i];
		}
	}
}

static void
length_must_fit(void **state)
{
	char name[API_KEY_NAME_LEN + 1], longer[API_KEY_TEXT_MAX + 1];
	size_t len;

	(void)state;
	memcpy(longer, known[0].text, API_KEY_TEXT_LEN);
	longer[API_KEY_TEXT_LEN] = '0';
	for (len = 0; len <= API_KEY_TEXT_LEN + 1; len++)
		assert_int_equal(api_key_check(longer, len, name), len == API_KEY_TEXT_LEN);
}

/* New keys are keys, all different, and use all the digits in all the places. */
static void
made_keys(void **state)
{
	bool seen[API_KEY_TEXT_LEN][128] = { { false } };
	char text[API_KEY_TEXT_MAX], last[API_KEY_TEXT_MAX] = "";
	size_t i, used;
	int n, c;

	(void)state;
	for (n = 0; n < 5000; n++) {
		assert_true(api_key_make(text));
		assert_int_equal(strlen(text), API_KEY_TEXT_LEN);
		assert_true(check(text));
		assert_string_not_equal(text, last);
		memcpy(last, text, sizeof(last));
		for (i = 0; i < API_KEY_TEXT_LEN; i++)
			seen[i][(unsigned char)text[i]] = true;
	}
	for (i = 4; i < API_KEY_TEXT_LEN; i++) {
		for (used = 0, c = 0; c < 128; c++)
			used += seen[i][c];
		/*
		 * The first digit of the secret is at most 'y', the first of the check sum at most
		 * '4'.
		 */
		assert_int_equal(used, i == 12 ? 1 : i == 13 ? 61 : i == 56 ? 5 : 62);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_keys),
		cmocka_unit_test(secrets_past_the_range),
		cmocka_unit_test(every_change_of_a_byte),
		cmocka_unit_test(length_must_fit),
		cmocka_unit_test(made_keys),
	};

	return cmocka_run_group_tests_name("api_key", tests, NULL, NULL);
}
