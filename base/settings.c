/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "base/settings.h"
#include "base/spelling.h"
#include "base/utf8.h"

#define FILE_MAX ((size_t)64 * 1024)
#define SHOWN_MAX 64 /* bytes of a refused value or name that a sentence quotes */
#define NEAR 3       /* changed letters that still are a typing mistake */

enum setting_type { SETTING_TEXT, SETTING_NUMBER, SETTING_CHOICE };
enum { PUBLIC, SECRET };

struct setting {
	const char *name;
	enum setting_type type;
	size_t offset; /* of the field in struct settings */
	int secret;
	const char *initial; /* the default, as text */
	int least, most;
	const char *unit;
	const char *words; /* "a|b|c" */
	const char *help;
};

static const struct setting table[] = {
#define TEXT(field, name_, initial_, secret_, help_) \
	{ .name = name_, \
		.type = SETTING_TEXT, \
		.offset = offsetof(struct settings, field), \
		.initial = initial_, \
		.secret = secret_, \
		.unit = "", \
		.help = help_ },
#define NUMBER(field, name_, initial_, least_, most_, unit_, help_) \
	{ .name = name_, \
		.type = SETTING_NUMBER, \
		.offset = offsetof(struct settings, field), \
		.initial = #initial_, \
		.least = least_, \
		.most = most_, \
		.unit = unit_, \
		.help = help_ },
#define CHOICE(field, name_, initial_, words_, help_) \
	{ .name = name_, \
		.type = SETTING_CHOICE, \
		.offset = offsetof(struct settings, field), \
		.initial = initial_, \
		.unit = words_, \
		.words = words_, \
		.help = help_ },
	SETTINGS_LIST(TEXT, NUMBER, CHOICE)
#undef TEXT
#undef NUMBER
#undef CHOICE
};

static char **
text_field(struct settings *s, const struct setting *setting)
{
	return (char **)(void *)((char *)s + setting->offset);
}

static int *
number_field(struct settings *s, const struct setting *setting)
{
	return (int *)(void *)((char *)s + setting->offset);
}

static const struct setting *
find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

/* ---- sentences ---- */

static bool refuse(char error[SETTINGS_ERROR_MAX], const char *format, ...) GRANTD_PRINTF(2, 3);

/* Write the sentence; always false, for `return refuse(…)`. */
static bool
refuse(char error[SETTINGS_ERROR_MAX], const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(error, SETTINGS_ERROR_MAX, format, ap);
	va_end(ap);
	return false;
}

/*
 * What may be shown of a text from outside: a short one, with '?' for what is not printable ASCII.
 */
