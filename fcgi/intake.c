/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "fcgi/intake.h"

/* What is done with a record's content. */
enum kind {
	KIND_SKIP,
	KIND_BEGIN,
	KIND_VARIABLES,
	KIND_BODY,
	KIND_QUESTION, /* about this program's values */
	KIND_UNKNOWN   /* of the connection (section 4) */
};

/* As intake_save() writes it. */
struct saved {
	struct intake_state s;
	size_t variables, body; /* bytes, in this order */
	char bytes[];
};

void
intake_begin(struct intake *in, size_t body_most)
{
	struct intake_state *s = &in->s;

	s->end = INTAKE_MORE;
	s->begun = s->keep = s->has_head = s->ended = s->too_large = s->in_record = false;
	s->id = 0;
	s->role = 0;
	s->body_most = body_most;
	s->head_len = s->small_len = 0;
	buf_reset(&in->variables);
	buf_reset(&in->body);
	buf_reset(&in->reply);
}

static enum kind
end_as(struct intake *in, enum intake_end end)
{
	in->s.end = end;
	return KIND_SKIP;
}

/* A record of the request: its variables come first, then its body. */
static enum kind
kind_of_own(struct intake *in)
{
	int type = in->s.record.type;

	if (!in->s.has_head)
		return type == FCGI_PARAMS ? KIND_VARIABLES : end_as(in, INTAKE_BROKEN);
	/* Something else is an abort, mostly (section 5.4). */
	return type == FCGI_STDIN ? KIND_BODY : end_as(in, INTAKE_GONE);
}

static enum kind
kind_of(struct intake *in)
{
	const struct intake_state *s = &in->s;

	if (s->record.version != FCGI_VERSION_1)
		return end_as(in, INTAKE_BROKEN);
	if (s->record.id == FCGI_NULL_REQUEST_ID)
		return s->record.type == FCGI_GET_VALUES ? KIND_QUESTION : KIND_UNKNOWN;
	if (s->record.type == FCGI_BEGIN_REQUEST)
		return s->record.content < sizeof(FCGI_BeginRequestBody) ?
		    end_as(in, INTAKE_BROKEN) :
		    KIND_BEGIN;
	if (s->begun && s->record.id == s->id)
		return kind_of_own(in);
	return KIND_SKIP; /* of a request that has ended */
}

/* ---- records that are whole ---- */

static void
begin_request(struct intake *in)
{
	struct intake_state *s = &in->s;

	if (s->begun && s->record.id == s->id) {
		s->end = INTAKE_BROKEN;
	} else if (s->begun) {
		fcgi_put_end(&in->reply, s->record.id, FCGI_CANT_MPX_CONN);
	} else {
		s->begun = true;
		s->id = s->record.id;
		s->role = s->small[0] << 8 | s->small[1];
		s->keep = (s->small[2] & FCGI_KEEP_CONN) != 0;
	}
}

static void
put_reply(struct intake *in, int type, const void *content, size_t len)
{
	fcgi_put_record(&in->reply,
	    &(struct fcgi_header){ .version = FCGI_VERSION_1, .type = type, .content = len },
	    content);
}

/* What is asked about this program: it has one connection's one request at a time. */
static void
answer_question(struct intake *in)
{
	struct buf values = BUF_EMPTY;
	struct fcgi_pair p;
	char *at = (char *)in->s.small;

	while (fcgi_get_pair(&at, (char *)in->s.small + in->s.small_len, &p))
		if (p.name_len == strlen(FCGI_MPXS_CONNS) &&
		    memcmp(p.name, FCGI_MPXS_CONNS, p.name_len) == 0)
			fcgi_put_pair(&values, p.name, p.name_len, "0", 1);
	put_reply(in, FCGI_GET_VALUES_RESULT, values.data, values.len);
	buf_clear(&values);
}

static void
end_content(struct intake *in)
{
	struct intake_state *s = &in->s;
	const FCGI_UnknownTypeBody unknown = { .type = (unsigned char)s->record.type };

	switch ((enum kind)s->kind) {
	case KIND_SKIP:
		break;
	case KIND_BEGIN:
		begin_request(in);
		break;
	case KIND_VARIABLES:
		s->has_head = s->record.content == 0;
		break;
	case KIND_BODY:
		s->ended = s->record.content == 0;
		break;
	case KIND_QUESTION:
		answer_question(in);
		break;
	case KIND_UNKNOWN:
		put_reply(in, FCGI_UNKNOWN_TYPE, &unknown, sizeof(unknown));
		break;
	}
}

