/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_MEDIA_TYPE_H
#define GRANTD_HTTP_MEDIA_TYPE_H

enum media_type {
	MEDIA_NONE,        /* absent or empty */
	MEDIA_JSON,        /* application/json */
	MEDIA_MERGE_PATCH, /* application/merge-patch+json, RFC 7396 */
	MEDIA_OTHER        /* another type, another charset than UTF-8, or malformed */
};

/*
 * Which media type is a Content-Type value (RFC 9110 section 8.3.1; NULL: absent)? Letter case does
 * not matter; parameters are allowed and disregarded, except that a charset must be utf-8, quoted
 * or not.
 */
enum media_type media_type_of(const char *value);

#endif
