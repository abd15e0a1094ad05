/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include <json-c/json.h>

#include "base/hex.h"
#include "base/time_text.h"
#include "ctl/follow_text.h"
#include "db/json.h"

/* RFC 5424 section 6.2.1: facility 13, log audit; informational, and a warning where the policies refused. */
#define FACILITY 13
#define SEVERITY_DONE 6
#define SEVERITY_DENIED 4
/* The enterprise number that RFC 5612 keeps for documentation: ours to use, as nobody else may. */
#define SD_ID "grantd@32473"
#define MSGID_MOST 32

const char *const follow_format_names[] = { "ndjson", "syslog", "cef", NULL };

/* What the entry says of its request. `metadata` owns the texts. */
struct request {
	struct json_object *metadata; /* NULL: it could not be read */
	const char *request_id, *source_ip, *user_agent;
};

static const char *
member(struct json_object *o, const char *name)
{
	struct json_object *value;

	if (o == NULL || !json_object_object_get_ex(o, name, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

static struct request
request_of(const struct audit_row *e)
{
	struct request r = { .metadata = json_tokener_parse(e->metadata) };

	r.request_id = member(r.metadata, "request_id");
	r.source_ip = member(r.metadata, "source_ip");
	r.user_agent = member(r.metadata, "user_agent");
	return r;
}

static const char *
uuid_text(const struct uuid *u, char text[UUID_TEXT_LEN + 1])
{
	uuid_print(u, text);
	return text;
}

static void
add_json(struct buf *out, const struct audit_row *e, bool replayed, bool brief)
{
	struct audit_row shown = *e;
	struct json_object *o;
	const char *text;

	if (brief)
		shown.metadata = "null";
	o = audit_row_json(&shown, true);
	if (o != NULL &&
	    json_object_object_add(o, "replayed", json_object_new_boolean(replayed)) != 0) {
		json_object_put(o);
		o = NULL;
	}
	text = o != NULL ? json_object_to_json_string_ext(o,
			       JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) :
			   NULL;
	if (text == NULL)
		out->failed = true;
	else
		buf_adds(out, text);
	json_object_put(o);
}

/* How many bytes of a control character are there; 0: it is another. Some terminals obey U+0080 to U+009F, too. */
static size_t
control_len(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	if (c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0)
		return 2;
	return c[0] < 0x20 || c[0] == 0x7f;
}

/* `escaped` are preceded by a backslash; a control character becomes '?', as receivers differ in what they make of it. */
static void
add_escaped(struct buf *out, const char *text, const char *escaped)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		size_t control = control_len(text);

		if (control > 0) {
			buf_addc(out, '?');
			text += control - 1;
			continue;
		}
		if (strchr(escaped, c) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, (char)c);
	}
}

/* ---- syslog ---- */

static void
add_param(struct buf *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(out, " %s=\"", name);
	add_escaped(out, value, "\"\\]");
	buf_addc(out, '"');
}

/* MSGID is printable ASCII without blanks. */
static void
add_msgid(struct buf *out, const char *action)
{
	size_t i;

	for (i = 0; i < MSGID_MOST && action[i] != '\0'; i++) {
		const char c = action[i];

		if (c > ' ' && c < 0x7f)
			buf_addc(out, c);
		else
			buf_addc(out, '?');
	}
	if (i == 0)
		buf_addc(out, '-');
}

static void
add_header(struct buf *out, const struct follow_text *t, const struct audit_row *e)
{
	char time[TIME_TEXT_LEN + 1];
	int severity = strcmp(e->outcome, "done") == 0 ? SEVERITY_DONE : SEVERITY_DENIED;

	buf_addf(out, "<%d>1 %s %s grantd - ", FACILITY * 8 + severity,
	    time_print(e->created_at, time) ? time : "-", t->host);
	add_msgid(out, e->action);
	buf_addc(out, ' ');
}

static void
add_data(struct buf *out, const struct audit_row *e, bool replayed, bool brief)
{
	struct request r = request_of(e);
	char id[UUID_TEXT_LEN + 1], hash[AUDIT_HASH_LEN * 2 + 1];

	buf_adds(out, "[" SD_ID);
	add_param(out, "id", uuid_text(&e->id, id));
	add_param(out, "tenant", uuid_text(&e->tenant, id));
	add_param(out, "actor_type", e->actor_type);
	add_param(out, "actor", e->actor_id);
	add_param(out, "action", e->action);
	add_param(out, "outcome", e->outcome);
	add_param(out, "resource_type", e->resource_type);
	add_param(out, "resource", uuid_text(&e->resource_id, id));
	buf_addf(out, " sequence=\"%" PRId64 "\"", e->sequence);
	hex_print(e->hash, sizeof(e->hash), hash);
	add_param(out, "hash", hash);
	add_param(out, "request", r.request_id);
	add_param(out, "source", r.source_ip);
	add_param(out, "user_agent", r.user_agent);
	add_param(out, "reason", e->reasoning);
	add_param(out, "brief", brief ? "1" : NULL);
	buf_addf(out, " replayed=\"%d\"]", replayed);
	json_object_put(r.metadata);
}

/* ---- CEF ---- */

/* In an extension's value also line feeds can be written. */
static void
add_value(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;
		size_t control = control_len(value);

		if (c == '\n')
			buf_adds(out, "\\n");
		else if (c == '\r')
			buf_adds(out, "\\r");
		else if (control > 0)
			buf_addc(out, '?');
		else if (c == '\\' || c == '=')
			buf_addf(out, "\\%c", c);
		else
			buf_addc(out, (char)c);
		value += control > 1;
	}
}

