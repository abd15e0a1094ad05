/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "http/etag.h"

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* RFC 9110's etagc: visible characters but the quote, and bytes from 0x80 on. */
static bool
is_etag_char(char c)
{
	unsigned char u = (unsigned char)c;

	return u == 0x21 || (u >= 0x23 && u <= 0x7E) || u >= 0x80;
}

/*
 * The end of the entity tag at `p`, and where between the quotes its opaque part is; NULL: there is
 * none.
 */
static const char *
read_tag(const char *p, const char **opaque, size_t *len)
{
	if (p[0] == 'W' && p[1] == '/')
		p += 2;
	if (*p++ != '"')
		return NULL;
	*opaque = p;
	while (is_etag_char(*p))
		p++;
	*len = (size_t)(p - *opaque);
	return *p == '"' ? p + 1 : NULL;
}

/* The length of a tag without what a compressing web server put at its end. */
static size_t
without_suffix(const char *opaque, size_t len)
{
	static const char *const suffixes[] = { "-gzip", "-br", "-deflate", "-zstd" };
	size_t i, n;

	for (i = 0; i < COUNT_OF(suffixes); i++) {
		n = strlen(suffixes[i]);
		if (len > n && memcmp(opaque + len - n, suffixes[i], n) == 0)
			return len - n;
	}
	return len;
}

/* `etag` is the current one, with its quotes. */
static bool
tag_equal(const char *opaque, size_t len, const char *etag)
{
	size_t etag_len = strlen(etag);

	len = without_suffix(opaque, len);
	return etag_len == len + 2 && memcmp(etag + 1, opaque, len) == 0;
}

enum etag_result
etag_list_match(const char *header_value, const char *etag)
{
	enum etag_result result = ETAG_NO_MATCH;
	const char *p = skip_blanks(header_value), *opaque;
	size_t len;

	if (*p == '*')
		return *skip_blanks(p + 1) == '\0' ? ETAG_MATCH : ETAG_MALFORMED;
	for (;;) {
		if (*p != ',' && *p != '\0') {
			if ((p = read_tag(p, &opaque, &len)) == NULL)
				return ETAG_MALFORMED;
			if (tag_equal(opaque, len, etag))
				result = ETAG_MATCH;
			p = skip_blanks(p);
		}
		if (*p == '\0')
			return result;
		if (*p != ',')
			return ETAG_MALFORMED;
		p = skip_blanks(p + 1);
	}
}
