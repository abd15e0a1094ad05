/* SPDX-License-Identifier: MIT */
/* Reading an archive, and verifying it by itself; archive_write.c writes them. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <openssl/crypto.h>

#include "base/hex.h"
#include "base/number.h"
#include "base/time_text.h"
#include "base/words.h"
#include "ctl/archive.h"
#include "ctl/checkpoint.h"
#include "ctl/engine/session.h"
#include "db/told_state.h"

/* ---- what does not hold ---- */

static bool GRANTD_PRINTF(2, 3) wrong(struct archive *a, const char *format, ...)
{
	va_list ap;
	int used = snprintf(a->error, sizeof(a->error), "line %" PRId64 ": ", a->number);

	va_start(ap, format);
	(void)vsnprintf(a->error + used, sizeof(a->error) - (size_t)used, format, ap);
	va_end(ap);
	return false;
}

/* The same, about an entry of the chain that is read. */
static bool
wrong_entry(struct archive *a, int64_t sequence, const char *what)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_print(&a->part.resource_id, id);
	return wrong(a, "%s %s, entry %" PRId64 ": %s", a->part.resource_type, id, sequence, what);
}

/* ---- lines ---- */

/* The next line, without its line feed; false: there is no whole one. */
static bool
next_line(struct archive *a, ssize_t *len)
{
	*len = getline(&a->line, &a->size, a->file);
	a->number++;
	if (*len <= 0 || a->line[*len - 1] != '\n')
		return wrong(a, "the file ends here, and is not complete");
	if (EVP_DigestUpdate(a->whole, a->line, (size_t)*len) != 1)
		return wrong(a, "libcrypto made no digest");
	a->line[--*len] = '\0';
	return strlen(a->line) == (size_t)*len || wrong(a, "a NUL is in it");
}

/* A state as a JSON string, into *out; "-": none. */
static bool
parse_state(const char *text, struct buf *out, bool *has)
{
	struct json_object *o;

	buf_reset(out);
	*has = strcmp(text, "-") != 0;
	if (!*has)
		return true;
	o = json_tokener_parse(text);
	if (o != NULL && json_object_is_type(o, json_type_string))
		buf_add(out, json_object_get_string(o), (size_t)json_object_get_string_len(o));
	else
		out->failed = true;
	json_object_put(o);
	return !out->failed;
}

static bool
begin_hashes(struct archive *a)
{
	return EVP_DigestInit_ex(a->hashes, EVP_sha256(), NULL) == 1 ||
	    wrong(a, "libcrypto made no digest");
}

static bool
parse_chain(struct archive *a, char *text)
{
	const char *type = next_word(&text), *id = next_word(&text), *length = next_word(&text);
	const char *hash = next_word(&text);
	struct audit_part *p = &a->part;
	bool has_state;
	int64_t from;
	int kind;

	*p = (struct audit_part){ .tenant = a->tenant, .resource_type = audit_resource_type(type) };
	if (a->in_chain || !a->has_tenant || p->resource_type == NULL ||
	    !uuid_parse(&p->resource_id, id, strlen(id)) ||
	    !number_parse(&from, length, strlen(length), 0, INT64_MAX - 1) ||
	    !hex_parse(p->hash, sizeof(p->hash), hash, strlen(hash)) ||
	    !parse_state(text, &a->state, &has_state) || has_state != (from > 0))
		return wrong(a, "this is no beginning of a chain");
	memcpy(p->previous_hash, p->hash, sizeof(p->hash));
	p->first = from + 1;
	p->last = from;
	kind = words_find(chain_owner_words, p->resource_type);
	told_begin(&a->told, &told_tables[kind], &p->resource_id);
	told_rules_begin(&a->rules);
	a->policies = (struct policies_told){ .version = 0 };
	if (has_state && !told_state_read(&a->told, &a->rules, &a->policies, buf_text(&a->state)))
		return wrong(a, "what was told before it cannot be read");
	buf_reset(&a->before_state);
	buf_adds(&a->before_state, has_state ? buf_text(&a->state) : "");
	if (a->before_state.failed)
		return wrong(a, "out of memory");
	p->told_before = has_state ? buf_text(&a->before_state) : NULL;
	a->in_chain = true;
	return begin_hashes(a);
}

