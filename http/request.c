/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "http/request.h"

static const char *const method_names[HTTP_METHOD__MAX] = {
	[HTTP_GET] = "GET",
	[HTTP_HEAD] = "HEAD",
	[HTTP_POST] = "POST",
	[HTTP_PATCH] = "PATCH",
	[HTTP_DELETE] = "DELETE",
	[HTTP_OPTIONS] = "OPTIONS",
	[HTTP_OTHER] = "OTHER",
};

static const char *const header_names[HTTP_HEADER__MAX] = {
#define X(id, name, variable) [id] = name,
	HTTP_HEADER_LIST(X)
#undef X
};

static const struct {
	const char *name;
	size_t len;
} header_variables[HTTP_HEADER__MAX] = {
#define X(id, name, variable) [id] = { variable, sizeof(variable) - 1 },
	HTTP_HEADER_LIST(X)
#undef X
};

const char *
http_method_name(enum http_method method)
{
	return method_names[method];
}

enum http_method
http_method_from_name(const char *name)
{
	enum http_method method;

	for (method = 0; method < HTTP_OTHER; method++)
		if (strcmp(name, method_names[method]) == 0)
			return method;
	return HTTP_OTHER;
}

const char *
http_header_name(enum http_header header)
{
	return header_names[header];
}

bool
http_header_is_list(enum http_header header)
{
	switch (header) {
	case HEADER_CONTENT_ENCODING:
	case HEADER_IF_MATCH:
	case HEADER_IF_NONE_MATCH:
	case HEADER_PREFER:
	case HEADER_TRACEPARENT: /* is none, but two of them are nobody's, and refuse nothing (Trace Context, section 3.3.1.2) */
	case HEADER_AC_REQUEST_HEADERS:
		return true;
	default:
		return false;
	}
}

int
http_header_from_variable(const char *name, size_t len)
{
	int header;

	for (header = 0; header < HTTP_HEADER__MAX; header++) {
		if (header_variables[header].len == len &&
		    memcmp(header_variables[header].name, name, len) == 0)
			return header;
	}
	return -1;
}
