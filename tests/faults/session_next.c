/* SPDX-License-Identifier: MIT */
/*
 * What a session is to be like, of the version after this one: it was made for the next schema and serves this one too. Linked
 * into a grantd (tests/faults/grantd_next) in the place of db/session.c.
 */
#include "config.h"

#include "db/db.h"

#undef DB_SCHEMA_VERSION
#define DB_SCHEMA_VERSION 7
#undef DB_SCHEMA_OLDEST
#define DB_SCHEMA_OLDEST 6

#include "db/session.c" /* NOLINT(bugprone-suspicious-include): it is the same but for the numbers */
