/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_ETAG_H
#define GRANTD_HTTP_ETAG_H

#include "base/compiler.h"

/* Room for any tag of ours: a version and a word, with quotes and a terminator. */
#define ETAG_TEXT_MAX 48

enum etag_result {
	ETAG_MATCH,
	ETAG_NO_MATCH,
	ETAG_MALFORMED /* neither "*" nor a list of entity tags */
};

/*
 * Does an If-Match or If-None-Match value (RFC 9110 sections 8.8.3, 13.1.1, 13.1.2) name the
 * current `etag`, a strong one with its quotes ("\"v7\"")? "*" names any; a list may have empty
 * elements, and a list of nothing else names none. The whole value is checked even after a match.
 *
 * Comparison is lenient for both headers, since a web server in front changes our tag when it
 * compresses a response: nginx makes it weak (W/"v7"), Apache and lighttpd put "-gzip", "-br",
 * "-deflate" or "-zstd" inside the quotes. One such suffix and the W/ are disregarded; our own tags
 * have neither.
 */
MUST_CHECK enum etag_result etag_list_match(const char *header_value, const char *etag);

#endif