/* ---- entries ---- */

static const char *
text_of(struct json_object *o, const char *name, bool *good)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, name, &value) ||
	    !json_object_is_type(value, json_type_string)) {
		*good = false;
		return "";
	}
	return json_object_get_string(value);
}

static int64_t
int_of(struct json_object *o, const char *name, bool *good)
{
	struct json_object *value;

	if (!json_object_object_get_ex(o, name, &value) ||
	    !json_object_is_type(value, json_type_int)) {
		*good = false;
		return 0;
	}
	return json_object_get_int64(value);
}

/* *e borrows from the object. */
static bool
entry_of(struct archive *a, struct json_object *o, struct audit_row *e)
{
	struct json_object *reason;
	const char *id, *hash;
	bool good = json_object_is_type(o, json_type_object);

	if (!good)
		return false;
	*e = (struct audit_row){
		.tenant = a->tenant,
		.actor_id = text_of(o, "actor_id", &good),
		.actor_type = text_of(o, "actor_type", &good),
		.action = text_of(o, "action", &good),
		.resource_type = a->part.resource_type,
		.resource_id = a->part.resource_id,
		.outcome = text_of(o, "outcome", &good),
		.second_form = int_of(o, "form", &good) == 2,
		.metadata = text_of(o, "record", &good),
		.created_at = int_of(o, "created_at", &good),
		.sequence = int_of(o, "sequence", &good),
	};
	memcpy(e->previous_hash, a->part.hash, sizeof(e->previous_hash));
	if (json_object_object_get_ex(o, "reasoning", &reason) && reason != NULL)
		e->reasoning = text_of(o, "reasoning", &good);
	id = text_of(o, "id", &good);
	hash = text_of(o, "hash", &good);
	return good && uuid_parse(&e->id, id, strlen(id)) &&
	    hex_parse(e->hash, sizeof(e->hash), hash, strlen(hash));
}

/* The entry has its place in the chain, and its hash is of what it says. */
static bool
check_entry(struct archive *a, const struct audit_row *e)
{
	uint8_t hash[AUDIT_HASH_LEN];

	if (e->sequence != a->part.last + 1)
		return wrong_entry(a, a->part.last + 1, "it is missing");
	if (!audit_row_hash(e, &a->work, hash))
		return wrong(a, "out of memory");
	if (memcmp(hash, e->hash, sizeof(hash)) != 0)
		return wrong_entry(a, e->sequence,
		    "its hash is not that of its content and the entry before it: one of them was changed");
	if (e->created_at >= a->before)
		return wrong_entry(a, e->sequence, "it is newer than what the archive is to have");
	return EVP_DigestUpdate(a->hashes, e->hash, sizeof(e->hash)) == 1 ||
	    wrong(a, "libcrypto made no digest");
}

/* What entries tell is taken; how they compare with each other was looked at when the archive was written. */
static bool
hear(struct archive *a, const struct audit_row *e)
{
	struct told_count count = { .rows = 0 };
	const struct told_sink sink = { .count = &count };

	return audit_hear(words_find(chain_owner_words, a->part.resource_type), e, &a->told,
		   &a->rules, &a->policies, &sink) ||
	    wrong(a, "out of memory");
}

static bool
parse_entry(struct archive *a)
{
	struct json_object *o = json_tokener_parse(a->line);
	struct audit_row e;
	bool good;

	if (!a->in_chain || o == NULL || !entry_of(a, o, &e))
		good = wrong(a, "this is no entry");
	else
		good = check_entry(a, &e) && hear(a, &e);
	if (good) {
		a->part.last = e.sequence;
		memcpy(a->part.hash, e.hash, sizeof(e.hash));
		a->entries++;
	}
	json_object_put(o);
	return good;
}

