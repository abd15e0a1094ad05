/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "fcgi/status_request.h"

void
status_request_begin(struct status_request *r, bool any_host)
{
	buf_reset(&r->head);
	intake_begin(&r->in, 0);
	r->fastcgi = false;
	r->any_host = any_host;
	r->taken = 0;
	r->status = 200;
	r->is_head = false;
	r->page[0] = '\0';
	r->json = false;
}

void
status_request_clear(struct status_request *r)
{
	buf_clear(&r->head);
	buf_clear(&r->in.variables);
	buf_clear(&r->in.body);
	buf_clear(&r->in.reply);
}

/* A piece of what came. */
struct part {
	const char *text;
	size_t len;
};

static bool
part_is(struct part p, const char *word)
{
	return p.len == strlen(word) && memcmp(p.text, word, p.len) == 0;
}

static bool
part_is_caseless(struct part p, const char *word)
{
	return p.len == strlen(word) && strncasecmp(p.text, word, p.len) == 0;
}

static bool
part_begins(struct part p, const char *word)
{
	return p.len >= strlen(word) && strncasecmp(p.text, word, strlen(word)) == 0;
}

/* Up to the first `end`, which is passed over; all of it where there is none. */
static struct part
next_part(struct part *rest, char end)
{
	const char *at = memchr(rest->text, end, rest->len);
	struct part p = { rest->text, at != NULL ? (size_t)(at - rest->text) : rest->len };
	size_t gone = p.len + (at != NULL);

	rest->text += gone;
	rest->len -= gone;
	return p;
}

static struct part
trimmed(struct part p)
{
	while (p.len > 0 && (p.text[0] == ' ' || p.text[0] == '\t')) {
		p.text++;
		p.len--;
	}
	while (p.len > 0 && (p.text[p.len - 1] == ' ' || p.text[p.len - 1] == '\t'))
		p.len--;
	return p;
}

/* ---- what is asked for ---- */

static void
refuse(struct status_request *r, int status)
{
	if (r->status == 200)
		r->status = status;
}

static void
take_method(struct status_request *r, struct part method)
{
	r->is_head = part_is(method, "HEAD");
	if (!r->is_head && !part_is(method, "GET"))
		refuse(r, 405);
}

/* The last part is what counts: what comes before is the web server's mount. */
static void
take_path(struct status_request *r, struct part path)
{
	const char *slash = memrchr(path.text, '/', path.len);
	size_t len = slash == NULL ? 0 : path.len - (size_t)(slash + 1 - path.text);

	if (len >= sizeof(r->page))
		len = 0; /* none of ours */
	if (len > 0)
		memcpy(r->page, slash + 1, len);
	r->page[len] = '\0';
}

static void
take_query(struct status_request *r, struct part query)
{
	struct part p;

	while (query.len > 0) {
		p = next_part(&query, '&');
		if (part_is(p, "format=json"))
			r->json = true;
		else if (part_begins(p, "format=") && !part_is(p, "format=text"))
			refuse(r, 400);
	}
}

static void
take_accept(struct status_request *r, struct part accept)
{
	struct part kind;

	while (accept.len > 0) {
		kind = next_part(&accept, ',');
		if (part_is_caseless(trimmed(next_part(&kind, ';')), "application/json"))
			r->json = true;
	}
}

/* ---- FastCGI ---- */

static void
take_variable(struct status_request *r, const struct fcgi_pair *p, struct part *info)
{
	const struct part name = { p->name, p->name_len }, value = { p->value, p->value_len };

	if (part_is(name, "REQUEST_METHOD"))
		take_method(r, value);
	else if (part_is(name, "SCRIPT_NAME") && info->len == 0)
		take_path(r, value);
	else if (part_is(name, "PATH_INFO") && value.len > 0)
		take_path(r, *info = value);
	else if (part_is(name, "QUERY_STRING"))
		take_query(r, value);
	else if (part_is(name, "HTTP_ACCEPT"))
		take_accept(r, value);
}

static enum status_end
take_variables(struct status_request *r)
{
	char *at = r->in.variables.data, *end = at + r->in.variables.len;
	struct part info = { NULL, 0 };
	struct fcgi_pair p;

	if (r->in.s.role != FCGI_RESPONDER || r->in.variables.len == 0)
		return STATUS_BROKEN;
	while (fcgi_get_pair(&at, end, &p))
		take_variable(r, &p, &info);
	return at == end ? STATUS_WHOLE : STATUS_BROKEN;
}

