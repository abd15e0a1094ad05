/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_OUTPUT_H
#define GRANTCTL_ENGINE_OUTPUT_H

#include "ctl/engine/command.h"
#include "ctl/engine/table.h"
#include "db/page.h"

struct json_object;

/* Print a JSON value on one line, and release it. NULL: out of memory. */
MUST_CHECK enum status output_json(struct ctl *, struct json_object *);

/*
 * Print what was created: only its id, so that a shell can take it with $(...); or, with --json, the
 * value, which is released.
 */
MUST_CHECK enum status output_created(struct ctl *, const struct uuid *, struct json_object *);

/* Print a table and clear it. */
MUST_CHECK enum status output_table(struct ctl *, struct table *);

/* A list that a command prints: how a page is read, and what is shown of a row. */
struct listing {
	const char *const *headings;
	int columns;
	void (*queue)(struct db *, const void *what, const struct page *, struct db_list *);
	void (*cells)(struct table *, const struct db_list *, int i);
	struct json_object *(*json)(const struct db_list *, int i);
};

/*
 * Print all rows, or the newest --limit of them, as a table or as a JSON array. Pages are read one by
 * one, each in a transaction of its own. `tenant` is chosen in each, and has to be there; NULL: none is. `what` is passed
 * to queue().
 */
MUST_CHECK enum status output_list(struct ctl *, const struct listing *, const struct uuid *tenant,
    const void *what);

#endif
