/* SPDX-License-Identifier: MIT */
/* Connection strings: what is refused, and that nothing of one is ever repeated. */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "unit.h"

#include "db/conninfo.h"

static void
accepted(const char *string)
{
	char sentence[CONNINFO_SENTENCE_MAX];

	if (!conninfo_check(string, sentence))
		fail_msg("%s: %s", string, sentence);
}

static void
takes_what_libpq_takes(void **state)
{
	static const char *const strings[] = {
		"",
		"host=/run/postgresql dbname=grantd user=grantd_worker",
		"host=a,b port=5432,5433 target_session_attrs=read-write",
		"host = 'a b' password = 'it\\'s \\\\ @ / \"' sslmode=verify-full",
		"host=a password=p@ss/word port=",
		"postgresql://",
		"postgres://localhost",
		"postgresql://u:p%40s%2Fs@h1:5432,h2:5433/db?target_session_attrs=primary&connect_timeout=3",
		"postgresql://u:p?q#r:s@host/db",
		"postgresql://u@%2Frun%2Fpostgresql/db?application_name=a@b",
		"postgresql://[::1]:5432/db?ssl=true",
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(strings); i++)
		accepted(strings[i]);
}

/* No word of the string of 4 letters or more is in the sentence, but for words of ours. */
static void
repeats_nothing(const char *string, const char *sentence, const char *wanted)
{
	char piece[5];
	const char *at;

	for (at = string; strlen(at) >= 4; at++) {
		(void)snprintf(piece, sizeof(piece), "%s", at);
		if (strstr(sentence, piece) != NULL && strstr(wanted, piece) == NULL)
			fail_msg("\"%s\" of %s is in: %s", piece, string, sentence);
	}
}

static void
says_what_is_wrong_and_repeats_nothing(void **state)
{
	static const struct {
		const char *string, *wanted;
	} cases[] = {
		{ "grantd", "option 1 has no '='" },
		{ "\"host=a dbname=b\"", "begins with a quote" },
		{ "'host=a dbname=b'", "begins with a quote" },
		{ "host=a sslmod=require", "option 2 is no option of libpq's; is sslmode meant?" },
		{ "host=a frobnicated=s3cr3t", "option 2 is no option of libpq's" },
		{ "password=s3cr3t pw9 host=a", "option 2 has no '='" },
		{ "password=s3cr3t pw9zz=x", "option 2 is no option of libpq's" },
		{ "password='s3cr3t host=a", "a quote in its option 1 is not closed" },
		{ "host=a port=s3cr3t", "port is not a number" },
		{ "host=a port=70000", "port is not a number" },
		{ "connect_timeout=s3cr3t", "connect_timeout is not a whole number" },
		{ "sslmode=s3cr3t", "sslmode has a value that libpq does not know" },
		{ "postgresql://x@localhost/grantd?pgbouncer=true",
		    "pgbouncer is an option of other programs'" },
		{ "postgresql://x@localhost/grantd?sslmod=require",
		    "parameter 1 is no option of libpq's; is sslmode meant?" },
		{ "postgresql://x@localhost/grantd?sslmode=require&s3cr3t",
		    "parameter 2 has no '='" },
		{ "postgres://x:50%off@localhost/grantd", "a '%' is not followed by" },
		{ "postgres://x:abc%00def@localhost/grantd", "a '%' is not followed by" },
		{ "postgres://user:s3cr3t/pw9@dbhost:5432/grantd",
		    "an '@' stands behind the host" },
		{ "postgres://user:Tr0ub@dour:x7@dbhost:5432/grantd",
		    "an '@' stands behind the host" },
		{ "postgres://user:Tr0ub@dour-7@127.0.0.1/grantd",
		    "an '@' stands behind the host" },
		{ "postgres://user:s3cr3t", "port is not a number" },
		{ "postgres://user:abcd@[::1/grantd", "libpq cannot parse this URI" },
		{ "postgres://user:abcd@[s3cr3t]junk/grantd", "libpq cannot parse this URI" },
	};
	char sentence[CONNINFO_SENTENCE_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		if (conninfo_check(cases[i].string, sentence))
			fail_msg("accepted: %s", cases[i].string);
		if (strstr(sentence, "GRANTD_DATABASE is not a connection string: ") != sentence ||
		    strstr(sentence, cases[i].wanted) == NULL)
			fail_msg("%s: %s", cases[i].string, sentence);
		repeats_nothing(cases[i].string, sentence,
		    "GRANTD_DATABASE is not a connection string: and an option of libpq's, host, port, "
		    "sslmode connect_timeout pgbouncer password user");
	}
}

static void
hides_what_libpq_quotes(void **state)
{
	static const char said[] =
	    "could not translate host name \"dour-7@x\" to \"address\": gone\nmore";
	char out[128], small[12];

	(void)state;
	conninfo_hide("host=a user=b", said, out, sizeof(out));
	assert_string_equal(out, "could not translate host name \"dour-7@x\" to \"address\": gone");
	conninfo_hide("host=a PassWord=b", said, out, sizeof(out));
	assert_string_equal(out, "could not translate host name \"...\" to \"...\": gone");
	conninfo_hide("postgres://a@b", said, out, sizeof(out));
	assert_string_equal(out, "could not translate host name \"...\" to \"...\": gone");
	conninfo_hide("host='a\"b' password=c", said, out, sizeof(out));
	assert_string_equal(out, "the database cannot be reached");
	conninfo_hide("password=b", "a \"bcdefghijklmnop\"", small, sizeof(small));
	assert_string_equal(small, "a \"...\"");
	conninfo_hide("password=b", "abcdefghijklmnop", small, sizeof(small));
	assert_string_equal(small, "abcdefg");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_libpq_takes),
		cmocka_unit_test(says_what_is_wrong_and_repeats_nothing),
		cmocka_unit_test(hides_what_libpq_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
