/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <libpq-fe.h>

#include "base/number.h"
#include "base/spelling.h"
#include "db/conninfo.h"

#define NAME_MAX_BYTES 32 /* longer than any option's name */
#define NEAR 2            /* changed letters that still are a typing mistake */

/* What other programs read from such a string, and libpq does not. */
static const char *const of_others[] = { "pgbouncer", "schema", "connection_limit", "pool_timeout",
	"socket_timeout", "sslaccept", "statement_cache_size", "currentSchema", "search_path",
	"pool" };

/* What libpq looks at only when it connects, and then quotes. */
static const struct {
	const char *option;
	const char *words; /* "|a|b|"; NULL: a whole number */
} values[] = {
	{ "connect_timeout", NULL },
	{ "keepalives", NULL },
	{ "keepalives_idle", NULL },
	{ "keepalives_interval", NULL },
	{ "keepalives_count", NULL },
	{ "tcp_user_timeout", NULL },
	{ "sslmode", "|disable|allow|prefer|require|verify-ca|verify-full|" },
	{ "channel_binding", "|disable|prefer|require|" },
	{ "gssencmode", "|disable|prefer|require|" },
	{ "target_session_attrs", "|any|read-write|read-only|primary|standby|prefer-standby|" },
};

/* Write the sentence; always false, for `return refuse(…)`. */
static bool refuse(char sentence[CONNINFO_SENTENCE_MAX], const char *format, ...)
    GRANTD_PRINTF(2, 3);

static bool
refuse(char sentence[CONNINFO_SENTENCE_MAX], const char *format, ...)
{
	static const char begin[] = "GRANTD_DATABASE is not a connection string: ";
	va_list ap;

	(void)snprintf(sentence, CONNINFO_SENTENCE_MAX, "%s", begin);
	va_start(ap, format);
	(void)vsnprintf(sentence + sizeof(begin) - 1, CONNINFO_SENTENCE_MAX - sizeof(begin) + 1,
	    format, ap);
	va_end(ap);
	return false;
}

/* What is behind "postgresql://"; NULL where the string is no URI. */
static const char *
uri_rest(const char *string)
{
	static const char *const schemes[] = { "postgresql://", "postgres://" };
	size_t i;

	for (i = 0; i < COUNT_OF(schemes); i++)
		if (strncmp(string, schemes[i], strlen(schemes[i])) == 0)
			return string + strlen(schemes[i]);
	return NULL;
}

/* Is it an option of libpq's? Otherwise *nearest is one that is spelt nearly so, or NULL. */
static bool
is_option(const char *name, char nearest[NAME_MAX_BYTES])
{
	PQconninfoOption *options = PQconndefaults(), *o;
	size_t distance, least = NEAR + 1;

	nearest[0] = '\0';
	for (o = options; o != NULL && o->keyword != NULL && least > 0; o++) {
		distance = spelling_distance(name, o->keyword);
		if (distance < least) {
			least = distance;
			(void)snprintf(nearest, NAME_MAX_BYTES, "%s", o->keyword);
		}
	}
	PQconninfoFree(options);
	return least == 0;
}

/* The name from `at` to `end`, which is looked at and never shown. True: libpq has it. */
static bool
check_name(const char *at, size_t len, const char *what, int number,
    char sentence[CONNINFO_SENTENCE_MAX])
{
	char name[NAME_MAX_BYTES], nearest[NAME_MAX_BYTES];
	size_t i;

	(void)snprintf(name, sizeof(name), "%.*s", len < sizeof(name) ? (int)len : 0, at);
	if (is_option(name, nearest))
		return true;
	for (i = 0; i < COUNT_OF(of_others); i++)
		if (strcmp(name, of_others[i]) == 0)
			return refuse(sentence, "%s is an option of other programs', not libpq's",
			    of_others[i]);
	if (nearest[0] != '\0')
		return refuse(sentence, "its %s %d is no option of libpq's; is %s meant?", what,
		    number, nearest);
	return refuse(sentence, "its %s %d is no option of libpq's", what, number);
}

static bool
check_percents(const char *uri, char sentence[CONNINFO_SENTENCE_MAX])
{
	for (; *uri != '\0'; uri++)
		if (*uri == '%' &&
		    (!isxdigit((unsigned char)uri[1]) || !isxdigit((unsigned char)uri[2]) ||
			strncmp(uri, "%00", 3) == 0))
			return refuse(sentence,
			    "a '%%' is not followed by the two hexadecimal digits of a character; "
			    "write %%25 for a '%%' itself");
	return true;
}

/* Always false: why libpq cannot parse a URI. */
static bool
explain_uri(const char *rest, char sentence[CONNINFO_SENTENCE_MAX])
{
	const char *query;
	size_t len;
	int number;

	if (!check_percents(rest, sentence))
		return false;
	rest += strcspn(rest, "@/");
	query = strchr(rest, '?');
	for (number = 1; query != NULL && *query != '\0'; number++) {
		query++;
		len = strcspn(query, "&");
		if (strcspn(query, "=") >= len)
			return refuse(sentence, "its parameter %d has no '='", number);
		/* libpq takes JDBC's ssl=true for sslmode=require. */
		if (strncmp(query, "ssl=", 4) != 0 &&
		    !check_name(query, strcspn(query, "="), "parameter", number, sentence))
			return false;
		query += len;
	}
	return refuse(sentence, "libpq cannot parse this URI");
}

