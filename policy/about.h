/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_ABOUT_H
#define GRANTD_POLICY_ABOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/field.h"
#include "base/uuid.h"
#include "db/policy_rule.h"

/*
 * What an operation that writes is about, where that is no grant: members of the context, so that rules can tell the key of an
 * admin from that of a robot. docs/policies.md says which operation has which.
 *
 *	target_	what is to be made, or what the path names, as it is now
 *	asked_	what that is to become, where the request says so
 *
 * X(enumerator, name, type, most bytes of a text)
 */
#define ABOUT_MEMBERS(X) \
	X(ABOUT_KEY, "target_key", ABOUT_IS_KEY, 0) \
	X(ABOUT_NAME, "target_name", ABOUT_IS_LINE, FIELD_NAME_MOST) \
	X(ABOUT_ROLES, "target_roles", ABOUT_IS_ROLES, 0) \
	X(ABOUT_EXPIRES_AT, "target_expires_at", ABOUT_IS_TIME, 0) \
	X(ABOUT_ASKED_EXPIRES_AT, "asked_expires_at", ABOUT_IS_TIME, 0) \
	X(ABOUT_REQUEST_ID, "target_request_id", ABOUT_IS_ID, 0) \
	X(ABOUT_GRANTEE_ID, "target_grantee_id", ABOUT_IS_LINE, FIELD_IDENTIFIER_MOST) \
	X(ABOUT_RESOURCE_TYPE, "target_resource_type", ABOUT_IS_LINE, FIELD_IDENTIFIER_MOST) \
	X(ABOUT_RESOURCE_ID, "target_resource_id", ABOUT_IS_LINE, FIELD_RESOURCE_ID_MOST) \
	X(ABOUT_ACTION, "target_action", ABOUT_IS_LINE, FIELD_IDENTIFIER_MOST) \
	X(ABOUT_METADATA, "target_metadata", ABOUT_IS_OBJECT, 0) \
	X(ABOUT_POLICY, "target_policy", ABOUT_IS_ID, 0) \
	X(ABOUT_PRIORITY, "target_priority", ABOUT_IS_NUMBER, 0) \
	X(ABOUT_ENABLED, "target_enabled", ABOUT_IS_FLAG, 0) \
	X(ABOUT_ASKED_NAME, "asked_name", ABOUT_IS_LINE, FIELD_NAME_MOST) \
	X(ABOUT_ASKED_PRIORITY, "asked_priority", ABOUT_IS_NUMBER, 0) \
	X(ABOUT_ASKED_ENABLED, "asked_enabled", ABOUT_IS_FLAG, 0) \
	X(ABOUT_EFFECT, "target_effect", ABOUT_IS_EFFECT, 0) \
	X(ABOUT_POLICY_TEXT, "target_policy_text", ABOUT_IS_TEXT, RULE_TEXT_MAX) \
	X(ABOUT_ASKED_EFFECT, "asked_effect", ABOUT_IS_EFFECT, 0) \
	X(ABOUT_ASKED_POLICY_TEXT, "asked_policy_text", ABOUT_IS_TEXT, RULE_TEXT_MAX)

enum about_member {
#define X(id, name, type, most) id,
	ABOUT_MEMBERS(X)
#undef X
	    ABOUT__MAX
};

enum about_type {
	ABOUT_IS_KEY, /* an id, seen as ApiKey::"<id>" with the name and roles that are told beside it */
	ABOUT_IS_LINE,   /* a string, as the four after it */
	ABOUT_IS_TEXT,   /* of several lines */
	ABOUT_IS_ID,     /* a UUID */
	ABOUT_IS_EFFECT, /* "permit" or "forbid" */
	ABOUT_IS_ROLES,  /* words separated by blanks, seen as a set of strings */
	ABOUT_IS_TIME,   /* microseconds since 1970, seen as a datetime */
	ABOUT_IS_NUMBER, /* a long */
	ABOUT_IS_FLAG,   /* a boolean */
	ABOUT_IS_OBJECT  /* the text of a JSON object, seen as a grant's metadata is */
};

struct about_value {
	bool there;
	const char *text; /* borrowed, but of an id */
	int64_t number;
	bool flag;
	char id[UUID_TEXT_LEN + 1];
};

/* Texts borrow from whoever puts them in. Zeroed it is empty. Not to be copied: an id is its own text. */
struct about {
	struct about_value member[ABOUT__MAX];
};

const char *about_name(enum about_member);
enum about_type about_type(enum about_member);

/* Put a member in; of what is NULL there is none. */
void about_text(struct about *, enum about_member, const char *text);
void about_id(struct about *, enum about_member, const struct uuid *);
void about_number(struct about *, enum about_member, int64_t); /* times, too */
void about_flag(struct about *, enum about_member, bool);

#endif
