/* SPDX-License-Identifier: MIT */
/* Whoever guesses keys is held up, without asking the database, and nobody else is. */
#include "config.h"

#include <string.h>

#include "base/api_key.h"
#include "db/activity.h"
#include "db/db.h"
#include "tests/db/fixture.h"

static int exchanges; /* with the database */

void __real_db_begin(struct db *, enum db_access);
void __wrap_db_begin(struct db *, enum db_access);

void
__wrap_db_begin(struct db *db, enum db_access access)
{
	exchanges++;
	__real_db_begin(db, access);
}

static int counts; /* of events, that the database was asked for */

void __real_db_activity_counted(struct db *, const struct uuid *, const struct uuid *,
    const struct activity_span *, struct activity_summary *);
void __wrap_db_activity_counted(struct db *, const struct uuid *, const struct uuid *,
    const struct activity_span *, struct activity_summary *);

void
__wrap_db_activity_counted(struct db *db, const struct uuid *tenant, const struct uuid *grant,
    const struct activity_span *span, struct activity_summary *summary)
{
	counts++;
	__real_db_activity_counted(db, tenant, grant, span, summary);
}

/* The last six characters of a key: the CRC-32 of the others in base 62. */
static void
put_check(char text[API_KEY_TEXT_MAX])
{
	static const char digits[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint32_t crc = 0xFFFFFFFF;
	size_t i;
	int bit;

	for (i = 0; i < API_KEY_TEXT_LEN - 6; i++)
		for (crc ^= (unsigned char)text[i], bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1) * 0xEDB88320;
	for (crc = ~crc, i = API_KEY_TEXT_LEN; i-- > API_KEY_TEXT_LEN - 6; crc /= 62)
		text[i] = digits[crc % 62];
}

/* A key that is well formed and none; with the name of `like`, unless that is NULL. Static memory. */
static const char *
made_up(const char *like)
{
	static char text[API_KEY_TEXT_MAX];

	assert_true(api_key_make(text));
	if (like != NULL) {
		memcpy(text, like, strlen("grd_") + API_KEY_NAME_LEN);
		put_check(text);
	}
	return text;
}

static int
get(const char *from, const char *with)
{
	const char *mine = key;
	int status;

	address = from;
	key = with;
	exchanges = 0;
	status = request(HTTP_GET, "/v1/grants/" GRANT, NULL, NULL);
	key = mine;
	return status;
}

static void
guess(const char *from, int times, const char *like)
{
	while (times-- > 0)
		assert_int_equal(get(from, made_up(like)), 401);
}

static bool
has_header(const char *text)
{
	return strstr(buf_text(&rs.head), text) != NULL;
}

static void
a_guesser_is_held_up(void **state)
{
	(void)state;
	permit();
	fixture_limit(3, 0, 0);
	guess("192.0.2.1", 3, NULL);
	assert_true(exchanges > 0);
	assert_int_equal(get("192.0.2.1", made_up(NULL)), 429);
	assert_int_equal(exchanges, 0); /* the database knows nothing of it */
	assert_body("\"too_many_requests\"");
	assert_true(has_header("Retry-After: 20\r\n"));
	assert_int_equal(get("192.0.2.1", "grd_malformed"), 429);
	assert_int_equal(get("192.0.2.1", NULL), 401); /* no guess */
	guess("192.0.2.2", 1, NULL);
}

static void
malformed_keys_count_and_none_does_not(void **state)
{
	int i;

	(void)state;
	fixture_limit(3, 0, 0);
	for (i = 0; i < 10; i++)
		assert_int_equal(get("192.0.2.1", NULL), 401);
	for (i = 0; i < 3; i++)
		assert_int_equal(get("192.0.2.1", "grd_malformed"), 401);
	assert_int_equal(get("192.0.2.1", "grd_malformed"), 429);
}

/* What a key does is known to all workers: one that takes over has not seen it itself. */
static void
a_good_key_is_served(void **state)
{
	(void)state;
	permit();
	fixture_limit(3, 3, 0);
	assert_int_equal(get("192.0.2.1", key), 200);
	fixture_restart();
	guess("192.0.2.1", 3, NULL);
	assert_int_equal(get("192.0.2.1", made_up(NULL)), 429);
	assert_int_equal(get("192.0.2.1", key), 200);
	assert_int_equal(switch_auditing(false), 200);
	fixture_restart();
	address = "192.0.2.1";
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(get("192.0.2.1", made_up(NULL)), 429); /* still */
}

static void
guesses_on_a_name_do_not_lock_its_key_out(void **state)
{
	const char *hosts[] = { "192.0.2.1", "192.0.2.2", "192.0.2.3" };
	size_t i;

	(void)state;
	permit();
	fixture_limit(1000, 3, 0);
	for (i = 0; i < COUNT_OF(hosts); i++)
		guess(hosts[i], 1, key);
	for (i = 0; i < COUNT_OF(hosts); i++) {
		assert_int_equal(get(hosts[i], made_up(key)), 429);
		assert_int_equal(exchanges, 0);
		guess(hosts[i], 1, NULL); /* another name */
	}
	/* Nobody has seen the key itself yet. */
	assert_int_equal(get("198.51.100.1", key), 200);
	for (i = 0; i < COUNT_OF(hosts); i++)
		assert_int_equal(get(hosts[i], key), 200);
}

static void
a_revoked_key_is_a_strangers(void **state)
{
	(void)state;
	permit();
	fixture_limit(3, 0, 0);
	assert_int_equal(get("192.0.2.1", key), 200);
	sql("UPDATE grantd.api_keys SET revoked_at = now(), version = version + 1");
	assert_int_equal(get("192.0.2.1", key), 401);
	assert_int_equal(get("192.0.2.1", key), 401);
	assert_int_equal(get("192.0.2.1", key), 401);
	assert_int_equal(get("192.0.2.1", key), 429);
	assert_int_equal(exchanges, 0);
}

static void
a_key_that_was_just_made_is_good(void **state)
{
	static char made[256];

	(void)state;
	permit();
	fixture_limit(3, 0, 0);
	assert_int_equal(get("192.0.2.1", key), 200);
	assert_int_equal(request(HTTP_POST, "/v1/api-keys", NULL,
			     "{\"name\": \"n\", \"roles\": [\"operator\"]}"),
	    201);
	(void)snprintf(made, sizeof(made), "%s", member("raw_key"));
	guess("192.0.2.1", 3, NULL);
	assert_int_equal(get("192.0.2.1", made_up(NULL)), 429);
	assert_int_equal(get("192.0.2.1", made), 200);
}

static void
requests_of_a_key_where_that_is_limited(void **state)
{
	(void)state;
	permit();
	fixture_limit(0, 0, 3);
	assert_int_equal(get("192.0.2.1", key), 200);
	assert_int_equal(switch_auditing(false), 200);
	assert_int_equal(switch_auditing(true), 200);
	assert_int_equal(switch_auditing(false), 429);
	assert_true(has_header("Retry-After: 20\r\n"));
	assert_int_equal(get("192.0.2.2", key), 429);
	assert_sql("SELECT audit_enabled FROM grantd.grants", "t");
	guess("192.0.2.1", 10, key);
}

static int takes; /* how often a share was asked for */

/* The first time there is none. */
static enum share
take(void *to, const struct uuid *tenant, bool changes)
{
	(void)to;
	(void)tenant;
	assert_false(changes);
	return takes++ == 0 ? SHARE_LATER : SHARE_TAKEN;
}

static bool
guess_of_share(void *to, const struct uuid *tenant)
{
	(void)to;
	(void)tenant;
	return true;
}

/* It waits for its tenant's share and comes again, to a worker that does not know the key either. */
static void
a_request_that_comes_again_counts_once(void **state)
{
	const struct tenant_share share = { .take = take, .guess = guess_of_share };

	(void)state;
	permit();
	fixture_limit(0, 0, 1);
	takes = 0;
	fixture_shares(&share);
	assert_int_equal(get("192.0.2.1", key), 0);
	fixture_restart();
	fixture_shares(&share);
	assert_int_equal(get("192.0.2.1", key), 200);
	assert_int_equal(takes, 2);
	assert_int_equal(get("192.0.2.1", key), 429);
}

static int
ask_to_count(const char *with)
{
	const char *mine = key;
	int status;

	key = with;
	counts = 0;
	status = request(HTTP_GET, "/v1/grants/" GRANT "/activity/summary", "interval=60", NULL);
	key = mine;
	return status;
}

/* With shares and without: whoever has no key in the tenant makes nobody count its events, nor does a key of another one. */
static void
nothing_is_counted_for_strangers(void **state)
{
	const struct tenant_share share = { .take = take, .guess = guess_of_share };
	int shared, times;

	(void)state;
	permit();
	for (shared = 0; shared < 2; shared++) {
		fixture_restart();
		if (shared)
			fixture_shares(&share);
		takes = 1;
		assert_int_equal(ask_to_count(made_up(NULL)), 401);
		assert_int_equal(counts, 0);
		sql("UPDATE grantd.api_keys SET tenant_id = '" OTHER_TENANT "'");
		for (times = 0; times < 2; times++) {
			assert_int_equal(ask_to_count(key), 403);
			assert_body("\"tenant_mismatch\"");
			assert_int_equal(counts, 0);
		}
		sql("UPDATE grantd.api_keys SET tenant_id = '" TENANT "'");
		for (times = 0; times < 2; times++) {
			assert_int_equal(ask_to_count(key), 200);
			assert_int_equal(counts, 1);
		}
	}
}

static void
without_limits(void **state)
{
	(void)state;
	fixture_limit(0, 0, 0);
	guess("192.0.2.1", 50, key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_guesser_is_held_up),
		TEST(malformed_keys_count_and_none_does_not),
		TEST(a_good_key_is_served),
		TEST(guesses_on_a_name_do_not_lock_its_key_out),
		TEST(a_revoked_key_is_a_strangers),
		TEST(a_key_that_was_just_made_is_good),
		TEST(requests_of_a_key_where_that_is_limited),
		TEST(a_request_that_comes_again_counts_once),
		TEST(nothing_is_counted_for_strangers),
		TEST(without_limits),
	};

	return cmocka_run_group_tests_name("guessing", tests, fixture_setup, fixture_teardown);
}
