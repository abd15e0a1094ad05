/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_FIELD_H
#define GRANTD_BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * What the values of single fields may be, wherever they come from. Lengths are in bytes. The
 * database checks the same.
 */
#define FIELD_NAME_MOST 200         /* of a tenant, a key, a policy or an event: for people */
#define FIELD_IDENTIFIER_MOST 256   /* grantee_id, action, actor_id */
#define FIELD_RESOURCE_ID_MOST 2048 /* of a grant's resource */
#define FIELD_SERVICE_MOST 100      /* that an event was done with */
#define FIELD_REASON_MOST 512       /* why something is done */
#define FIELD_METADATA_MOST 16384   /* of a grant, as JSON text */
#define FIELD_ROLES_MOST 32         /* roles of a key, each of: */
#define FIELD_ROLE_MOST 63
#define FIELD_PRIORITY_MOST 1000000 /* of a policy; the least is its opposite; not a length */

/* One line of 1 to `most` bytes: UTF-8 without control characters. */
MUST_CHECK bool field_line_valid(const char *text, size_t most);

/* A role's name: a lower-case letter, then up to 62 lower-case letters, digits, '_' and '-'. */
MUST_CHECK bool field_role_valid(const char *text);

/*
 * A JSON object (see json_strict.h) of at most FIELD_METADATA_MOST bytes, without U+0000 in any
 * string, which PostgreSQL's jsonb cannot hold.
 */
MUST_CHECK bool field_json_object_valid(const char *text);

/* Of X-Request-ID, and of a question's request_id. */
#define FIELD_REQUEST_ID_MOST 128

#endif
