/* SPDX-License-Identifier: MIT */
/* Reading a checkpoint; checkpoint_write.c writes them. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/hex.h"
#include "base/number.h"
#include "base/time_text.h"
#include "ctl/checkpoint.h"
#include "ctl/engine/session.h"
#include "ctl/line.h"

/* The next line, without its newline; its length, or -1. */
static ssize_t
next_line(struct checkpoint *cp)
{
	ssize_t len = getline(&cp->line, &cp->size, cp->file);

	if (len <= 0 || cp->line[len - 1] != '\n')
		return -1;
	cp->line[--len] = '\0';
	return len;
}

static bool
parse_head(struct audit_head *head, char *line)
{
	const char *type = next_word(&line), *id = next_word(&line);
	const char *length = next_word(&line), *hash = next_word(&line);

	head->resource_type = audit_resource_type(type);
	return head->resource_type != NULL && uuid_parse(&head->resource_id, id, strlen(id)) &&
	    number_parse(&head->length, length, strlen(length), 1, INT64_MAX) &&
	    hex_parse(head->hash, sizeof(head->hash), hash, strlen(hash)) && *line == '\0';
}

static bool
parse_tenant(struct uuid *tenant, const char *line)
{
	static const char name[] = "tenant ";

	/* "tenant" is also a type of chain; such a line goes on. */
	return strncmp(line, name, strlen(name)) == 0 &&
	    uuid_parse(tenant, line + strlen(name), strlen(line + strlen(name)));
}

static bool
add_tenant(struct checkpoint *cp, const struct uuid *tenant)
{
	struct place *more;

	if ((cp->count & (cp->count + 1)) == 0) { /* full at 1, 3, 7, … */
		more = realloc(cp->tenants, (2 * cp->count + 1) * sizeof(*more));
		if (more == NULL)
			return false;
		cp->tenants = more;
	}
	cp->tenants[cp->count++] = (struct place){ .tenant = *tenant, .offset = ftell(cp->file) };
	return true;
}

/* Check the current line, by its number: title, time, and then tenants with their heads. */
static bool
read_line(struct checkpoint *cp, int64_t number)
{
	struct audit_head head;
	struct uuid tenant;

	if (number == 1)
		return strcmp(cp->line, CHECKPOINT_TITLE) == 0;
	if (number == 2)
		return strncmp(cp->line, "taken ", 6) == 0 &&
		    time_parse(&cp->taken, cp->line + 6, strlen(cp->line + 6));
	if (parse_tenant(&tenant, cp->line))
		return add_tenant(cp, &tenant);
	return cp->count > 0 && parse_head(&head, cp->line);
}

/* Read what the digest covers, up to the line with the digest, which is left in cp->line. */
static bool
read_lines(struct checkpoint *cp, struct seal *seal)
{
	ssize_t len;
	int64_t number;

	for (number = 1; (len = next_line(cp)) >= 0; number++) {
		if (strncmp(cp->line, "sha256 ", 7) == 0 || strncmp(cp->line, "hmac-", 5) == 0)
			return number > 2;
		seal_add(seal, cp->line, (size_t)len);
		seal_add(seal, "\n", 1);
		if (!read_line(cp, number))
			return false;
	}
	return false;
}

static bool
check_digest(struct ctl *c, struct checkpoint *cp, struct seal *seal)
{
	char digest[SEAL_TEXT_LEN + 1];
	char *rest = cp->line;
	const char *name = next_word(&rest);

	if (strcmp(name, seal_name(seal)) != 0) {
		(void)session_refuse(c,
		    seal->key != NULL ?
			"--checkpoint: the file was made without a key" :
			"--checkpoint: the file was made with a key: give it with --key-file");
		return false;
	}
	if (!seal_end(seal, digest) || strlen(rest) != SEAL_TEXT_LEN ||
	    CRYPTO_memcmp(digest, rest, SEAL_TEXT_LEN) != 0 || getc(cp->file) != EOF) {
		(void)session_refuse(c,
		    "--checkpoint: the file is not as it was written, or its key "
		    "is another one: its %s does not fit",
		    name);
		return false;
	}
	return true;
}

bool
checkpoint_open(struct ctl *c, struct checkpoint *cp, const char *path, struct seal *seal)
{
	*cp = (struct checkpoint)CHECKPOINT_EMPTY;
	cp->file = fopen(path, "re");
	if (cp->file == NULL) {
		(void)session_refuse(c, "--checkpoint: %s: %s", path, strerror(errno));
		return false;
	}
	seal_begin(seal);
	if (read_lines(cp, seal))
		return check_digest(c, cp, seal);
	(void)session_refuse(c, "--checkpoint: the file is no checkpoint, or not all of one");
	return false;
}

void
checkpoint_close(struct checkpoint *cp)
{
	if (cp->file != NULL)
		(void)fclose(cp->file);
	free(cp->tenants);
	free(cp->line);
	*cp = (struct checkpoint)CHECKPOINT_EMPTY;
}

bool
checkpoint_seek(struct checkpoint *cp, const struct uuid *tenant)
{
	size_t i = 0;

	while (i < cp->count && !uuid_equal(&cp->tenants[i].tenant, tenant))
		i++;
	if (i == cp->count)
		return false;
	if (fseek(cp->file, cp->tenants[i].offset, SEEK_SET) != 0)
		cp->damaged = true;
	return true;
}

bool
checkpoint_next(void *checkpoint, struct audit_head *head)
{
	struct checkpoint *cp = checkpoint;
	struct uuid tenant;

	if (next_line(cp) < 0) {
		cp->damaged = true;
		return false;
	}
	if (parse_tenant(&tenant, cp->line) || strncmp(cp->line, "sha256 ", 7) == 0 ||
	    strncmp(cp->line, "hmac-", 5) == 0)
		return false;
	if (!parse_head(head, cp->line))
		cp->damaged = true;
	return !cp->damaged;
}
