/* SPDX-License-Identifier: MIT */
/* Requests in pieces: cut wherever it may be, and gone on with elsewhere, each comes out the same. */
#include "config.h"

#include <fastcgi.h>

#include "unit.h"

#include "fcgi/intake.h"

#define MOST ((size_t)64)
#define ROOM 8192

static const char variables[] = "\001\001ab\002\003cdefg";
static const char body[] = "{\"audit_enabled\":true}";

static void
put(struct buf *to, int type, unsigned id, const char *content, size_t len, size_t padding)
{
	fcgi_put_record(to,
	    &(struct fcgi_header){ .version = FCGI_VERSION_1,
		.type = type,
		.id = id,
		.content = len,
		.padding = padding },
	    content);
}

/* A request with all that may lie between its records, and the beginning of the next one. */
static void
put_request(struct buf *to)
{
	put(to, FCGI_GET_VALUES, 0, "\017\0FCGI_MPXS_CONNS", 17, 7);
	fcgi_put_begin(to, 3, FCGI_RESPONDER, FCGI_KEEP_CONN);
	put(to, FCGI_PARAMS, 3, variables, 4, 0);
	put(to, FCGI_STDIN, 9, "of another", 10, 0);
	put(to, FCGI_PARAMS, 3, variables + 4, sizeof(variables) - 1 - 4, 255);
	put(to, FCGI_PARAMS, 3, NULL, 0, 1);
	fcgi_put_begin(to, 4, FCGI_RESPONDER, 0);
	put(to, FCGI_STDIN, 3, body, 5, 3);
	put(to, FCGI_STDIN, 3, body + 5, sizeof(body) - 1 - 5, 0);
	put(to, FCGI_STDIN, 3, NULL, 0, 9);
	assert_false(to->failed);
}

static void
clear(struct intake *in)
{
	buf_clear(&in->variables);
	buf_clear(&in->body);
	buf_clear(&in->reply);
}

static void
check_request(const struct intake *in)
{
	assert_int_equal(in->s.end, INTAKE_WHOLE);
	assert_int_equal(in->s.id, 3);
	assert_int_equal(in->s.role, FCGI_RESPONDER);
	assert_true(in->s.keep);
	assert_int_equal(in->variables.len, sizeof(variables) - 1);
	assert_memory_equal(in->variables.data, variables, sizeof(variables) - 1);
	assert_string_equal(in->body.data, body);
}

/* What was answered to the question about values, and to the request between. */
static void
check_reply(const struct buf *reply)
{
	struct fcgi_header h;

	assert_int_equal(reply->len, 8 + 18 + 16);
	fcgi_header_read(&h, (const unsigned char *)reply->data);
	assert_int_equal(h.type, FCGI_GET_VALUES_RESULT);
	fcgi_header_read(&h, (const unsigned char *)reply->data + 8 + 18);
	assert_int_equal(h.type, FCGI_END_REQUEST);
	assert_int_equal(h.id, 4);
	assert_int_equal(reply->data[8 + 18 + 8 + 4], FCGI_CANT_MPX_CONN);
}

static void
cut_anywhere(void **state)
{
	static _Alignas(max_align_t) char room[ROOM];
	struct buf all = BUF_EMPTY, reply = BUF_EMPTY;
	size_t whole, cut, size;

	(void)state;
	put_request(&all);
	whole = all.len;
	fcgi_put_begin(&all, 5, FCGI_RESPONDER, 0);
	for (cut = 0; cut <= whole; cut++) {
		struct intake first = { .s.end = INTAKE_MORE }, second = { .s.end = INTAKE_MORE };
		const unsigned char *bytes = (const unsigned char *)all.data;

		intake_begin(&first, MOST);
		assert_int_equal(intake_take(&first, bytes, cut), cut);
		if (cut < whole)
			assert_int_equal(first.s.end, INTAKE_MORE);
		buf_reset(&reply);
		buf_add(&reply, first.reply.data, first.reply.len);
		size = intake_save(&first, room, sizeof(room));
		assert_in_range(size, 1, intake_save_most(MOST));
		assert_int_equal(intake_save(&first, room, size - 1), 0);
		assert_true(intake_restore(&second, room));
		assert_int_equal(intake_take(&second, bytes + cut, all.len - cut), whole - cut);
		check_request(&second);
		buf_add(&reply, second.reply.data, second.reply.len);
		check_reply(&reply);
		clear(&first);
		clear(&second);
	}
	buf_clear(&all);
	buf_clear(&reply);
}

