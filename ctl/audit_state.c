/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/number.h"
#include "ctl/audit_state.h"
#include "ctl/checkpoint.h"
#include "ctl/engine/session.h"

/*
 * One line: the title, the tenant, its created_at, the counts of chains and of rows, what was told of the version of its policies,
 * and the chain's type and id.
 */
#define TITLE "grantd-verify 2 "
#define NUMBER " %" PRId64
#define FORMAT \
	TITLE \
	"%s" NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER " %s %s\n"

static bool
next_int(char **text, int64_t least, int64_t *value)
{
	const char *word = next_word(text);

	return number_parse(value, word, strlen(word), least, INT64_MAX);
}

static bool
next_uuid(char **text, struct uuid *id)
{
	const char *word = next_word(text);

	return uuid_parse(id, word, strlen(word));
}

static bool
parse(struct audit_state *s, char *line)
{
	char *text = line + strlen(TITLE);
	int64_t untold;

	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, TITLE, strlen(TITLE)) != 0 || !next_uuid(&text, &s->tenant) ||
	    !next_int(&text, INT64_MIN, &s->tenant_created_at) ||
	    !next_int(&text, 0, &s->tenants) || !next_int(&text, 0, &s->chains) ||
	    !next_int(&text, 0, &s->entries) || !next_int(&text, 0, &s->faults) ||
	    !next_int(&text, 0, &s->count.rows) || !next_int(&text, 0, &s->count.untold) ||
	    !next_int(&text, 0, &s->count.differences) ||
	    !next_int(&text, 0, &s->policies.version) || !next_int(&text, 0, &untold))
		return false;
	s->policies.untold = untold != 0;
	s->chain.resource_type = audit_resource_type(next_word(&text));
	s->begun = true;
	return s->chain.resource_type != NULL && next_uuid(&text, &s->chain.resource_id) &&
	    *text == '\0';
}

bool
audit_state_read(struct ctl *c, const char *path, struct audit_state *s)
{
	char line[512];
	FILE *file = fopen(path, "re");
	bool good;

	*s = (struct audit_state){ .begun = false };
	if (file == NULL && errno == ENOENT)
		return true;
	if (file == NULL) {
		(void)session_refuse(c, "--state: %s", strerror(errno));
		return false;
	}
	good = fgets(line, sizeof(line), file) != NULL && parse(s, line);
	(void)fclose(file);
	if (!good)
		(void)session_refuse(c,
		    "--state: the file does not say how far a verification came");
	return good;
}

static bool
write_line(const char *path, const struct audit_state *s)
{
	char tenant[UUID_TEXT_LEN + 1], id[UUID_TEXT_LEN + 1];
	FILE *file = fopen(path, "we");
	bool kept;

	if (file == NULL)
		return false;
	uuid_print(&s->tenant, tenant);
	uuid_print(&s->chain.resource_id, id);
	(void)fprintf(file, FORMAT, tenant, s->tenant_created_at, s->tenants, s->chains, s->entries,
	    s->faults, s->count.rows, s->count.untold, s->count.differences, s->policies.version,
	    (int64_t)s->policies.untold, s->chain.resource_type, id);
	kept = fflush(file) == 0;
	return fclose(file) == 0 && kept;
}

bool
audit_state_write(const char *path, const struct audit_state *s)
{
	struct buf temporary = BUF_EMPTY;
	bool written;

	buf_addf(&temporary, "%s.new", path);
	written = !temporary.failed && write_line(buf_text(&temporary), s) &&
	    rename(buf_text(&temporary), path) == 0;
	buf_clear(&temporary);
	return written;
}
