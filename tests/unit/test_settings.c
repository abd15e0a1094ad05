/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <unistd.h>

#include "unit.h"

#include "base/settings.h"

static char path[] = "/tmp/grantd-test-settings-XXXXXX";

/* The names and defaults, once more, from the same list. */
static const struct {
	const char *name, *initial;
} all[] = {
#define TEXT(field, name, initial, secret, help) { name, initial },
#define NUMBER(field, name, initial, least, most, unit, help) { name, #initial },
#define CHOICE(field, name, initial, words, help) { name, initial },
	SETTINGS_LIST(TEXT, NUMBER, CHOICE)
#undef TEXT
#undef NUMBER
#undef CHOICE
};

static void
write_file(const void *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* A file with this text is refused with a sentence that holds `wanted`; nothing is left in *s. */
static void
refused(const char *text, size_t len, const char *wanted)
{
	char error[SETTINGS_ERROR_MAX];
	struct settings s;

	write_file(text, len);
	if (settings_load(&s, path, error))
		fail_msg("accepted: %s", text);
	if (strstr(error, wanted) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error, wanted);
	assert_non_null(strstr(error, path));
	assert_null(s.database);
	assert_null(s.log_file);
}

static int
no_environment(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(all); i++)
		if (unsetenv(all[i].name) != 0)
			return -1;
	return unsetenv("GRANTD_CONFIG");
}

static void
defaults(void **state)
{
	char error[SETTINGS_ERROR_MAX];
	struct settings s;

	(void)state;
	assert_true(settings_load(&s, NULL, error));
	assert_string_equal(error, "");
	assert_string_equal(s.database, "");
	assert_string_equal(s.listen_mode, "0660");
	assert_int_equal(s.workers, 4);
	assert_int_equal(s.pooler, POOLER_NONE);
	assert_int_equal(s.log_level, 2);
	settings_clear(&s);
	assert_null(s.listen_mode);
	settings_clear(&s);
}

static void
a_file(void **state)
{
	const char text[] =
	    "# a comment\n\n  GRANTD_WORKERS = 7 \r\n"
	    "GRANTD_DATABASE=host=a dbname='b c' # not a comment\n"
	    "\t# another\nGRANTD_POOLER=transaction\nGRANTD_LOG_FILE=\"quoted\"\nGRANTD_LISTEN=";
	char error[SETTINGS_ERROR_MAX];
	struct settings s;

	(void)state;
	write_file(text, sizeof(text) - 1);
	assert_true(settings_load(&s, path, error));
	assert_int_equal(s.workers, 7);
	assert_string_equal(s.database, "host=a dbname='b c' # not a comment");
	assert_int_equal(s.pooler, POOLER_TRANSACTION);
	assert_string_equal(s.log_file, "\"quoted\"");
	assert_string_equal(s.listen, "");
	settings_clear(&s);
}

static void
the_environment_wins(void **state)
{
	char error[SETTINGS_ERROR_MAX];
	struct settings s;

	(void)state;
	write_file("GRANTD_WORKERS=7\nGRANTD_MAX_REQUESTS=8\n", 39);
	assert_int_equal(setenv("GRANTD_WORKERS", "9", 1), 0);
	assert_int_equal(setenv("GRANTD_CONFIG", path, 1), 0);
	assert_int_equal(setenv("GRANTD_SOMETHING_ELSE", "9", 1), 0);
	assert_true(settings_load(&s, NULL, error));
	assert_int_equal(s.workers, 9);
	assert_int_equal(s.max_requests, 8);
	assert_true(settings_set(&s, "GRANTD_WORKERS", "10", "--workers", error));
	assert_int_equal(s.workers, 10);
	assert_false(settings_set(&s, "GRANTD_WORKERS", "x", "--workers", error));
	assert_string_equal(error,
	    "--workers: GRANTD_WORKERS must be a whole number of processes "
	    "from 0 to 1024, not \"x\"");
	assert_int_equal(s.workers, 10);
	assert_false(settings_set(&s, "GRANTD_WORKER", "1", "--set", error));
	assert_string_equal(error,
	    "--set: there is no setting \"GRANTD_WORKER\"; "
	    "is GRANTD_WORKERS meant?");
	settings_clear(&s);
	assert_int_equal(setenv("GRANTD_WORKERS", "many", 1), 0);
	assert_false(settings_load(&s, NULL, error));
	assert_non_null(strstr(error, "environment: GRANTD_WORKERS must be"));
	assert_null(s.database);
}

