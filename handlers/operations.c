/* SPDX-License-Identifier: MIT */
/* The table of operations, which routing, Allow, logs and tests all read. */
#include "config.h"

#include <string.h>

#include "handlers/operation.h"

const struct operation *const operations[OPERATION_COUNT] = {
#define X(id, file, access, entity) &op_##file,
	OPERATIONS(X)
#undef X
};

/* The first template that fits, which is the most literal one: what it does not offer, a later one does not either. */
static const char *
template_of(const char *path, struct path_values *values)
{
	size_t i;

	for (i = 0; i < OPERATION_COUNT; i++)
		if (path_match(operations[i]->path, path, values))
			return operations[i]->path;
	return NULL;
}

enum route
route_find(struct call *c, enum http_method method, const char *path)
{
	const char *template = template_of(path, &c->request.path);
	size_t i;

	if (template == NULL)
		return ROUTE_NO_PATH;
	if (method == HTTP_HEAD)
		method = HTTP_GET;
	for (i = 0; i < OPERATION_COUNT; i++) {
		if (operations[i]->method == method && strcmp(operations[i]->path, template) == 0) {
			c->op = operations[i];
			c->number = (int)i;
			return ROUTE_FOUND;
		}
	}
	return ROUTE_NO_METHOD;
}

bool
route_methods(const char *path, struct buf *methods, bool *patch)
{
	struct path_values ignored;
	const char *template = template_of(path, &ignored);
	size_t i;

	*patch = false;
	for (i = 0; i < OPERATION_COUNT; i++) {
		const struct operation *op = operations[i];

		if (template == NULL || strcmp(op->path, template) != 0)
			continue;
		buf_adds(methods, http_method_name(op->method));
		buf_adds(methods, op->method == HTTP_GET ? ", HEAD, " : ", ");
		*patch = *patch || op->method == HTTP_PATCH;
	}
	if (template != NULL)
		buf_adds(methods, "OPTIONS");
	return template != NULL;
}
