/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/ask.h"

#define EVENTS 100
#define EVENT_MAX 320
#define HEAD_MAX 512

static const char *
audit_enabled(unsigned pass)
{
	return pass % 2 == 0 ? "true" : "false";
}

/* printf(3) into `text`, which is known to be large enough. */
static size_t GRANTD_PRINTF(2, 3) put(char *text, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(text, HEAD_MAX, format, args);
	va_end(args);
	if (len < 0 || len >= HEAD_MAX)
		abort();
	return (size_t)len;
}

static size_t
put_head(char *text, const char *method, const char *more, const struct target *t)
{
	return put(text,
	    "%s /v1/grants/%s%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: grantd-bench\r\n"
	    "X-API-Key: %s\r\nX-Tenant-ID: %s\r\n",
	    method, t->grant, more, t->key, t->tenant);
}

static size_t
put_body(char *text, const char *body, size_t len)
{
	size_t used = put(text, "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
	    len);

	memcpy(text + used, body, len);
	return used + len;
}

static size_t
update_make(char text[ASK_MAX], const struct target *t, unsigned pass, unsigned long serial)
{
	char body[64];
	size_t len = put(body, "{\"audit_enabled\":%s}", audit_enabled(pass));
	size_t used = put_head(text, "PATCH", "", t);

	(void)serial;
	return used + put_body(text + used, body, len);
}

/* Is the text in the body? Spaces between a name and its value do not matter. */
static bool
has_member(const struct http_answer *a, const char *name, const char *value)
{
	const char *at = memmem(a->body, a->body_len, name, strlen(name));
	const char *end = a->body + a->body_len;

	if (at == NULL)
		return false;
	at += strlen(name);
	while (at < end && *at == ' ')
		at++;
	return (size_t)(end - at) >= strlen(value) && memcmp(at, value, strlen(value)) == 0;
}

static bool
update_check(const struct http_answer *a, const struct target *t, unsigned pass)
{
	(void)t;
	return a->status == 200 && has_member(a, "\"audit_enabled\":", audit_enabled(pass));
}

static size_t
get_make(char text[ASK_MAX], const struct target *t, unsigned pass, unsigned long serial)
{
	size_t used = put_head(text, "GET", "", t);

	(void)pass;
	(void)serial;
	return used + put(text + used, "\r\n");
}

static bool
get_check(const struct http_answer *a, const struct target *t, unsigned pass)
{
	(void)pass;
	return a->status == 200 && memmem(a->body, a->body_len, t->grant, strlen(t->grant)) != NULL;
}

/* Ids that no other event of this or of another run has: the process's number is among them. */
static size_t
put_event(char *text, unsigned long serial, unsigned i)
{
	return put(text,
	    "%s{\"id\":\"%08lx-%04x-4000-8000-%012lx\",\"occurred_at\":\"2026-11-26T02:%02u:%02uZ\","
	    "\"service\":\"s%u\",\"name\":\"GetObject\",\"kind\":\"%s\",\"outcome\":\"success\","
	    "\"source_ip\":\"192.0.2.17\",\"details\":{\"bytes\":%lu}}",
	    i == 0 ? "" : ",", (unsigned long)getpid() & 0xffffffff, i, serial & 0xffffffffffff,
	    i / 60, i % 60, i % 5, i % 4 == 0 ? "write" : "read", serial);
}

static size_t
record_make(char text[ASK_MAX], const struct target *t, unsigned pass, unsigned long serial)
{
	static char body[EVENTS * EVENT_MAX + 64];
	size_t len = put(body, "{\"events\":["), used;
	unsigned i;

	(void)pass;
	for (i = 0; i < EVENTS; i++)
		len += put_event(body + len, serial, i);
	len += put(body + len, "]}");
	used = put_head(text, "POST", "/activity", t);
	return used + put_body(text + used, body, len);
}

static bool
record_check(const struct http_answer *a, const struct target *t, unsigned pass)
{
	(void)t;
	(void)pass;
	return a->status == 200 && has_member(a, "\"accepted\":", "100,");
}

const struct ask *
ask_find(const char *name)
{
	static const struct ask asks[] = {
		{ "update", update_make, update_check },
		{ "get", get_make, get_check },
		{ "record", record_make, record_check },
	};
	size_t i;

	for (i = 0; i < COUNT_OF(asks); i++)
		if (strcmp(asks[i].name, name) == 0)
			return &asks[i];
	return NULL;
}
