/* SPDX-License-Identifier: MIT */
/* Records and pairs, as the FastCGI Specification draws them. */
#include "config.h"

#include <sys/socket.h>

#include <fcgiapp.h>
#include <unistd.h>

#include "unit.h"

#include "base/fastcgi.h"

static void
assert_bytes(const struct buf *b, const char *bytes, size_t len)
{
	assert_false(b->failed);
	assert_int_equal(b->len, len);
	assert_memory_equal(b->data, bytes, len);
}

static void
records(void **state)
{
	const struct fcgi_header odd = { .version = 9,
		.type = 77,
		.id = 0xABCD,
		.content = 2,
		.padding = 3 };
	struct buf b = BUF_EMPTY;

	(void)state;
	fcgi_put_begin(&b, 0x0102, FCGI_RESPONDER, FCGI_KEEP_CONN);
	assert_bytes(&b, "\1\1\1\2\0\10\0\0\0\1\1\0\0\0\0\0", 16);
	buf_reset(&b);
	fcgi_put_end(&b, 1, FCGI_UNKNOWN_ROLE);
	assert_bytes(&b, "\1\3\0\1\0\10\0\0\0\0\0\0\3\0\0\0", 16);
	buf_reset(&b);
	fcgi_put_stream(&b, FCGI_STDIN, 1, "abc", 3);
	fcgi_put_stream_end(&b, FCGI_STDIN, 1);
	assert_bytes(&b, "\1\5\0\1\0\3\0\0abc\1\5\0\1\0\0\0\0", 19);
	buf_reset(&b);
	fcgi_put_record(&b, &odd, "ab");
	assert_bytes(&b, "\11\115\xAB\xCD\0\2\3\0ab\0\0\0", 13);
	buf_clear(&b);
}

static void
no_bytes_are_no_record(void **state)
{
	struct buf b = BUF_EMPTY;

	(void)state;
	fcgi_put_stream(&b, FCGI_STDOUT, 1, NULL, 0);
	assert_int_equal(b.len, 0);
	buf_clear(&b);
}

/* Of a long stream, no record's content is too long for its header, and all of it is there, in order. */
static void
long_streams(void **state)
{
	static char data[3 * FCGI_MAX_LENGTH];
	struct buf b = BUF_EMPTY, joined = BUF_EMPTY;
	struct fcgi_header h;
	size_t at, i;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 / 5);
	fcgi_put_stream(&b, FCGI_STDOUT, 5, data, sizeof(data));
	for (at = 0; at < b.len; at += FCGI_HEADER_LEN + h.content + h.padding) {
		fcgi_header_read(&h, (const unsigned char *)b.data + at);
		assert_int_equal(h.version, FCGI_VERSION_1);
		assert_int_equal(h.type, FCGI_STDOUT);
		assert_int_equal(h.id, 5);
		assert_true(h.content > 0);
		buf_add(&joined, b.data + at + FCGI_HEADER_LEN, h.content);
	}
	assert_int_equal(at, b.len);
	assert_bytes(&joined, data, sizeof(data));
	buf_clear(&b);
	buf_clear(&joined);
}

static void
headers(void **state)
{
	static const unsigned char bytes[] = { 1, 255, 0xFE, 0xDC, 0x12, 0x34, 0x56, 0x78 };
	struct fcgi_header h;

	(void)state;
	fcgi_header_read(&h, bytes);
	assert_int_equal(h.version, 1);
	assert_int_equal(h.type, 255);
	assert_int_equal(h.id, 0xFEDC);
	assert_int_equal(h.content, 0x1234);
	assert_int_equal(h.padding, 0x56);
}

/* Lengths around the one byte that they may have, both ways. */
static void
pairs(void **state)
{
	static const size_t lengths[] = { 0, 1, 127, 128, 255, 256, 65536, 70000 };
	static char text[70000];
	struct buf b = BUF_EMPTY;
	struct fcgi_pair p;
	size_t i, k;
	char *at;

	(void)state;
	memset(text, 'v', sizeof(text));
	for (i = 0; i < COUNT_OF(lengths); i++)
		for (k = 0; k < COUNT_OF(lengths); k++)
			fcgi_put_pair(&b, text, lengths[i], text, lengths[k]);
	assert_false(b.failed);
	at = b.data;
	for (i = 0; i < COUNT_OF(lengths); i++)
		for (k = 0; k < COUNT_OF(lengths); k++) {
			assert_true(fcgi_get_pair(&at, b.data + b.len, &p));
			assert_int_equal(p.name_len, lengths[i]);
			assert_int_equal(p.value_len, lengths[k]);
			assert_ptr_equal(p.value, p.name + p.name_len);
			assert_ptr_equal(at, p.value + p.value_len);
		}
	assert_ptr_equal(at, b.data + b.len);
	assert_false(fcgi_get_pair(&at, b.data + b.len, &p));
	buf_clear(&b);
}

