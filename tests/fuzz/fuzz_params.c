/* SPDX-License-Identifier: MIT */
/*
 * A base path and then the variables of a request, one on each line. Whatever they are, the path
 * begins with '/' and is the end of what the web server said, every header is one of the
 * variables' values, and one that stands there twice and is no list is told of. Then the same bytes once more, as the
 * content of FCGI_PARAMS.
 */
#include "config.h"

#include "fuzz.h"

#include "base/buf.h"
#include "base/fastcgi.h"
#include "fcgi/params.h"
#include "http/request.h"

#define ENV_MAX 32

/* How many of the variables carry the header. */
static int
count_of(const char *const *env, int header)
{
	int n = 0;

	for (; *env != NULL; env++)
		n += http_header_from_variable(*env, strcspn(*env, "=")) == header;
	return n;
}

static void
check(const char *const *env, const struct request *rq, const struct buf *path)
{
	const char *joined = buf_text(path);
	int header, twice = 0;

	HOLDS(rq->path[0] == '/');
	HOLDS(strcmp(rq->path, "/") == 0 || (rq->path >= joined && rq->path <= joined + path->len));
	for (header = 0; header < HTTP_HEADER__MAX; header++) {
		twice += count_of(env, header) > 1 &&
		    !http_header_is_list((enum http_header)header);
		HOLDS(rq->header[header] == NULL || count_of(env, header) > 0);
	}
	HOLDS(twice == 0 || rq->duplicate >= 0);
	HOLDS(rq->duplicate < HTTP_HEADER__MAX);
}

/* As a web server sends it. */
static void
put(struct buf *to, const char *variable)
{
	size_t len = strcspn(variable, "=");
	const char *value = variable[len] == '=' ? variable + len + 1 : "";

	fcgi_put_pair(to, variable, len, value, strlen(value));
}

/* The input as it is, in the place of what a web server sends. */
static void
take_raw(const uint8_t *data, size_t size)
{
	struct buf variables = BUF_EMPTY, path = BUF_EMPTY;
	struct request rq;
	int i;

	buf_add(&variables, data, size);
	if (params_request(&variables, "", &path, &rq) == PARAMS_GOOD)
		for (i = 0; i < HTTP_HEADER__MAX; i++)
			HOLDS(rq.header[i] == NULL || strlen(rq.header[i]) <= size);
	buf_clear(&variables);
	buf_clear(&path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *line = text;
	const char *env[ENV_MAX + 1] = { NULL };
	struct buf variables = BUF_EMPTY, path = BUF_EMPTY;
	struct request rq;
	size_t n = 0, i;

	while (n < ENV_MAX && (line = strchr(line, '\n')) != NULL) {
		*line++ = '\0';
		env[n++] = line;
	}
	for (i = 0; i < n; i++)
		put(&variables, env[i]);
	if (params_request(&variables, text, &path, &rq) == PARAMS_GOOD)
		check(env, &rq, &path);
	buf_clear(&variables);
	buf_clear(&path);
	free(text);
	take_raw(data, size);
	return 0;
}
