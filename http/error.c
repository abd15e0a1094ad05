/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "http/error.h"

static const struct {
	int status;
	const char *code;
	const char *message;
} table[HTTP_ERROR__MAX] = {
#define X(id, status_, code_, message_) \
	[id] = { .status = status_, .code = code_, .message = message_ },
	HTTP_ERROR_LIST(X)
#undef X
};

int
http_error_status(enum http_error error)
{
	return table[error].status;
}

const char *
http_error_code(enum http_error error)
{
	return table[error].code;
}

const char *
http_error_message(enum http_error error)
{
	return table[error].message;
}