static const char *
shown(const char *text, char out[SHOWN_MAX + 4])
{
	size_t i;

	for (i = 0; i < SHOWN_MAX && text[i] != '\0'; i++)
		out[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	(void)snprintf(out + i, 4, "%s", text[i] != '\0' ? "..." : "");
	return out;
}

static bool
refuse_value(const struct setting *setting, const char *value, const char *where,
    char error[SETTINGS_ERROR_MAX])
{
	char quoted[SHOWN_MAX + 4];

	if (setting->type == SETTING_NUMBER)
		return refuse(error,
		    "%s: %s must be a whole number of %s from %d to %d, not \"%s\"", where,
		    setting->name, setting->unit, setting->least, setting->most,
		    shown(value, quoted));
	if (setting->type == SETTING_CHOICE)
		return refuse(error, "%s: %s must be one of %s, not \"%s\"", where, setting->name,
		    setting->words, shown(value, quoted));
	return refuse(error, "%s: %s must be UTF-8 text without control characters", where,
	    setting->name);
}

/* The setting that a name may be a typing mistake for, or NULL. */
static const char *
nearest_name(const char *name)
{
	const char *nearest = NULL;
	size_t i, d, least = NEAR + 1;

	for (i = 0; i < COUNT_OF(table); i++) {
		d = spelling_distance(name, table[i].name);
		if (d < least) {
			least = d;
			nearest = table[i].name;
		}
	}
	return nearest;
}

static bool
refuse_name(const char *name, const char *where, char error[SETTINGS_ERROR_MAX])
{
	const char *nearest = nearest_name(name);
	char quoted[SHOWN_MAX + 4];

	if (nearest != NULL)
		return refuse(error, "%s: there is no setting \"%s\"; is %s meant?", where,
		    shown(name, quoted), nearest);
	return refuse(error, "%s: there is no setting \"%s\"", where, shown(name, quoted));
}

/* ---- values ---- */

/* The index of `word` in "a|b|c", or -1. */
static int
word_index(const char *words, const char *word)
{
	size_t len = strlen(word), n;
	int i;

	for (i = 0;; i++) {
		n = strcspn(words, "|");
		if (n == len && memcmp(words, word, n) == 0)
			return i;
		if (words[n] == '\0')
			return -1;
		words += n + 1;
	}
}

/* The i-th word of "a|b|c", which has that many; *len is its length. */
static const char *
word_at(const char *words, int i, size_t *len)
{
	while (i-- > 0)
		words += strcspn(words, "|") + 1;
	*len = strcspn(words, "|");
	return words;
}

static void
free_text(char **field)
{
	if (*field != NULL)
		explicit_bzero(*field, strlen(*field));
	free(*field);
	*field = NULL;
}

static bool
set_text(struct settings *s, const struct setting *setting, const char *value, const char *where,
    char error[SETTINGS_ERROR_MAX])
{
	char **field = text_field(s, setting), *copy;

	if (!utf8_printable(value, strlen(value)))
		return refuse_value(setting, value, where, error);
	if ((copy = strdup(value)) == NULL)
		return refuse(error, "%s: %s: out of memory", where, setting->name);
	free_text(field);
	*field = copy;
	return true;
}

static bool
set_value(struct settings *s, const struct setting *setting, const char *value, const char *where,
    char error[SETTINGS_ERROR_MAX])
{
	int64_t number;
	int index;

	if (setting->type == SETTING_TEXT)
		return set_text(s, setting, value, where, error);
	if (setting->type == SETTING_NUMBER) {
		if (!number_parse(&number, value, strlen(value), setting->least, setting->most))
			return refuse_value(setting, value, where, error);
		*number_field(s, setting) = (int)number;
		return true;
	}
	if ((index = word_index(setting->words, value)) < 0)
		return refuse_value(setting, value, where, error);
	*number_field(s, setting) = index;
	return true;
}

bool
settings_set(struct settings *s, const char *name, const char *value, const char *where,
    char error[SETTINGS_ERROR_MAX])
{
	const struct setting *setting = find(name);

	if (setting == NULL)
		return refuse_name(name, where, error);
	return set_value(s, setting, value, where, error);
}

/* ---- sources ---- */

/* Who is told of what is wrong: `error` has the sentence of the last one. */
struct problems {
	settings_teller *tell; /* NULL: the first ends the loading */
	void *of;
	bool any;
	char error[SETTINGS_ERROR_MAX];
};

/* After something that may have gone wrong: does loading go on? */
static bool
go_on(struct problems *p, bool good)
{
	if (good)
		return true;
	p->any = true;
	if (p->tell == NULL)
		return false;
	p->tell(p->of, p->error);
	return true;
}

static bool
load_defaults(struct settings *s, char error[SETTINGS_ERROR_MAX])
{
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++)
		if (!set_value(s, &table[i], table[i].initial, "default", error))
			return false;
	return true;
}

static bool
load_environment(struct settings *s, struct problems *p)
{
	const char *value;
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++) {
		if ((value = getenv(table[i].name)) != NULL &&
		    !go_on(p, set_value(s, &table[i], value, "environment", p->error)))
			return false;
	}
	return true;
}

/* Names that mean something to us or to who calls us, though they are no settings. */
static bool
is_ours(const char *name)
{
	static const char *const ours[] = { "GRANTD_CONFIG", "GRANTD_URL", "GRANTD_API_KEY",
		"GRANTD_TENANT_ID", "GRANTD_GRANT_ID" };
	size_t i;

	for (i = 0; i < COUNT_OF(ours); i++)
		if (strcmp(ours[i], name) == 0)
			return true;
	return find(name) != NULL;
}

void
settings_mistaken(settings_teller *tell, void *of)
{
	char name[SPELLING_MAX + 1], sentence[SETTINGS_ERROR_MAX];
	char **variable;
	size_t len;

	for (variable = environ; variable != NULL && *variable != NULL; variable++) {
		len = strcspn(*variable, "=");
		if (len >= sizeof(name) || strncmp(*variable, "GRANTD_", strlen("GRANTD_")) != 0)
			continue;
		memcpy(name, *variable, len);
		name[len] = '\0';
		if (is_ours(name) || nearest_name(name) == NULL)
			continue;
		(void)refuse_name(name, "environment", sentence);
		tell(of, sentence);
	}
}

/* Cut off blanks at both ends, in place. */
static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	for (len = strlen(text); len > 0 && strchr(" \t\r", text[len - 1]) != NULL; len--)
		continue;
	text[len] = '\0';
	return text;
}

/* One line of a file; `seen` has a flag for each setting. */
static bool
load_line(struct settings *s, char *line, const char *where, bool *seen,
    char error[SETTINGS_ERROR_MAX])
{
	const struct setting *setting;
	char *name = trim(line), *value;

	if (*name == '\0' || *name == '#')
		return true;
	if ((value = strchr(name, '=')) == NULL)
		return refuse(error, "%s: a line must be NAME=value, empty, or begin with #",
		    where);
	*value++ = '\0';
	name = trim(name);
	if ((setting = find(name)) == NULL)
		return refuse_name(name, where, error);
	if (seen[setting - table])
		return refuse(error, "%s: %s is set a second time", where, name);
	seen[setting - table] = true;
	return set_value(s, setting, trim(value), where, error);
}

