/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_OPTION_H
#define GRANTCTL_ENGINE_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/field.h"
#include "base/uuid.h"
#include "base/words.h"

/* What the value of an option, or an operand, may be. */
enum value_type {
	VALUE_TEXT,   /* any text: the command itself checks it */
	VALUE_LINE,   /* one line of 1 to `most` bytes of UTF-8 */
	VALUE_WORD,   /* one of `words` */
	VALUE_NUMBER, /* from `least` to `most` */
	VALUE_UUID,
	VALUE_TIME,   /* RFC 3339 */
	VALUE_SPAN,   /* a span of time such as 90d, of at most 100 years */
	VALUE_ROLE,   /* a key's role */
	VALUE_OBJECT, /* a JSON object, such as a grant's metadata */
	VALUE_FILE    /* the path of a file */
};

enum option_flags {
	OPTION_REQUIRED = 1,
	OPTION_REPEATS = 2,
	OPTION_OPEN =
	    4 /* VALUE_WORD: with --allow-unknown also any other line of at most `most` bytes */
};

/*
 * An option that a command takes: --name VALUE, --name=VALUE, or --name where it has no value. Checks, messages, help
 * and completion all read this description. A command's operand is described in the same way, without a name.
 */
struct option {
	const char *name;  /* without the hyphens; may be shortened while it is unambiguous */
	const char *value; /* what stands for the value in help; NULL: the option is a switch */
	enum value_type type;
	int flags;
	int64_t least, most;
	const char *const *words; /* ends with NULL */
	const char *help;         /* what it does; what its value may be is added to that */
};

/* Options that mean the same wherever they are taken. */
#define OPTION_JSON \
	{ \
		.name = "json", .help = "print one JSON value, for programs" \
	}
#define OPTION_TENANT \
	{ \
		.name = "tenant", .value = "UUID", .type = VALUE_UUID, .flags = OPTION_REQUIRED, \
		.help = "the tenant" \
	}
#define OPTION_ONE_TENANT \
	{ \
		.name = "tenant", .value = "UUID", .type = VALUE_UUID, .help = "only this tenant" \
	}
#define OPTION_ID \
	{ \
		.name = "id", .value = "UUID", .type = VALUE_UUID, \
		.help = "its id; a new one unless given" \
	}
#define OPTION_NAME \
	{ \
		.name = "name", .value = "TEXT", .type = VALUE_LINE, .flags = OPTION_REQUIRED, \
		.most = FIELD_NAME_MOST, .help = "what people call it" \
	}
#define OPTION_REASON \
	{ \
		.name = "reason", .value = "TEXT", .type = VALUE_LINE, .most = FIELD_REASON_MOST, \
		.help = "why; kept in the audit log" \
	}
#define OPTION_EXPIRES_IN \
	{ \
		.name = "expires-in", .value = "TIME", .type = VALUE_SPAN, \
		.help = "expire so long from now" \
	}
#define OPTION_EXPIRES_AT \
	{ \
		.name = "expires-at", .value = "TIME", .type = VALUE_TIME, \
		.help = "or at this time" \
	}
#define OPTION_STATUS \
	{ \
		.name = "status", .value = "STATUS", .type = VALUE_WORD, .words = status_words, \
		.help = "only those with this status" \
	}
#define OPTION_LIMIT \
	{ \
		.name = "limit", .value = "N", .type = VALUE_NUMBER, .least = 1, \
		.most = INT64_MAX, .help = "only the newest N" \
	}
#define OPTIONS_END \
	{ \
		.name = NULL \
	}

/*
 * A value, as given and converted. `number` is the one of VALUE_NUMBER, microseconds since 1970 in UTC for
 * VALUE_TIME, seconds for VALUE_SPAN, and the place in `words` for VALUE_WORD; -1: it is none of them (OPTION_OPEN).
 */
struct value {
	const char *text; /* borrowed from the command line; NULL for a switch */
	int64_t number;
	struct uuid uuid; /* VALUE_UUID */
};

/* Convert a text. False: it is not what the description allows. */
MUST_CHECK bool option_take(const struct option *, const char *text, struct value *);

/* The word that a text, which is none of the option's, may be a mistake for; NULL: none. */
const char *option_near(const struct option *, const char *text);

/* Append what the value must be: "active, expired or revoked". */
void option_expect(const struct option *, struct buf *);

/*
 * The option that `len` bytes of text name, in full or shortened. NULL: there is none. *other is another one that they
 * may also stand for, or NULL.
 */
const struct option *option_find(const struct option *options, const char *text, size_t len,
    const struct option **other);

#endif
