/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_CONNINFO_H
#define GRANTD_DB_CONNINFO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * The operator's connection string, which may hold a password, at whatever place he put it. libpq quotes pieces of what it
 * cannot use, so nothing that it says is passed on as it is. Grammar: PostgreSQL 15 manual, 34.1.1.
 */

#define CONNINFO_SENTENCE_MAX 256

/*
 * Could libpq use this string? Asks nobody: no server, no resolver. Also refused is what libpq would read otherwise than it was
 * meant: a URI with an '@' or '/' in its password. False, with a sentence that names options of libpq's and
 * places, and repeats nothing of the string.
 */
MUST_CHECK bool conninfo_check(const char *string, char sentence[CONNINFO_SENTENCE_MAX]);

/* Does a string that libpq can use hold a password (or that of a certificate's key)? */
bool conninfo_has_password(const char *string);

/* What libpq says of a connection, without what it quotes where the string may hold a secret; cut where it does not fit. */
void conninfo_hide(const char *string, const char *message, char *out, size_t size);

#endif
