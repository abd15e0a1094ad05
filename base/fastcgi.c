/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "base/fastcgi.h"

/* A long stream's records are aligned so that none needs padding. */
#define PIECE_MAX ((size_t)FCGI_MAX_LENGTH / 8 * 8)
#define SHORT_MAX 127 /* of a length in one byte */

void
fcgi_header_read(struct fcgi_header *h, const unsigned char b[FCGI_HEADER_LEN])
{
	h->version = b[0];
	h->type = b[1];
	h->id = (unsigned)b[2] << 8 | b[3];
	h->content = (size_t)b[4] << 8 | b[5];
	h->padding = b[6];
}

void
fcgi_put_record(struct buf *to, const struct fcgi_header *h, const void *content)
{
	static const unsigned char zeros[255];
	const unsigned char b[FCGI_HEADER_LEN] = {
		(unsigned char)h->version,
		(unsigned char)h->type,
		(unsigned char)(h->id >> 8),
		(unsigned char)h->id,
		(unsigned char)(h->content >> 8),
		(unsigned char)h->content,
		(unsigned char)h->padding,
		0,
	};

	buf_add(to, b, sizeof(b));
	buf_add(to, content, h->content);
	buf_add(to, zeros, h->padding);
}

/* A record as it should be, without padding. */
static void
put(struct buf *to, int type, unsigned id, const void *content, size_t len)
{
	const struct fcgi_header h = {
		.version = FCGI_VERSION_1,
		.type = type,
		.id = id,
		.content = len,
	};

	fcgi_put_record(to, &h, content);
}

void
fcgi_put_stream(struct buf *to, int type, unsigned id, const void *data, size_t len)
{
	const char *at = data;
	size_t n;

	for (; len > 0; at += n, len -= n) {
		n = len < PIECE_MAX ? len : PIECE_MAX;
		put(to, type, id, at, n);
	}
}

void
fcgi_put_stream_end(struct buf *to, int type, unsigned id)
{
	put(to, type, id, NULL, 0);
}

void
fcgi_put_begin(struct buf *to, unsigned id, int role, int flags)
{
	const FCGI_BeginRequestBody body = {
		.roleB1 = (unsigned char)(role >> 8),
		.roleB0 = (unsigned char)role,
		.flags = (unsigned char)flags,
	};

	put(to, FCGI_BEGIN_REQUEST, id, &body, sizeof(body));
}

void
fcgi_put_end(struct buf *to, unsigned id, int status)
{
	const FCGI_EndRequestBody body = { .protocolStatus = (unsigned char)status };

	put(to, FCGI_END_REQUEST, id, &body, sizeof(body));
}

static void
put_length(struct buf *to, size_t len)
{
	const unsigned char four[4] = { (unsigned char)(0x80 | len >> 24),
		(unsigned char)(len >> 16), (unsigned char)(len >> 8), (unsigned char)len };

	if (len > SHORT_MAX)
		buf_add(to, four, sizeof(four));
	else
		buf_addc(to, (char)len);
}

void
fcgi_put_pair(struct buf *to, const char *name, size_t name_len, const char *value,
    size_t value_len)
{
	put_length(to, name_len);
	put_length(to, value_len);
	buf_add(to, name, name_len);
	buf_add(to, value, value_len);
}

/* Up to 2^31 - 1; that it is more than there is, is for the caller to see. */
static bool
get_length(const unsigned char **at, const unsigned char *end, size_t *len)
{
	const unsigned char *b = *at;
	size_t bytes = b < end && b[0] > SHORT_MAX ? 4 : 1;

	if ((size_t)(end - b) < bytes)
		return false;
	*len = bytes == 1 ?
	    b[0] :
	    (size_t)(b[0] & 0x7F) << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
	*at += bytes;
	return true;
}

bool
fcgi_get_pair(char **at, char *end, struct fcgi_pair *p)
{
	const unsigned char *b = (const unsigned char *)*at, *last = (const unsigned char *)end;
	size_t left;

	if (!get_length(&b, last, &p->name_len) || !get_length(&b, last, &p->value_len))
		return false;
	left = (size_t)(last - b);
	if (p->name_len > left || p->value_len > left - p->name_len)
		return false;
	p->name = end - left;
	p->value = p->name + p->name_len;
	*at = p->value + p->value_len;
	return true;
}
