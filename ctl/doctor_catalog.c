/* SPDX-License-Identifier: MIT */
/* grantctl doctor: the objects of the schema, each against what this version installs. */
#include "config.h"

#include <string.h>

#include "ctl/doctor.h"
#include "db/catalog.h"

#define VALUE_MAX 90 /* bytes of what is found and wanted that a line shows */

/* What differs is told under one of these; what comes first counts. */
static const struct group {
	const char *check;
	const char *facet;  /* it begins so; NULL: any */
	const char *object; /* it begins so; NULL: any */
	const char *mend;
} groups[] = {
	{ "privileges", "privileges of ", NULL,
	    "GRANT or REVOKE as db/deploy/*.sql of this version do, and find out who did otherwise" },
	{ "row-level security", "row-level security", NULL,
	    "ALTER TABLE ... ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY" },
	{ "row-level security", NULL, "policy ",
	    "make the policy as db/deploy/*.sql of this version do, and find out who changed it" },
	{ "triggers", "internal triggers", NULL, "ALTER TABLE ... ENABLE TRIGGER ALL" },
	{ "triggers", NULL, "trigger ",
	    "ALTER TABLE ... ENABLE TRIGGER, or make it as db/deploy/*.sql of this version do; then "
	    "grantctl audit verify" },
	{ "functions", NULL, "function ",
	    "make it as db/deploy/*.sql of this version do, and find out who changed it; then "
	    "grantctl audit verify" },
	{ "tables", "owner", "table ", "ALTER TABLE ... OWNER TO grantd_owner" },
	{ "tables", NULL, NULL,
	    "make it as db/deploy/*.sql of this version do, and find out who changed it" },
};

struct telling {
	struct examination *x;
	bool wrong[COUNT_OF(groups)];
};

static bool
begins(const char *text, const char *with)
{
	return with == NULL || (text != NULL && strncmp(text, with, strlen(with)) == 0);
}

static size_t
group_of(const struct catalog_difference *d)
{
	const char *facet = d->finding == CATALOG_DIFFERS ? d->facet : NULL;
	size_t i = 0;

	while (!begins(facet, groups[i].facet) || !begins(d->object, groups[i].object))
		i++;
	return i;
}

static bool
is_plural(const char *facet)
{
	return begins(facet, "privileges") || facet[strlen(facet) - 1] == 's';
}

static bool
is_short(const char *value)
{
	return value == NULL || (strlen(value) <= VALUE_MAX && !begins(value, "sha256 "));
}

static const char *
or_none(const char *value)
{
	return value != NULL ? value : "none";
}

static void
tell(void *of, const struct catalog_difference *d)
{
	struct telling *t = of;
	size_t group = group_of(d);
	const char *check = groups[group].check, *mend = groups[group].mend;

	t->wrong[group] = true;
	if (d->finding == CATALOG_MISSING)
		found_problem(t->x, check, mend, "%s: is missing", d->object);
	else if (d->finding == CATALOG_STRANGE)
		found_problem(t->x, check, "find out who made it, and drop it",
		    "%s: is not one of this version's", d->object);
	else if (is_short(d->found) && is_short(d->wanted))
		found_problem(t->x, check, mend,
		    "%s: its %s %s not this version's (\"%s\", not \"%s\")", d->object, d->facet,
		    is_plural(d->facet) ? "are" : "is", or_none(d->found), or_none(d->wanted));
	else
		found_problem(t->x, check, mend, "%s: its %s %s not this version's", d->object,
		    d->facet, is_plural(d->facet) ? "are" : "is");
}

/* A line for each check in which nothing was wrong; groups of one check follow each other. */
static void
tell_well(struct examination *x, const struct telling *t, bool definitions)
{
	size_t i;
	bool wrong = false;

	for (i = 0; i < COUNT_OF(groups); i++) {
		wrong = wrong || t->wrong[i];
		if (i + 1 < COUNT_OF(groups) && strcmp(groups[i].check, groups[i + 1].check) == 0)
			continue;
		if (!wrong)
			found_well(x, groups[i].check, "as this version installs them%s",
			    definitions ? "" : ", but for definitions, which were not compared");
		wrong = false;
	}
}

void
examine_catalog(struct examination *x, struct db *db, int server_major)
{
	struct telling t = { .x = x };
	struct db_rows rows = DB_ROWS_EMPTY;
	bool definitions = server_major == CATALOG_MAJOR;

	db_begin(db, DB_READ_ONLY);
	db_catalog(db, &rows);
	if (db_commit(db) != DONE) {
		not_checked(x, "objects", "the catalogs cannot be read: %s", db_message(db));
	} else if (catalog_is_spread(&rows)) {
		not_checked(x, "objects",
		    "the tenants are spread over nodes, for which db/citus.sql has functions and "
		    "triggers of its own");
	} else if (!catalog_compare(&rows, definitions, tell, &t)) {
		not_checked(x, "objects", "the catalogs answer with something unexpected");
	} else {
		tell_well(x, &t, definitions);
		if (!definitions)
			not_checked(x, "definitions",
			    "PostgreSQL %d prints them otherwise than %d, which they are known of",
			    server_major, CATALOG_MAJOR);
	}
	db_rows_clear(&rows);
}