static void
byte_by_byte(void **state)
{
	struct intake in = { .s.end = INTAKE_MORE };
	struct buf all = BUF_EMPTY;
	size_t i;

	(void)state;
	put_request(&all);
	intake_begin(&in, MOST);
	for (i = 0; i < all.len; i++) {
		assert_int_equal(in.s.end, INTAKE_MORE);
		assert_int_equal(intake_take(&in, (unsigned char *)all.data + i, 1), 1);
	}
	check_request(&in);
	check_reply(&in.reply);
	clear(&in);
	buf_clear(&all);
}

/* How it ends when these records come. */
static enum intake_end
end_of(struct intake *in, struct buf *records)
{
	enum intake_end end;

	intake_begin(in, MOST);
	(void)!intake_take(in, (const unsigned char *)records->data, records->len);
	end = in->s.end;
	buf_reset(records);
	return end;
}

static void
wrong_ones(void **state)
{
	struct intake in = { .s.end = INTAKE_MORE };
	struct buf b = BUF_EMPTY;
	char large[60000] = "";
	int i;

	(void)state;
	fcgi_put_record(&b,
	    &(struct fcgi_header){ .version = 2, .type = FCGI_BEGIN_REQUEST, .id = 1 }, NULL);
	assert_int_equal(end_of(&in, &b), INTAKE_BROKEN);
	put(&b, FCGI_BEGIN_REQUEST, 1, "\0\001\0", 3, 0);
	assert_int_equal(end_of(&in, &b), INTAKE_BROKEN);
	fcgi_put_begin(&b, 1, FCGI_RESPONDER, 0);
	fcgi_put_begin(&b, 1, FCGI_RESPONDER, 0);
	assert_int_equal(end_of(&in, &b), INTAKE_BROKEN);
	fcgi_put_begin(&b, 1, FCGI_RESPONDER, 0);
	put(&b, FCGI_STDIN, 1, NULL, 0, 0);
	assert_int_equal(end_of(&in, &b), INTAKE_BROKEN);
	fcgi_put_begin(&b, 1, FCGI_RESPONDER, 0);
	put(&b, FCGI_PARAMS, 1, NULL, 0, 0);
	put(&b, FCGI_ABORT_REQUEST, 1, NULL, 0, 0);
	assert_int_equal(end_of(&in, &b), INTAKE_GONE);
	/* More variables than anybody sends */
	fcgi_put_begin(&b, 1, FCGI_RESPONDER, 0);
	for (i = 0; i < 5; i++)
		put(&b, FCGI_PARAMS, 1, large, sizeof(large), 0);
	assert_int_equal(end_of(&in, &b), INTAKE_BROKEN);
	assert_in_range(in.variables.len, 0, INTAKE_VARIABLES_MOST);
	/* A question that is longer than any: what is not kept of it is passed over. */
	put(&b, FCGI_GET_VALUES, 0, large, sizeof(large), 0);
	assert_int_equal(end_of(&in, &b), INTAKE_MORE);
	assert_true(in.reply.len > 0);
	clear(&in);
	buf_clear(&b);
}

static void
too_large(void **state)
{
	struct intake in = { .s.end = INTAKE_MORE };
	struct buf b = BUF_EMPTY;
	char large[MOST + 1] = "";

	(void)state;
	fcgi_put_begin(&b, 1, FCGI_RESPONDER, 0);
	put(&b, FCGI_PARAMS, 1, NULL, 0, 0);
	put(&b, FCGI_STDIN, 1, large, MOST, 0);
	assert_int_equal(end_of(&in, &b), INTAKE_MORE);
	assert_false(in.s.too_large);
	assert_int_equal(in.body.len, MOST);
	put(&b, FCGI_STDIN, 1, large, 1, 0);
	put(&b, FCGI_STDIN, 1, large, 1, 0);
	put(&b, FCGI_STDIN, 1, NULL, 0, 0);
	assert_int_equal(intake_take(&in, (unsigned char *)b.data, b.len), b.len);
	assert_true(in.s.too_large);
	assert_int_equal(in.body.len, 0);
	assert_int_equal(in.s.end, INTAKE_WHOLE);
	clear(&in);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(wrong_ones),
		cmocka_unit_test(too_large),
	};

	return cmocka_run_group_tests_name("intake", tests, NULL, NULL);
}
