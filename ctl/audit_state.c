/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/audit_state.h"
#include "ctl/engine/session.h"
#include "ctl/keep_file.h"
#include "ctl/line.h"

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

bool
audit_state_write(const char *path, const struct audit_state *s)
{
	char tenant[UUID_TEXT_LEN + 1], id[UUID_TEXT_LEN + 1];
	struct keep_file k;

	if (!keep_file_begin(&k, path))
		return false;
	uuid_print(&s->tenant, tenant);
	uuid_print(&s->chain.resource_id, id);
	(void)fprintf(k.file, FORMAT, tenant, s->tenant_created_at, s->tenants, s->chains,
	    s->entries, s->faults, s->count.rows, s->count.untold, s->count.differences,
	    s->policies.version, (int64_t)s->policies.untold, s->chain.resource_type, id);
	return keep_file_end(&k, KEEP_REPLACE);
}
