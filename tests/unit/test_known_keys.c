/* SPDX-License-Identifier: MIT */
/* What a worker keeps of keys: bounded, the least lately used goes first, and what is newer takes the place of what was. */
#include "config.h"

#include "handlers/known_keys.h"
#include "tests/unit/unit.h"

/* A hash of its own for each number; those that are 256 apart share the table's bucket. */
static const uint8_t *
hash_at(unsigned n)
{
	static uint8_t hash[KEY_HASH_LEN];

	memset(hash, 0, sizeof(hash));
	hash[1] = (uint8_t)n;
	memcpy(hash + 2, &n, sizeof(n));
	return hash;
}

static void
put(struct known_keys *k, unsigned n, const char *name, const char *roles, int64_t version,
    int64_t policy_version)
{
	struct key key = {
		.found = true,
		.tenant = { { 1 } },
		.name = name,
		.roles = roles,
		.version = version,
		.policy_version = policy_version,
	};

	memcpy(key.id.octet, &n, sizeof(n));
	known_keys_put(k, hash_at(n), &key);
}

static bool
is_known(struct known_keys *k, unsigned n)
{
	return known_keys_get(k, hash_at(n)) != NULL;
}

/* Texts are copies: what they were read from may go. */
static void
what_was_put_is_found(void **state)
{
	struct known_keys *k = known_keys_new(KNOWN_KEYS_MEMORY);
	char name[] = "name", roles[] = "a b";
	const struct key *found;
	unsigned n;

	(void)state;
	assert_non_null(k);
	assert_null(known_keys_get(k, hash_at(1)));
	put(k, 1, name, roles, 3, 7);
	memset(name, 'x', sizeof(name) - 1);
	memset(roles, 'x', sizeof(roles) - 1);
	found = known_keys_get(k, hash_at(1));
	assert_non_null(found);
	assert_true(found->found);
	assert_string_equal(found->name, "name");
	assert_string_equal(found->roles, "a b");
	assert_int_equal(found->version, 3);
	assert_int_equal(found->policy_version, 7);
	assert_int_equal(found->tenant.octet[0], 1);
	assert_null(found->rows.result);
	/* Many to a bucket, and each is itself. */
	for (n = 0; n < 2000; n++)
		put(k, n + 2, "n", "r", n, 0);
	for (n = 0; n < 2000; n++) {
		found = known_keys_get(k, hash_at(n + 2));
		assert_non_null(found);
		assert_int_equal(found->version, n);
	}
	known_keys_free(k);
}

/* Name and roles move with the key's version; the policies' version is that which was seen last. */
static void
versions_replace_each_other(void **state)
{
	struct known_keys *k = known_keys_new(KNOWN_KEYS_MEMORY);
	const struct key *found;
	size_t memory;

	(void)state;
	put(k, 1, "one", "reader", 1, 10);
	memory = known_keys_memory(k);
	put(k, 1, "one", "reader", 1, 11);
	found = known_keys_get(k, hash_at(1));
	assert_int_equal(found->policy_version, 11);
	assert_int_equal(known_keys_memory(k), memory);
	put(k, 1, "one", "operator auditor", 2, 11);
	found = known_keys_get(k, hash_at(1));
	assert_int_equal(found->version, 2);
	assert_string_equal(found->roles, "operator auditor");
	assert_int_equal(known_keys_memory(k),
	    memory + strlen("operator auditor") - strlen("reader"));
	put(k, 1, "one", "reader", 1, 9); /* as a fail-over or a backup brings it back */
	found = known_keys_get(k, hash_at(1));
	assert_int_equal(found->version, 1);
	assert_int_equal(found->policy_version, 9);
	assert_string_equal(found->roles, "reader");
	assert_int_equal(known_keys_memory(k), memory);
	known_keys_free(k);
}

/* Bytes that one entry with such a name takes. */
static size_t
size_of_entry(void)
{
	struct known_keys *k = known_keys_new(KNOWN_KEYS_MEMORY);
	size_t size;

	put(k, 0, "n", "r", 1, 1);
	size = known_keys_memory(k);
	known_keys_free(k);
	return size;
}