static void
end_record(struct intake *in)
{
	in->s.in_record = false;
	in->s.head_len = in->s.small_len = 0;
	if (in->s.ended && in->s.end == INTAKE_MORE)
		in->s.end = INTAKE_WHOLE;
}

/* ---- bytes ---- */

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
take_head(struct intake *in, const unsigned char *bytes, size_t len)
{
	struct intake_state *s = &in->s;
	size_t n = least(len, sizeof(s->head) - s->head_len);

	memcpy(s->head + s->head_len, bytes, n);
	s->head_len += n;
	if (s->head_len < sizeof(s->head))
		return n;
	fcgi_header_read(&s->record, s->head);
	s->in_record = true;
	s->left = s->record.content;
	s->padding_left = s->record.padding;
	s->kind = kind_of(in);
	if (s->left == 0)
		end_content(in);
	return n;
}

static void
add_body(struct intake *in, const unsigned char *bytes, size_t len)
{
	if (in->body.len + len > in->s.body_most)
		intake_drop_body(in);
	if (!in->s.too_large)
		buf_add(&in->body, bytes, len);
}

/* Some of the content; what does not fit into `small` is not looked at. */
static void
add_content(struct intake *in, const unsigned char *bytes, size_t len)
{
	struct intake_state *s = &in->s;
	size_t room = sizeof(s->small) - s->small_len;

	switch ((enum kind)s->kind) {
	case KIND_VARIABLES:
		if (in->variables.len + len <= INTAKE_VARIABLES_MOST)
			buf_add(&in->variables, bytes, len);
		else
			s->end = INTAKE_BROKEN;
		break;
	case KIND_BODY:
		add_body(in, bytes, len);
		break;
	case KIND_BEGIN:
	case KIND_QUESTION:
		memcpy(s->small + s->small_len, bytes, least(len, room));
		s->small_len += least(len, room);
		break;
	case KIND_SKIP:
	case KIND_UNKNOWN:
		break;
	}
}

static size_t
take_content(struct intake *in, const unsigned char *bytes, size_t len)
{
	size_t n = least(len, in->s.left);

	add_content(in, bytes, n);
	in->s.left -= n;
	if (in->s.left == 0)
		end_content(in);
	return n;
}

size_t
intake_take(struct intake *in, const unsigned char *bytes, size_t len)
{
	struct intake_state *s = &in->s;
	size_t at = 0, n;

	while (at < len && s->end == INTAKE_MORE) {
		if (!s->in_record) {
			at += take_head(in, bytes + at, len - at);
		} else if (s->left > 0) {
			at += take_content(in, bytes + at, len - at);
		} else {
			n = least(len - at, s->padding_left);
			s->padding_left -= n;
			at += n;
		}
		if (s->in_record && s->left == 0 && s->padding_left == 0)
			end_record(in);
	}
	if (in->variables.failed || in->body.failed || in->reply.failed)
		s->end = INTAKE_MEMORY;
	return at;
}

void
intake_drop_body(struct intake *in)
{
	in->s.too_large = true;
	buf_reset(&in->body);
}

/* ---- to go on elsewhere ---- */

size_t
intake_save_most(size_t body_most)
{
	return sizeof(struct saved) + INTAKE_VARIABLES_MOST + body_most;
}

size_t
intake_save(const struct intake *in, void *to, size_t most)
{
	struct saved *saved = to;
	size_t size = sizeof(*saved) + in->variables.len + in->body.len;

	if (size > most)
		return 0;
	saved->s = in->s;
	saved->variables = in->variables.len;
	saved->body = in->body.len;
	if (in->variables.len > 0)
		memcpy(saved->bytes, in->variables.data, in->variables.len);
	if (in->body.len > 0)
		memcpy(saved->bytes + in->variables.len, in->body.data, in->body.len);
	return size;
}

bool
intake_restore(struct intake *in, const void *from)
{
	const struct saved *saved = from;

	buf_reset(&in->variables);
	buf_reset(&in->body);
	buf_reset(&in->reply);
	in->s = saved->s;
	buf_add(&in->variables, saved->bytes, saved->variables);
	buf_add(&in->body, saved->bytes + saved->variables, saved->body);
	return !in->variables.failed && !in->body.failed;
}