static void
add_extension(struct buf *out, const char *key, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	buf_addf(out, " %s=", key);
	add_value(out, value);
}

static void
add_labelled(struct buf *out, const char *key, const char *label, const char *value)
{
	buf_addf(out, " %sLabel=%s", key, label);
	add_extension(out, key, value);
}

static void
add_cef_request(struct buf *out, const struct audit_row *e)
{
	struct request r = request_of(e);
	bool six = r.source_ip != NULL && strchr(r.source_ip, ':') != NULL;

	if (six)
		add_labelled(out, "c6a2", "Source IPv6 Address", r.source_ip);
	else
		add_extension(out, "src", r.source_ip);
	add_extension(out, "requestClientApplication", r.user_agent);
	if (r.request_id != NULL)
		add_labelled(out, "cs5", "request_id", r.request_id);
	json_object_put(r.metadata);
}

static void
add_cef(struct buf *out, const struct audit_row *e, bool replayed, bool brief)
{
	char id[UUID_TEXT_LEN + 1], hash[AUDIT_HASH_LEN * 2 + 1];
	bool done = strcmp(e->outcome, "done") == 0;

	buf_adds(out, "CEF:0|grantd|grantd|" PACKAGE_VERSION "|");
	add_escaped(out, e->action, "|\\");
	buf_addc(out, '|');
	add_escaped(out, e->action, "|\\");
	buf_addf(out, " %s|%d|externalId=%s rt=%" PRId64, done ? "done" : "denied", done ? 3 : 6,
	    uuid_text(&e->id, id), e->created_at / 1000);
	add_extension(out, "act", e->action);
	add_extension(out, "outcome", e->outcome);
	add_extension(out, "suid", e->actor_id);
	add_extension(out, "spriv", e->actor_type);
	add_extension(out, "cat", e->resource_type);
	add_extension(out, "reason", e->reasoning);
	add_cef_request(out, e);
	add_labelled(out, "cs1", "tenant_id", uuid_text(&e->tenant, id));
	add_labelled(out, "cs2", "resource_id", uuid_text(&e->resource_id, id));
	hex_print(e->hash, sizeof(e->hash), hash);
	add_labelled(out, "cs3", "hash", hash);
	if (!brief)
		add_labelled(out, "cs4", "metadata", e->metadata);
	buf_addf(out, " cn1Label=sequence cn1=%" PRId64 " cn2Label=replayed cn2=%d", e->sequence,
	    replayed);
}

void
follow_text_entry(const struct follow_text *t, const struct audit_row *e, bool replayed, bool brief,
    struct buf *out)
{
	if (t->format == FOLLOW_SYSLOG || (t->format == FOLLOW_CEF && t->in_syslog)) {
		add_header(out, t, e);
		if (t->format == FOLLOW_SYSLOG)
			add_data(out, e, replayed, brief);
		else
			buf_addc(out, '-');
		buf_addc(out, ' ');
	}
	if (t->format == FOLLOW_CEF)
		add_cef(out, e, replayed, brief);
	else
		add_json(out, e, replayed, brief);
}
