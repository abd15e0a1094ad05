/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_TABLE_H
#define GRANTCTL_ENGINE_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/uuid.h"

#define TABLE_COLUMNS_MAX 12

/*
 * A table for people: cells are added from left to right, row by row, and printed in columns. The
 * output is UTF-8 without control characters: '?' stands for those, so that no data moves the
 * cursor. Where it goes to a terminal that is too narrow, text goes on in the lines below, in its column; ids, times and
 * numbers stay whole. Anywhere else a row is a line. Sticky: running out of memory turns up when the table is printed. Clear it.
 */
struct table {
	const char *const *headings; /* NULL: none */
	int columns;
	int cells;
	int width[TABLE_COLUMNS_MAX];    /* in characters, of all cells so far */
	bool text_in[TABLE_COLUMNS_MAX]; /* the column has cells that may be broken */
	struct buf text;                 /* the cells, each with its NUL */
};

/* `columns` is at most TABLE_COLUMNS_MAX. */
void table_begin(struct table *, const char *const *headings, int columns);
void table_text(struct table *, const char *);
void table_uuid(struct table *, const struct uuid *);
void table_time(struct table *,
    const int64_t *); /* microseconds since 1970, shown to the second; NULL: "-" */
void table_int(struct table *, int64_t);

/* A row of two columns: a name and its value. */
void table_row(struct table *, const char *name, const char *value);

/*
 * Print the rows, with the headings before the first ones, and forget them; the widths are kept.
 * False: out of memory.
 */
bool table_print(struct table *, FILE *);
void table_clear(struct table *);

#endif
