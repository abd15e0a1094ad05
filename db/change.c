/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "db/change.h"
#include "db/key.h"

#define CHANGE_WORD(name, word) [name] = word,
static const char *const names[] = { CHANGES(CHANGE_WORD) };
#undef CHANGE_WORD

bool
change_has_row(enum change change)
{
	return change == CHANGE_DONE || change == CHANGE_MADE || change == CHANGE_SAME ||
	    change == CHANGE_FIRST;
}

void
change_put(struct db_params *p, const struct uuid *tenant, const struct change_by *by)
{
	db_put_uuid(p, tenant);
	db_put_bytea(p, by->key_hash, KEY_HASH_LEN);
	db_put_int(p, by->key_version);
	db_put_int(p, by->policy_version);
	db_put_text(p, by->actor);
	db_put_uuid(p, &by->entry);
	db_put_text(p, by->context);
	db_put_text(p, by->reason);
}

enum change
change_from_row(struct db_row *row)
{
	const char *word = db_get_text(row);
	size_t i;

	for (i = 0; i < COUNT_OF(names); i++)
		if (strcmp(word, names[i]) == 0)
			return (enum change)i;
	row->failed = true;
	return CHANGE__MAX;
}

enum outcome
change_read(struct db_rows *rows, void *into)
{
	enum change *said = into;
	struct db_row row = db_row_at(rows, 0);

	*said = change_from_row(&row);
	return row.failed ? BROKEN : DONE;
}