static void
the_least_lately_used_goes_first(void **state)
{
	struct known_keys *k = known_keys_new(3 * size_of_entry());

	(void)state;
	put(k, 1, "n", "r", 1, 1);
	put(k, 2, "n", "r", 1, 1);
	put(k, 3, "n", "r", 1, 1);
	assert_true(is_known(k, 1)); /* used: now 2 is the one to go */
	put(k, 4, "n", "r", 1, 1);
	assert_false(is_known(k, 2));
	assert_true(is_known(k, 3)); /* 1, 4, 3 */
	put(k, 5, "n", "r", 1, 1);
	assert_false(is_known(k, 1));
	assert_true(is_known(k, 4) && is_known(k, 3) && is_known(k, 5));
	put(k, 4, "n", "r", 2, 1); /* another version is a use too */
	put(k, 6, "n", "r", 1, 1);
	assert_false(is_known(k, 3));
	assert_true(is_known(k, 4) && is_known(k, 5) && is_known(k, 6));
	known_keys_free(k);
}

static void
the_bound_holds(void **state)
{
	const size_t bound = 100 * size_of_entry();
	struct known_keys *k = known_keys_new(bound);
	char name[300];
	unsigned n, known = 0;

	(void)state;
	for (n = 0; n < 20000; n++) {
		memset(name, 'x', sizeof(name));
		name[n % sizeof(name)] = '\0';
		put(k, n, name, "r", 1, 1);
		assert_true(is_known(k, n));
		assert_true(is_known(k, 0)); /* in use all the time */
		assert_true(known_keys_memory(k) <= bound);
	}
	for (n = 0; n < 20000; n++)
		known += is_known(k, n);
	assert_in_range(known, 2, 101);
	known_keys_free(k);
}

/* One that is larger than the bound is kept all the same, alone, and goes with the next one. */
static void
one_past_the_bound_is_alone(void **state)
{
	struct known_keys *k = known_keys_new(1);

	(void)state;
	put(k, 1, "n", "r", 1, 1);
	assert_true(is_known(k, 1));
	put(k, 257, "n", "r", 1, 1); /* in the same bucket */
	assert_false(is_known(k, 1));
	assert_true(is_known(k, 257));
	put(k, 257, "n", "another", 2, 1);
	assert_true(is_known(k, 257));
	known_keys_free(k);
}

static void
a_use_is_due_every_few_minutes(void **state)
{
	struct known_keys *k = known_keys_new(KNOWN_KEYS_MEMORY);
	const int64_t now = 1000000;

	(void)state;
	assert_false(known_keys_use_is_due(k, hash_at(1), now)); /* nothing is known of it */
	put(k, 1, "n", "r", 1, 1);
	put(k, 2, "n", "r", 1, 1);
	assert_true(known_keys_use_is_due(k, hash_at(1), now));
	assert_false(known_keys_use_is_due(k, hash_at(1), now));
	assert_true(known_keys_use_is_due(k, hash_at(2), now)); /* each for itself */
	assert_false(known_keys_use_is_due(k, hash_at(1), now + KEY_USE_NOTED_MS - 1));
	put(k, 1, "n", "r", 1, 2);
	put(k, 1, "n", "other", 2, 2); /* it is the same key as before */
	assert_false(known_keys_use_is_due(k, hash_at(1), now + KEY_USE_NOTED_MS - 1));
	assert_true(known_keys_use_is_due(k, hash_at(1), now + KEY_USE_NOTED_MS));
	assert_false(known_keys_use_is_due(k, hash_at(1), now + KEY_USE_NOTED_MS + 1));
	known_keys_free(k);
}

static void
none_is_freed_too(void **state)
{
	(void)state;
	known_keys_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found),
		cmocka_unit_test(versions_replace_each_other),
		cmocka_unit_test(the_least_lately_used_goes_first),
		cmocka_unit_test(the_bound_holds),
		cmocka_unit_test(one_past_the_bound_is_alone),
		cmocka_unit_test(a_use_is_due_every_few_minutes),
		cmocka_unit_test(none_is_freed_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