/* ---- the end of a chain's part ---- */

static bool
parse_cut(struct archive *a, char *text)
{
	const char *length = next_word(&text), *hash = next_word(&text);
	uint8_t told_hash[AUDIT_HASH_LEN];
	struct audit_part *p = &a->part;
	bool has_state;
	int64_t last;

	if (!a->in_chain || !number_parse(&last, length, strlen(length), 1, INT64_MAX) ||
	    !hex_parse(told_hash, sizeof(told_hash), hash, strlen(hash)) ||
	    !parse_state(text, &a->state, &has_state) || !has_state)
		return wrong(a, "this is no end of a chain");
	if (last != p->last || memcmp(told_hash, p->hash, sizeof(told_hash)) != 0)
		return wrong_entry(a, p->last + 1,
		    "it is missing, or the end of the part is another");
	if (p->last < p->first)
		return wrong_entry(a, p->first, "the part has no entries");
	buf_reset(&a->work);
	told_state_write(&a->told, &a->rules, &a->policies, &a->work);
	if (a->work.failed)
		return wrong(a, "out of memory");
	if (strcmp(buf_text(&a->work), buf_text(&a->state)) != 0)
		return wrong_entry(a, last,
		    "what is said to be told up to here is not what the entries tell");
	if (EVP_DigestFinal_ex(a->hashes, p->hashes, NULL) != 1)
		return wrong(a, "libcrypto made no digest");
	p->told = buf_text(&a->state);
	a->in_chain = false;
	a->chains++;
	return true;
}

/* ---- the file ---- */

/* One of the first four lines. */
static bool
parse_head(struct archive *a)
{
	static const char *const names[] = { "grantd-archive", "archive", "before", "taken" };
	char *text = a->line;
	const char *name = next_word(&text);
	int64_t taken;
	bool good = strcmp(name, names[a->number - 1]) == 0;

	if (a->number == 1)
		good = good && strcmp(text, "1") == 0;
	else if (a->number == 2)
		good = good && uuid_parse(&a->id, text, strlen(text));
	else
		good = good && time_parse(a->number == 3 ? &a->before : &taken, text, strlen(text));
	return good || wrong(a, "the file is no archive");
}

static enum status
visit_tenant(struct archive *a, const char *text, const struct archive_visitor *v)
{
	if (a->in_chain || !uuid_parse(&a->tenant, text, strlen(text))) {
		(void)wrong(a, "this is no beginning of a tenant's part");
		return STATUS_REFUSED;
	}
	a->has_tenant = true;
	a->tenants++;
	return v != NULL && v->tenant != NULL ? v->tenant(v->context, &a->tenant) : STATUS_DONE;
}

static enum status
visit_line(struct archive *a, const struct archive_visitor *v)
{
	char *text = a->line;
	const char *name;

	if (a->number <= 4)
		return parse_head(a) ? STATUS_DONE : STATUS_REFUSED;
	if (a->line[0] == '{')
		return parse_entry(a) ? STATUS_DONE : STATUS_REFUSED;
	name = next_word(&text);
	if (strcmp(name, "tenant") == 0)
		return visit_tenant(a, text, v);
	if (strcmp(name, "chain") == 0)
		return parse_chain(a, text) ? STATUS_DONE : STATUS_REFUSED;
	if (strcmp(name, "cut") != 0) {
		(void)wrong(a, "it is none that an archive has");
		return STATUS_REFUSED;
	}
	if (!parse_cut(a, text))
		return STATUS_REFUSED;
	return v != NULL ? v->part(v->context, &a->part) : STATUS_DONE;
}

static bool
is_digest(const char *line)
{
	return strncmp(line, "sha256 ", 7) == 0 || strncmp(line, "hmac-sha256 ", 12) == 0;
}