/* Cut off anywhere, the last pair is none, and what is there is not passed over. */
static void
pairs_cut_off(void **state)
{
	struct buf b = BUF_EMPTY;
	struct fcgi_pair p;
	char text[300];
	size_t len;
	char *at;

	(void)state;
	memset(text, 'v', sizeof(text));
	fcgi_put_pair(&b, "NAME", 4, text, sizeof(text));
	for (len = 1; len < b.len; len++) {
		at = b.data;
		assert_false(fcgi_get_pair(&at, b.data + len, &p));
		assert_ptr_equal(at, b.data);
	}
	buf_clear(&b);
}

/* What says that it is longer than there can be. */
static void
lying_lengths(void **state)
{
	static const char *const lies[] = {
		"\xFF\xFF\xFF\xFF\1ab",
		"\1\xFF\xFF\xFF\xFF"
		"ab",
		"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
		"ab",
		"\x7F\1ab",
		"\1\x7F"
		"ab",
	};
	struct fcgi_pair p;
	char text[16], *at;
	size_t i, len;

	(void)state;
	for (i = 0; i < COUNT_OF(lies); i++) {
		len = strlen(lies[i]);
		memcpy(text, lies[i], len);
		at = text;
		assert_false(fcgi_get_pair(&at, text + len, &p));
	}
}

/* libfcgi reads the request that is written here, and the answer that it writes is read here. */
static void
as_libfcgi_does(void **state)
{
	struct buf params = BUF_EMPTY, b = BUF_EMPTY;
	struct fcgi_header h;
	FCGX_Request rq;
	char long_value[300], body[16] = "", answer[4096];
	ssize_t len;
	size_t at = 0;
	int pair[2], seen = 0;

	(void)state;
	memset(long_value, 'v', sizeof(long_value) - 1);
	long_value[sizeof(long_value) - 1] = '\0';
	fcgi_put_pair(&params, "SHORT", 5, "value", 5);
	fcgi_put_pair(&params, "LONG", 4, long_value, sizeof(long_value) - 1);
	fcgi_put_begin(&b, 258, FCGI_RESPONDER, FCGI_KEEP_CONN);
	fcgi_put_stream(&b, FCGI_PARAMS, 258, params.data, params.len);
	fcgi_put_stream_end(&b, FCGI_PARAMS, 258);
	fcgi_put_stream(&b, FCGI_STDIN, 258, "body", 4);
	fcgi_put_stream_end(&b, FCGI_STDIN, 258);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(write(pair[0], b.data, b.len), (ssize_t)b.len);
	assert_int_equal(FCGX_Init(), 0);
	assert_int_equal(FCGX_InitRequest(&rq, -1, 0), 0);
	rq.ipcFd = pair[1];
	rq.keepConnection = 1;
	assert_int_equal(FCGX_Accept_r(&rq), 0);
	assert_string_equal(FCGX_GetParam("SHORT", rq.envp), "value");
	assert_string_equal(FCGX_GetParam("LONG", rq.envp), long_value);
	assert_int_equal(FCGX_GetStr(body, sizeof(body), rq.in), 4);
	assert_string_equal(body, "body");
	assert_int_equal(rq.keepConnection, 1);
	assert_int_equal(FCGX_PutStr("answer", 6, rq.out), 6);
	FCGX_Finish_r(&rq);
	assert_true((len = read(pair[0], answer, sizeof(answer))) > 0);
	while (at < (size_t)len) {
		fcgi_header_read(&h, (unsigned char *)answer + at);
		assert_int_equal(h.version, FCGI_VERSION_1);
		assert_int_equal(h.id, 258);
		at += FCGI_HEADER_LEN;
		if (h.type == FCGI_STDOUT && h.content == 6)
			seen += memcmp(answer + at, "answer", 6) == 0;
		else if (h.type == FCGI_END_REQUEST)
			seen += answer[at + 4] == FCGI_REQUEST_COMPLETE;
		at += h.content + h.padding;
	}
	assert_int_equal(at, len);
	assert_int_equal(seen, 2);
	close(pair[0]);
	close(pair[1]);
	buf_clear(&params);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records),
		cmocka_unit_test(no_bytes_are_no_record),
		cmocka_unit_test(long_streams),
		cmocka_unit_test(headers),
		cmocka_unit_test(pairs),
		cmocka_unit_test(pairs_cut_off),
		cmocka_unit_test(lying_lengths),
		cmocka_unit_test(as_libfcgi_does),
	};

	return cmocka_run_group_tests_name("fastcgi", tests, NULL, NULL);
}