/* The body is nothing to us; that it comes is waited for, as the connection may be closed only then. */
static enum status_end
take_records(struct status_request *r, const char *bytes, size_t len)
{
	r->taken += intake_take(&r->in, (const unsigned char *)bytes, len);
	switch (r->in.s.end) {
	case INTAKE_MORE:
		return r->taken > STATUS_REQUEST_MOST ? STATUS_BROKEN : STATUS_MORE;
	case INTAKE_WHOLE:
		return take_variables(r);
	case INTAKE_GONE:
	case INTAKE_BROKEN:
	case INTAKE_MEMORY:
		break;
	}
	return STATUS_BROKEN;
}

/* ---- HTTP ---- */

/* RFC 9110 section 5.6.2 */
static bool
is_token(struct part p)
{
	static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t i;

	for (i = 0; i < p.len; i++)
		if (p.text[i] == '\0' || strchr(allowed, p.text[i]) == NULL)
			return false;
	return p.len > 0;
}

/* Of a target, no blanks; of a value, blanks are fine. */
static bool
is_printable(struct part p, bool blanks)
{
	size_t i;

	for (i = 0; i < p.len; i++) {
		unsigned char c = (unsigned char)p.text[i];

		if (c == 0x7F || (c < ' ' && !(blanks && c == '\t')) || (c == ' ' && !blanks))
			return false;
	}
	return true;
}

/* Does it name this machine, with or without a port? An address of digits and dots that begins with 127. is the loopback's. */
static bool
is_own_host(struct part host)
{
	struct part rest = host, name = next_part(&rest, ':');
	size_t i;

	if (part_begins(host, "[::1]"))
		return host.len == 5 || host.text[5] == ':';
	if (part_is_caseless(name, "localhost"))
		return true;
	for (i = 0; i < name.len; i++)
		if (name.text[i] != '.' && (name.text[i] < '0' || name.text[i] > '9'))
			return false;
	return part_begins(name, "127.");
}

/* The request's line. False: it is none. */
static bool
take_first_line(struct status_request *r, struct part line, bool *host_needed)
{
	struct part method = next_part(&line, ' '), target = next_part(&line, ' ');

	if (!is_token(method) || target.len == 0 || target.text[0] != '/' ||
	    !is_printable(target, false) ||
	    (!part_is(line, "HTTP/1.1") && !part_is(line, "HTTP/1.0")))
		return false;
	*host_needed = part_is(line, "HTTP/1.1");
	take_method(r, method);
	take_path(r, next_part(&target, '?'));
	take_query(r, target);
	return true;
}

/* A field. False: it is none. */
static bool
take_field(struct status_request *r, struct part line, int *hosts)
{
	bool colon = memchr(line.text, ':', line.len) != NULL;
	struct part name = next_part(&line, ':'), value = trimmed(line);

	if (!colon || !is_token(name) || !is_printable(value, true))
		return false;
	if (part_is_caseless(name, "Host")) {
		++*hosts;
		if (!r->any_host && !is_own_host(value))
			refuse(r, 421);
	}
	if (part_is_caseless(name, "Accept"))
		take_accept(r, value);
	return true;
}

/* All lines, the empty one at the end included, each with its CR LF. */
static void
take_lines(struct status_request *r, struct part head)
{
	struct part line = next_part(&head, '\n');
	bool good = true, host_needed = false;
	int hosts = 0;

	for (; good && line.len > 0; line = next_part(&head, '\n')) {
		if (line.text[--line.len] != '\r')
			good = false;
		else if (line.text == r->head.data)
			good = take_first_line(r, line, &host_needed);
		else if (line.len == 0)
			break;
		else
			good = take_field(r, line, &hosts);
	}
	if (!good || hosts > 1 || (host_needed && hosts == 0))
		r->status = 400;
}

/* Where the head ends; NULL: not yet. */
static const char *
head_end(const struct buf *head)
{
	const char *at = head->len < 4 ? NULL : memmem(head->data, head->len, "\r\n\r\n", 4);

	return at == NULL ? NULL : at + 4;
}

static enum status_end
take_text(struct status_request *r, const char *bytes, size_t len)
{
	const char *end;

	buf_add(&r->head, bytes, len);
	if (r->head.failed)
		return STATUS_BROKEN;
	if ((end = head_end(&r->head)) != NULL)
		take_lines(r, (struct part){ r->head.data, (size_t)(end - r->head.data) });
	else if (r->taken > STATUS_REQUEST_MOST)
		r->status = 431;
	else
		return STATUS_MORE;
	return STATUS_WHOLE;
}

enum status_end
status_request_take(struct status_request *r, const char *bytes, size_t len, bool fastcgi_allowed)
{
	if (r->taken == 0 && len > 0)
		r->fastcgi = fastcgi_allowed && bytes[0] == FCGI_VERSION_1;
	if (r->fastcgi)
		return take_records(r, bytes, len);
	r->taken += len;
	return take_text(r, bytes, len);
}
