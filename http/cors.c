/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "http/cors.h"
#include "http/request.h"
#include "http/response.h"

/* The request headers that we read and that the Fetch standard lets a script set. */
#define ALLOW_HEADERS \
	"X-API-Key, X-Tenant-ID, X-Request-Id, X-Audit-Reason, Idempotency-Key, " \
	"Content-Type, Content-Encoding, If-Match, If-None-Match, Prefer, traceparent"
#define EXPOSE_HEADERS \
	"ETag, Location, X-Request-Id, Preference-Applied, Retry-After, Allow, " \
	"Accept-Patch, Accept-Post, WWW-Authenticate"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define MAX_AGE "600" /* seconds; a change of the list of origins is noticed after that */

static bool
ends_with(const char *text, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && memcmp(text + len - n, end, n) == 0;
}

/* Browsers leave out the port that is the scheme's own. */
static bool
has_usual_port(const char *text, size_t len)
{
	return (strncmp(text, "https:", 6) == 0 && ends_with(text, len, ":443")) ||
	    (strncmp(text, "http:", 5) == 0 && ends_with(text, len, ":80"));
}

/* "scheme://host" or "scheme://host:port", in lower case and with nothing behind it. */
static bool
is_origin(const char *text, size_t len)
{
	const char *host;
	size_t scheme = strspn(text, LOWER DIGITS "+-.");

	if (scheme == 0 || strncmp(text + scheme, "://", 3) != 0)
		return false;
	host = text + scheme + 3;
	return host < text + len && host + strspn(host, LOWER DIGITS "-._[]:") == text + len &&
	    !has_usual_port(text, len);
}

bool
cors_understood(const char *origins, const char **wrong, size_t *len)
{
	if (strcmp(origins, "*") == 0)
		return true;
	for (; *(origins += strspn(origins, " ")) != '\0'; origins += *len) {
		*len = strcspn(origins, " ");
		*wrong = origins;
		if (!is_origin(origins, *len))
			return false;
	}
	return true;
}

/* Is `origin` one of those, separated by blanks, in `origins`? */
static bool
is_listed(const char *origins, const char *origin)
{
	size_t len;

	while (*(origins += strspn(origins, " ")) != '\0') {
		len = strcspn(origins, " ");
		if (strlen(origin) == len && memcmp(origins, origin, len) == 0)
			return true;
		origins += len;
	}
	return false;
}

/* What Access-Control-Allow-Origin says, or NULL when there is none. */
static const char *
allowed_origin(const char *origins, const struct request *rq)
{
	const char *origin = rq->header[HEADER_ORIGIN];

	if (origin == NULL)
		return NULL;
	if (strcmp(origins, "*") == 0)
		return "*";
	if (strcmp(origin, "null") == 0 || strcmp(origin, "*") == 0)
		return NULL;
	return is_listed(origins, origin) ? origin : NULL;
}

/* Vary whenever another Origin could be answered otherwise, and the origin where it is allowed. */
static bool
add_origin(struct response *rs, const char *origins, const struct request *rq)
{
	const char *allowed = allowed_origin(origins, rq);

	if (*origins != '\0' && strcmp(origins, "*") != 0)
		response_header(rs, "Vary", "Origin");
	if (allowed == NULL)
		return false;
	response_header(rs, "Access-Control-Allow-Origin", allowed);
	return true;
}

bool
cors_is_preflight(const struct request *rq)
{
	return rq->method == HTTP_OPTIONS && rq->header[HEADER_ORIGIN] != NULL &&
	    rq->header[HEADER_AC_REQUEST_METHOD] != NULL;
}

void
cors_answer(struct response *rs, const char *origins, const struct request *rq)
{
	if (add_origin(rs, origins, rq))
		response_header(rs, "Access-Control-Expose-Headers", EXPOSE_HEADERS);
}

void
cors_preflight(struct response *rs, const char *origins, const struct request *rq,
    const char *methods)
{
	if (!add_origin(rs, origins, rq))
		return;
	response_header(rs, "Access-Control-Allow-Methods", methods);
	response_header(rs, "Access-Control-Allow-Headers", ALLOW_HEADERS);
	response_header(rs, "Access-Control-Max-Age", MAX_AGE);
}