static bool
load_lines(struct settings *s, char *text, const char *file, struct problems *p)
{
	bool seen[COUNT_OF(table)] = { false };
	char where[SETTINGS_ERROR_MAX / 2], *line, *next;
	int number = 1;

	for (line = text; line != NULL; line = next, number++) {
		if ((next = strchr(line, '\n')) != NULL)
			*next++ = '\0';
		(void)snprintf(where, sizeof(where), "%.200s:%d", file, number);
		if (!go_on(p, load_line(s, line, where, seen, p->error)))
			return false;
	}
	return true;
}

/* Read up to `size` bytes; -1, with errno set, when reading fails. */
static ssize_t
read_whole(const char *file, char *text, size_t size)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY), saved;
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -1;
	do {
		n = read(fd, text + len, size - len);
		if (n > 0)
			len += (size_t)n;
	} while ((n > 0 && len < size) || (n < 0 && errno == EINTR));
	saved = errno;
	(void)close(fd);
	errno = saved;
	return n < 0 ? -1 : (ssize_t)len;
}

static bool
load_text(struct settings *s, char *text, const char *file, struct problems *p)
{
	ssize_t len = read_whole(file, text, FILE_MAX);
	bool good = false;

	if (len < 0)
		(void)refuse(p->error, "%.200s: %s", file, strerror(errno));
	else if ((size_t)len == FILE_MAX)
		(void)refuse(p->error, "%.200s: larger than a file of settings can be", file);
	else if (memchr(text, '\0', (size_t)len) != NULL)
		(void)refuse(p->error, "%.200s: not a text file", file);
	else
		good = true;
	if (!good)
		return go_on(p, false);
	text[len] = '\0';
	return load_lines(s, text, file, p);
}

static bool
load_file(struct settings *s, const char *file, struct problems *p)
{
	char *text = malloc(FILE_MAX); /* one block, so that secrets in it can be overwritten */
	bool good;

	if (text == NULL)
		return go_on(p, refuse(p->error, "%.200s: out of memory", file));
	good = load_text(s, text, file, p);
	explicit_bzero(text, FILE_MAX);
	free(text);
	return good;
}

static bool
load(struct settings *s, const char *file, struct problems *p)
{
	*s = (struct settings){ 0 };
	if (file == NULL)
		file = getenv("GRANTD_CONFIG");
	return load_defaults(s, p->error) &&
	    (file == NULL || *file == '\0' || load_file(s, file, p)) && load_environment(s, p);
}

bool
settings_load(struct settings *s, const char *file, char error[SETTINGS_ERROR_MAX])
{
	struct problems p = { .tell = NULL };
	bool good = load(s, file, &p);

	(void)snprintf(error, SETTINGS_ERROR_MAX, "%s", p.error);
	if (!good)
		settings_clear(s);
	return good;
}

bool
settings_examine(struct settings *s, const char *file, settings_teller *tell, void *of)
{
	struct problems p = { .tell = tell, .of = of };

	if (load(s, file, &p))
		return !p.any;
	tell(of, p.error); /* out of memory for the defaults */
	settings_clear(s);
	return false;
}

void
settings_clear(struct settings *s)
{
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++)
		if (table[i].type == SETTING_TEXT)
			free_text(text_field(s, &table[i]));
	*s = (struct settings){ 0 };
}

/* ---- printing ---- */

static const char *
shown_text(const struct setting *setting, const char *text)
{
	return setting->secret == SECRET && *text != '\0' ? "(set)" : text;
}

void
settings_print(const struct settings *s, FILE *out)
{
	const struct setting *setting;
	const char *field, *word;
	size_t len;

	for (setting = table; setting < table + COUNT_OF(table); setting++) {
		field = (const char *)s + setting->offset;
		if (setting->type == SETTING_TEXT) {
			(void)fprintf(out, "%s=%s\n", setting->name,
			    shown_text(setting, *(char *const *)(const void *)field));
		} else if (setting->type == SETTING_NUMBER) {
			(void)fprintf(out, "%s=%d\n", setting->name,
			    *(const int *)(const void *)field);
		} else {
			word = word_at(setting->words, *(const int *)(const void *)field, &len);
			(void)fprintf(out, "%s=%.*s\n", setting->name, (int)len, word);
		}
	}
}

void
settings_help(FILE *out)
{
	size_t i;

	for (i = 0; i < COUNT_OF(table); i++)
		(void)fprintf(out, "%-27s (%s)%s%s - %s\n", table[i].name, table[i].initial,
		    *table[i].unit != '\0' ? " " : "", table[i].unit, table[i].help);
}
