/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "db/catalog.h"

static const struct statement catalog = { .name = "catalog",
	.params = 0,
	.columns = 4,
	.rows = ROWS_ANY,
	.sql =
#include "db/catalog_sql.inc"
};

/* Sorted by object. */
static const struct fact {
	const char *object;
	const char *facet;
	const char *value;
} expected[] = {
#include "db/catalog_expected.inc"
};

/* A row of the catalogs; `template` is the name of its object in the table above. */
struct row {
	const char *object, *template, *facet, *value;
};

struct comparison {
	const struct db_rows *rows;
	bool definitions;
	catalog_teller *tell;
	void *of;
	bool seen[COUNT_OF(expected)];
	bool failed;
};

static enum outcome
catalog_read(struct db_rows *rows, void *into)
{
	*(struct db_rows *)into = db_rows_take(rows);
	return DONE;
}

void
db_catalog(struct db *db, struct db_rows *rows)
{
	/* It is asked where something is amiss, which may be that the machine is slow. */
	db_queue_patience(db);
	db_queue(db, &catalog, &(struct db_params)DB_PARAMS_EMPTY, catalog_read, rows);
}

static struct row
row_at(struct comparison *c, int i)
{
	struct db_row row = db_row_at(c->rows, i);
	struct row r;

	r.object = db_get_text(&row);
	r.template = db_get_text(&row);
	r.facet = db_get_text(&row);
	r.value = db_get_text(&row);
	c->failed = c->failed || row.failed;
	return r;
}

/* What the server prints of a parsed expression, and may print otherwise in another version. */
static bool
is_printed(const char *facet)
{
	return strcmp(facet, "definition") == 0 || strcmp(facet, "expression") == 0 ||
	    strcmp(facet, "columns") == 0;
}

/* The first fact of that object, and of that side unless it is NULL; -1: none. */
static int
find(const char *object, const char *facet)
{
	size_t i;

	for (i = 0; i < COUNT_OF(expected); i++)
		if (strcmp(expected[i].object, object) == 0 &&
		    (facet == NULL || strcmp(expected[i].facet, facet) == 0))
			return (int)i;
	return -1;
}

/* Has a row before that one this object? Each object that is strange is told once. */
static bool
came_before(struct comparison *c, int i)
{
	const char *object = row_at(c, i).object;

	while (i-- > 0)
		if (strcmp(row_at(c, i).object, object) == 0)
			return true;
	return false;
}

static bool
is_there(struct comparison *c, const char *template)
{
	int i;

	for (i = 0; i < db_rows_count(c->rows); i++)
		if (strcmp(row_at(c, i).template, template) == 0)
			return true;
	return false;
}

static void
compare_row(struct comparison *c, int i)
{
	struct row r = row_at(c, i);
	struct catalog_difference d = { .object = r.object, .facet = r.facet, .found = r.value };
	int at = find(r.template, r.facet);

	if (at >= 0) {
		c->seen[at] = true;
		d.wanted = expected[at].value;
	}
	if (at < 0 && find(r.template, NULL) < 0) {
		d.finding = CATALOG_STRANGE;
		/* Indexes are for whoever knows how tables are used. */
		if (strncmp(r.template, "index ", 6) != 0 && !came_before(c, i))
			c->tell(c->of, &d);
	} else if ((c->definitions || !is_printed(r.facet)) &&
	    (d.wanted == NULL || strcmp(d.found, d.wanted) != 0)) {
		c->tell(c->of, &d);
	}
}

static void
compare_unseen(struct comparison *c, size_t i)
{
	const struct fact *f = &expected[i];
	struct catalog_difference d = { .object = f->object,
		.facet = f->facet,
		.wanted = f->value };

	if (is_there(c, f->object)) {
		if (c->definitions || !is_printed(f->facet))
			c->tell(c->of, &d);
	} else if (i == 0 || strcmp(expected[i - 1].object, f->object) != 0) {
		d.finding = CATALOG_MISSING;
		c->tell(c->of, &d);
	}
}

bool
catalog_is_spread(const struct db_rows *rows)
{
	struct comparison c = { .rows = rows };

	return is_there(&c, "table grantd.key_places");
}

bool
catalog_compare(const struct db_rows *rows, bool definitions, catalog_teller *tell, void *of)
{
	struct comparison c = { .rows = rows, .definitions = definitions, .tell = tell, .of = of };
	size_t at;
	int i;

	for (i = 0; i < db_rows_count(rows) && !c.failed; i++)
		compare_row(&c, i);
	for (at = 0; at < COUNT_OF(expected) && !c.failed; at++)
		if (!c.seen[at])
			compare_unseen(&c, at);
	return !c.failed;
}