static void
count(void *of, const char *sentence)
{
	int *told = of;

	(*told)++;
	assert_string_equal(sentence,
	    "environment: there is no setting \"GRANTD_DATABSE\"; is GRANTD_DATABASE meant?");
}

/* What may be another program's is left alone, and a value is not shown. */
static void
mistakes_in_the_environment(void **state)
{
	int told = 0;

	(void)state;
	assert_int_equal(setenv("GRANTD_SOMETHING_ELSE", "9", 1), 0);
	assert_int_equal(setenv("GRANTD_API_KEY", "9", 1), 0);
	assert_int_equal(setenv("GRANTD_DATABASE", "9", 1), 0);
	settings_mistaken(count, &told);
	assert_int_equal(told, 0);
	assert_int_equal(setenv("GRANTD_DATABSE", "password=x", 1), 0);
	settings_mistaken(count, &told);
	assert_int_equal(told, 1);
	assert_int_equal(unsetenv("GRANTD_DATABSE"), 0);
}

static void
numbers_have_a_range(void **state)
{
	char error[SETTINGS_ERROR_MAX], text[32];
	struct settings s;

	(void)state;
	assert_true(settings_load(&s, NULL, error));
#define TEXT(field, name, initial, secret, help)
#define CHOICE(field, name, initial, words, help)
#define NUMBER(field, name, initial, least, most, unit, help) \
	(void)snprintf(text, sizeof(text), "%d", least); \
	assert_true(settings_set(&s, name, text, "here", error)); \
	assert_int_equal(s.field, least); \
	(void)snprintf(text, sizeof(text), "%d", most); \
	assert_true(settings_set(&s, name, text, "here", error)); \
	assert_int_equal(s.field, most); \
	(void)snprintf(text, sizeof(text), "%lld", (long long)(least)-1); \
	assert_false(settings_set(&s, name, text, "here", error)); \
	(void)snprintf(text, sizeof(text), "%lld", (long long)(most) + 1); \
	assert_false(settings_set(&s, name, text, "here", error)); \
	assert_false(settings_set(&s, name, "", "here", error)); \
	assert_false(settings_set(&s, name, "1.5", "here", error)); \
	assert_int_equal(s.field, most);
	SETTINGS_LIST(TEXT, NUMBER, CHOICE)
#undef TEXT
#undef NUMBER
#undef CHOICE
	settings_clear(&s);
}

#define REFUSED(text, wanted) refused(text, sizeof(text) - 1, wanted)

static void
faults_in_a_file(void **state)
{
	(void)state;
	REFUSED("GRANTD_WORKERS", ":1: a line must be NAME=value");
	REFUSED("\n\nGRANTD_WORKERS=4\nGRANTD_WORKER=4\n",
	    ":4: there is no setting \"GRANTD_WORKER\"; is GRANTD_WORKERS meant?");
	REFUSED("GRANTD_WROKERS=4\n", "is GRANTD_WORKERS meant?");
	REFUSED("grantd_workers=4\n", "there is no setting \"grantd_workers\"");
	REFUSED("PGHOST=x\n", "there is no setting \"PGHOST\"");
	REFUSED("=x\n", "there is no setting \"\"");
	REFUSED("A\x01\xFF"
		"B=x\n",
	    "\"A??B\"");
	REFUSED("GRANTD_WORKERS=1\nGRANTD_WORKERS=1\n", ":2: GRANTD_WORKERS is set a second time");
	REFUSED("GRANTD_WORKERS=1025", "from 0 to 1024, not \"1025\"");
	REFUSED("GRANTD_WORKERS=0x10", "not \"0x10\"");
	REFUSED("GRANTD_WORKERS=\"4\"", "not \"\"4\"\"");
	REFUSED("GRANTD_POOLER=Transaction",
	    "must be one of none|transaction, not \"Transaction\"");
	REFUSED("GRANTD_POOLER=", "must be one of none|transaction");
	REFUSED("GRANTD_POOLER=none|transaction", "must be one of none|transaction");
	REFUSED("GRANTD_LISTEN=a\x01"
		"b",
	    "UTF-8 text without control characters");
	REFUSED("GRANTD_LISTEN=a\xFF", "UTF-8 text without control characters");
	REFUSED("GRANTD_LISTEN=a\0b", "not a text file");
}