/* Behind a value of the form name=value; NULL: a quote is not closed. */
static const char *
skip_value(const char *at)
{
	bool quoted = *at == '\'';

	for (at += quoted; *at != '\0' && (quoted ? *at != '\'' : !isspace((unsigned char)*at));
	     at++)
		if (*at == '\\' && at[1] != '\0')
			at++;
	if (!quoted)
		return at;
	return *at == '\'' ? at + 1 : NULL;
}

/* Always false: why libpq cannot parse a string of the form name=value ... */
static bool
explain_words(const char *at, char sentence[CONNINFO_SENTENCE_MAX])
{
	size_t len;
	int number;

	if (*at == '"' || *at == '\'')
		return refuse(sentence, "it begins with a quote; here it stands without quotes");
	for (number = 1;; number++) {
		at += strspn(at, " \t\r\n\f\v");
		if (*at == '\0')
			return refuse(sentence, "libpq cannot parse it");
		len = strcspn(at, "= \t\r\n\f\v");
		if (at[len + strspn(at + len, " \t\r\n\f\v")] != '=')
			return refuse(sentence, "its option %d has no '=' behind its name", number);
		if (!check_name(at, len, "option", number, sentence))
			return false;
		at += strcspn(at, "=") + 1;
		at = skip_value(at + strspn(at, " \t\r\n\f\v"));
		if (at == NULL)
			return refuse(sentence, "a quote in its option %d is not closed", number);
	}
}

/*
 * A user's name and password end at the first '@' before any '/' (libpq, conninfo_uri_parse_options()). Another '@' before the
 * parameters is one that was meant to be in them; what libpq would take for host, port or database is a piece of the
 * password then, to be looked up and logged.
 */
static bool
check_at(const char *rest, char sentence[CONNINFO_SENTENCE_MAX])
{
	size_t user = strcspn(rest, "@/");

	if (rest[user] == '@')
		rest += user + 1;
	if (strcspn(rest, "@") >= strcspn(rest, "?"))
		return true;
	return refuse(sentence,
	    "an '@' stands behind the host; in a user's name or password, write %%40 for '@' and "
	    "%%2F for '/'");
}

/* One or several, for as many hosts: "5432,,5433". */
static bool
are_ports(const char *ports)
{
	size_t len;
	int64_t port;

	for (;; ports += len + 1) {
		len = strcspn(ports, ",");
		if (len > 0 && !number_parse(&port, ports, len, 1, 65535))
			return false;
		if (ports[len] == '\0')
			return true;
	}
}

static bool
is_word(const char *words, const char *value)
{
	const char *at = strstr(words, value);

	return strchr(value, '|') == NULL && at != NULL && at[-1] == '|' &&
	    at[strlen(value)] == '|';
}

static bool
check_value(const PQconninfoOption *o, char sentence[CONNINFO_SENTENCE_MAX])
{
	int64_t number;
	size_t i;

	if (o->val == NULL || o->val[0] == '\0')
		return true;
	if (strcmp(o->keyword, "port") == 0 && !are_ports(o->val))
		return refuse(sentence,
		    "port is not a number from 1 to 65535, or several with ','");
	for (i = 0; i < COUNT_OF(values); i++) {
		if (strcmp(o->keyword, values[i].option) != 0)
			continue;
		if (values[i].words == NULL &&
		    !number_parse(&number, o->val, strlen(o->val), INT32_MIN, INT32_MAX))
			return refuse(sentence, "%s is not a whole number", o->keyword);
		if (values[i].words != NULL && !is_word(values[i].words, o->val))
			return refuse(sentence, "%s has a value that libpq does not know",
			    o->keyword);
	}
	return true;
}

static bool
check_values(const PQconninfoOption *o, char sentence[CONNINFO_SENTENCE_MAX])
{
	for (; o->keyword != NULL; o++)
		if (!check_value(o, sentence))
			return false;
	return true;
}

bool
conninfo_check(const char *string, char sentence[CONNINFO_SENTENCE_MAX])
{
	const char *rest = uri_rest(string);
	PQconninfoOption *options;
	bool good;

	if (string[0] == '\0')
		return true;
	options = PQconninfoParse(string, NULL);
	if (options == NULL)
		return rest != NULL ? explain_uri(rest, sentence) : explain_words(string, sentence);
	good = (rest == NULL || check_at(rest, sentence)) && check_values(options, sentence);
	PQconninfoFree(options);
	return good;
}

bool
conninfo_has_password(const char *string)
{
	PQconninfoOption *options = PQconninfoParse(string, NULL), *o;
	bool has = false;

	for (o = options; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, "password") == 0 || strcmp(o->keyword, "sslpassword") == 0)
			has = has || (o->val != NULL && o->val[0] != '\0');
	PQconninfoFree(options);
	return has;
}

/* No password goes without one of these. */
static bool
may_hold_secret(const char *string)
{
	return strchr(string, '@') != NULL || strcasestr(string, "password") != NULL;
}

void
conninfo_hide(const char *string, const char *message, char *out, size_t size)
{
	bool hide = may_hold_secret(string), inside = false;
	size_t n = 0;

	/* Where one begins and ends could not be told. */
	if (hide && strchr(string, '"') != NULL)
		message = "the database cannot be reached";
	for (; *message != '\0' && *message != '\n' && n + 5 < size; message++) {
		if (!hide || *message == '"' || !inside)
			out[n++] = *message;
		if (hide && *message == '"' && !inside)
			n += (size_t)snprintf(out + n, size - n, "...");
		inside = inside != (*message == '"');
	}
	out[n] = '\0';
}