/* Up to the line with the digest, which is left in a->line. `seal` may be NULL. */
static enum status
visit_lines(struct archive *a, struct seal *seal, const struct archive_visitor *v)
{
	enum status st = STATUS_DONE;
	ssize_t len;

	a->number = a->tenants = a->chains = a->entries = 0;
	a->has_tenant = a->in_chain = false;
	a->error[0] = '\0';
	if (EVP_DigestInit_ex(a->whole, EVP_sha256(), NULL) != 1)
		return STATUS_REFUSED;
	while (st == STATUS_DONE) {
		if (!next_line(a, &len))
			return STATUS_REFUSED;
		if (a->number > 4 && is_digest(a->line))
			break;
		if (seal != NULL) {
			seal_add(seal, a->line, (size_t)len);
			seal_add(seal, "\n", 1);
		}
		st = visit_line(a, v);
	}
	if (st == STATUS_DONE && a->in_chain) {
		(void)wrong_entry(a, a->part.last + 1, "the part of this chain does not end");
		st = STATUS_REFUSED;
	}
	return st;
}

static bool
check_digest(struct archive *a, struct seal *seal)
{
	char digest[SEAL_TEXT_LEN + 1];
	char *rest = a->line;
	const char *name = next_word(&rest);

	if (strcmp(name, seal_name(seal)) != 0)
		return wrong(a,
		    seal->key != NULL ? "the file was made without a key" :
					"the file was made with a key: give it with --key-file");
	if (!seal_end(seal, digest) || strlen(rest) != SEAL_TEXT_LEN ||
	    CRYPTO_memcmp(digest, rest, SEAL_TEXT_LEN) != 0)
		return wrong(a,
		    "the file is not as it was written, or its key is another one: its %s does "
		    "not fit",
		    name);
	if (getc(a->file) != EOF)
		return wrong(a, "there is more after the end");
	return EVP_DigestFinal_ex(a->whole, a->digest, NULL) == 1 ||
	    wrong(a, "libcrypto made no digest");
}

static bool
refused(struct ctl *c, const struct archive *a)
{
	(void)session_refuse(c, "%s: %s", a->path, a->error);
	return false;
}

bool
archive_open(struct ctl *c, struct archive *a, const char *path, struct seal *seal)
{
	*a = (struct archive){
		.path = path,
		.before_state = BUF_EMPTY,
		.state = BUF_EMPTY,
		.work = BUF_EMPTY,
		.hashes = EVP_MD_CTX_new(),
		.whole = EVP_MD_CTX_new(),
		.file = fopen(path, "re"),
	};
	if (a->file == NULL) {
		(void)session_refuse(c, "%s: %s", path, strerror(errno));
		return false;
	}
	(void)wrong(a, "out of memory");
	if (a->hashes == NULL || a->whole == NULL)
		return refused(c, a);
	seal_begin(seal);
	return (visit_lines(a, seal, NULL) == STATUS_DONE && check_digest(a, seal)) ||
	    refused(c, a);
}

void
archive_close(struct archive *a)
{
	if (a->file != NULL)
		(void)fclose(a->file);
	free(a->line);
	told_clear(&a->told);
	told_rules_clear(&a->rules);
	buf_clear(&a->before_state);
	buf_clear(&a->state);
	buf_clear(&a->work);
	EVP_MD_CTX_free(a->hashes);
	EVP_MD_CTX_free(a->whole);
	*a = (struct archive){ .file = NULL };
}

enum status
archive_walk(struct ctl *c, struct archive *a, const struct archive_visitor *v)
{
	enum status st;

	if (fseek(a->file, 0, SEEK_SET) != 0)
		return session_refuse(c, "%s: %s", a->path, strerror(errno));
	st = visit_lines(a, NULL, v);
	if (st != STATUS_DONE && a->error[0] != '\0')
		(void)refused(c, a);
	return st;
}