/*
 * A value that is a secret never turns up in a sentence; a name cut out of a very long line is cut
 * short.
 */
static void
sentences_are_discreet_and_short(void **state)
{
	char error[SETTINGS_ERROR_MAX], text[4000] = "GRANTD_";
	struct settings s;

	(void)state;
	write_file("GRANTD_DATABASE=password=hunter2\x01\n", 34);
	assert_false(settings_load(&s, path, error));
	assert_null(strstr(error, "hunter2"));
	memset(text + 7, 'Y', sizeof(text) - 7);
	memcpy(text + sizeof(text) - 3, "=1", 3);
	refused(text, sizeof(text) - 1, "YYY...\"");
}

static void
files_that_cannot_be_read(void **state)
{
	char error[SETTINGS_ERROR_MAX], *large = malloc(65536);
	struct settings s;

	(void)state;
	assert_non_null(large);
	assert_false(settings_load(&s, "/nonexistent", error));
	assert_string_equal(error, "/nonexistent: No such file or directory");
	assert_false(settings_load(&s, "/", error));
	assert_string_equal(error, "/: Is a directory");
	memset(large, '#', 65536);
	write_file(large, 65535);
	assert_true(settings_load(&s, path, error));
	settings_clear(&s);
	refused(large, 65536, "larger");
	free(large);
}

static char *
printed(const struct settings *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	if (s != NULL)
		settings_print(s, f);
	else
		settings_help(f);
	assert_int_equal(fclose(f), 0);
	return text;
}

/* What is printed can be loaded again, and prints the same. */
static void
printing_goes_round(void **state)
{
	char error[SETTINGS_ERROR_MAX], *first, *second;
	struct settings s;

	(void)state;
	assert_true(settings_load(&s, NULL, error));
	assert_true(settings_set(&s, "GRANTD_POOLER", "transaction", "here", error));
	assert_true(settings_set(&s, "GRANTD_LISTEN", "/run/grantd.sock", "here", error));
	first = printed(&s);
	settings_clear(&s);
	write_file(first, strlen(first));
	assert_true(settings_load(&s, path, error));
	second = printed(&s);
	assert_string_equal(first, second);
	assert_non_null(strstr(first, "GRANTD_POOLER=transaction\n"));
	assert_non_null(strstr(first, "GRANTD_LOG_LEVEL=info\n"));
	assert_true(settings_set(&s, "GRANTD_DATABASE", "password=hunter2", "here", error));
	free(first);
	first = printed(&s);
	assert_null(strstr(first, "hunter2"));
	assert_non_null(strstr(first, "GRANTD_DATABASE=(set)\n"));
	settings_clear(&s);
	free(first);
	free(second);
}

static void
help_names_them_all(void **state)
{
	char *text = printed(NULL), wanted[128];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(all); i++) {
		(void)snprintf(wanted, sizeof(wanted), "%-27s (%s)", all[i].name, all[i].initial);
		assert_non_null(strstr(text, wanted));
	}
	assert_non_null(
	    strstr(text, "GRANTD_WORKERS              (4) processes - worker processes; 0:"));
	free(text);
}

static int
make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(defaults, no_environment),
		cmocka_unit_test_setup(a_file, no_environment),
		cmocka_unit_test_setup(the_environment_wins, no_environment),
		cmocka_unit_test_setup(mistakes_in_the_environment, no_environment),
		cmocka_unit_test_setup(numbers_have_a_range, no_environment),
		cmocka_unit_test_setup(faults_in_a_file, no_environment),
		cmocka_unit_test_setup(sentences_are_discreet_and_short, no_environment),
		cmocka_unit_test_setup(files_that_cannot_be_read, no_environment),
		cmocka_unit_test_setup(printing_goes_round, no_environment),
		cmocka_unit_test_setup(help_names_them_all, no_environment),
	};

	return cmocka_run_group_tests_name("settings", tests, make_file, remove_file);
}
