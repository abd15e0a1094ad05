/* SPDX-License-Identifier: MIT */
/* grantctl audit checkpoint. */
#include "config.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "base/hex.h"
#include "base/json_build.h"
#include "base/time_text.h"
#include "ctl/checkpoint.h"
#include "ctl/commands.h"
#include "ctl/engine/output.h"
#include "ctl/engine/session.h"
#include "ctl/seal.h"
#include "ctl/tenants.h"

static enum status checkpoint(struct ctl *);

static const struct option options[] = {
	OPTION_ONE_TENANT,
	{ .name = "key-file",
	    .value = "FILE",
	    .type = VALUE_FILE,
	    .help = "sign the file with this key, which only you have" },
	OPTION_JSON,
	OPTIONS_END,
};

const struct command cmd_audit_checkpoint = {
	.name = "audit checkpoint",
	.summary = "Record how far every audit chain has come",
	.help = "Keep the file where whoever can change the database cannot change it:\n"
		"audit verify --checkpoint then finds what was removed or rewritten since.",
	.options = options,
	.operand = { .value = "FILE", .type = VALUE_FILE, .help = "the file to write" },
	.needs = NEEDS_OWNER,
	.run = checkpoint,
};

/* The file that is being written. */
struct writing {
	FILE *file;
	struct seal seal;
	int64_t tenants, chains;
};

/* One line, which the seal covers. Write errors turn up when the file is closed. */
static void GRANTD_PRINTF(2, 3) line(struct writing *w, const char *format, ...)
{
	char text[256];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	(void)fputs(text, w->file);
	seal_add(&w->seal, text, (size_t)len);
}

static bool
write_head(void *writing, const struct audit_head *head)
{
	struct writing *w = writing;
	char id[UUID_TEXT_LEN + 1], hash[AUDIT_HASH_LEN * 2 + 1];

	uuid_print(&head->resource_id, id);
	hex_print(head->hash, sizeof(head->hash), hash);
	line(w, "%s %s %" PRId64 " %s\n", head->resource_type, id, head->length, hash);
	w->chains++;
	return !ferror(w->file);
}

static enum status
write_tenant(struct ctl *c, const struct tenant *t, void *writing)
{
	struct writing *w = writing;
	char id[UUID_TEXT_LEN + 1];
	enum outcome rc;

	uuid_print(&t->id, id);
	line(w, "tenant %s\n", id);
	w->tenants++;
	rc = audit_heads(c->db, &t->id, write_head, w);
	return rc == DONE ? STATUS_DONE : session_failed(c, rc);
}

static enum status
write_lines(struct ctl *c, struct writing *w)
{
	char now[TIME_TEXT_LEN + 1];

	if (!time_print(time_now(), now))
		return session_refuse(c, "the clock is wrong");
	line(w, CHECKPOINT_TITLE "\ntaken %s\n", now);
	return tenants_each(c, NULL, write_tenant, w);
}

static enum status
report(struct ctl *c, const struct writing *w, const char *digest)
{
	struct json_build b;

	if (!c->json) {
		(void)printf("tenants %" PRId64 ", chains %" PRId64 ", %s %s\n", w->tenants,
		    w->chains, seal_name(&w->seal), digest);
		return STATUS_DONE;
	}
	json_build_begin(&b);
	json_put_int(&b, "tenants", w->tenants);
	json_put_int(&b, "chains", w->chains);
	json_put_text(&b, "digest", seal_name(&w->seal));
	json_put_text(&b, "value", digest);
	return output_json(c, json_build_end(&b));
}

static enum status
write_file(struct ctl *c, struct writing *w, const char *path)
{
	char digest[SEAL_TEXT_LEN + 1];
	struct keep_file k;
	enum status st;

	if ((st = seal_file_begin(c, &w->seal, &k, path)) != STATUS_DONE)
		return st;
	w->file = k.file;
	st = write_lines(c, w);
	st = seal_file_end(c, &w->seal, &k, path, st, digest);
	return st == STATUS_DONE ? report(c, w, digest) : st;
}

static enum status
checkpoint(struct ctl *c)
{
	struct writing w = { .tenants = 0 };
	enum status st = STATUS_REFUSED;

	if (seal_open(c, &w.seal))
		st = write_file(c, &w, c->args.operand.text);
	seal_close(&w.seal);
	return st;
}
