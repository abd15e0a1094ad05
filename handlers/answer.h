/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_ANSWER_H
#define GRANTD_HANDLERS_ANSWER_H

#include "handlers/operation.h"

/* Answers that show one thing. Each takes the JSON over; NULL fails the response. */

/* A read: 200, or 304 where If-None-Match names what the client has. */
void answer_read(struct call *, const char *etag, struct json_object *);

/* A change: 200, or 204 where the client prefers that (RFC 7240). */
void answer_changed(struct call *, const char *etag, struct json_object *);

/* A thing that is new: 201 with its place, `path` below the API's root. */
void answer_created(struct call *, const char *path, const char *etag, struct json_object *);

/* 422 invalid_body, for what a member's type and the schema do not tell. */
void answer_invalid_member(struct call *, const char *member, const char *expected);

/* Answer a change that leaves nothing to show: 204. */
void answer_nothing(struct call *c);

#endif
