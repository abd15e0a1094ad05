/* SPDX-License-Identifier: MIT */
/*
 * A base path and then the variables of a request, one on each line. Whatever they are, the path
 * begins with '/' and is the end of what the web server said, every header is one of the
 * variables' values, and one that stands there twice is told of.
 */
#include "config.h"

#include "fuzz.h"

#include "base/buf.h"
#include "fcgi/params.h"
#include "http/request.h"

#define ENV_MAX 32

/* How many of the variables carry the header. */
static int
count_of(const char *const *env, int header)
{
	int n = 0;

	for (; *env != NULL; env++) {
		const char *eq = strchr(*env, '=');

		n += eq != NULL && http_header_from_variable(*env, (size_t)(eq - *env)) == header;
	}
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
		twice += count_of(env, header) > 1;
		HOLDS(rq->header[header] == NULL || count_of(env, header) > 0);
	}
	HOLDS(twice == 0 || rq->duplicate >= 0);
	HOLDS(rq->duplicate < HTTP_HEADER__MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *line = text;
	const char *env[ENV_MAX + 1] = { NULL };
	struct buf path = BUF_EMPTY;
	struct request rq;
	size_t n = 0;

	while (n < ENV_MAX && (line = strchr(line, '\n')) != NULL) {
		*line++ = '\0';
		env[n++] = line;
	}
	if (params_request(env, text, &path, &rq))
		check(env, &rq, &path);
	buf_clear(&path);
	free(text);
	return 0;
}
