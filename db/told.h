/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_TOLD_H
#define GRANTD_DB_TOLD_H

#include "base/buf.h"
#include "base/json_raw.h"
#include "base/time_text.h"
#include "db/audit_row.h"

/*
 * What the audit log tells of rows, and whether they are so.
 *
 * An entry tells what it set: `after` has a member for each column that the change set, and `before` what was there. What
 * was set last by any entry of a chain is what the row has to be. Nothing is told of a column that no entry of the chain set;
 * an older version made such rows.
 *
 * Here is each table whose rows entries tell of, with all of its columns: db/told.c has what is made of them, and
 * tests/db/test_told.c finds a column that is in neither list. A line is
 *
 *	X(column, expression, member, made, set_by)
 *
 * column      its name
 * expression  what the row `c` has there, as the entries write it: see json_build_object()
 * member      what entries call it
 * made        what the entry that makes the row tells of it without a word, as JSON; NULL: nothing
 * set_by      the operation that sets it to the time of its entry without a word; NULL: none
 */
#define TOLD_NOW "@" /* in `made`: the time of the entry */
#define TOLD_EACH \
	"*" /* in `set_by`: each that changes the row, but not those that change a rule of a policy */
#define TOLD_TIME(column) \
	"to_char(c." column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
#define TOLD_PLAIN(column) "c." column

#define TOLD_TENANTS(X) \
	X("name", TOLD_PLAIN("name"), "name", NULL, NULL) \
	X("created_at", TOLD_TIME("created_at"), "created_at", TOLD_NOW, NULL) \
	X("updated_at", TOLD_TIME("updated_at"), "updated_at", TOLD_NOW, TOLD_EACH) \
	X("failing_forbid_denies", TOLD_PLAIN("failing_forbid_denies"), "failing_forbid_denies", \
	    "false", NULL) \
	X("state", TOLD_PLAIN("state"), "state", "\"serving\"", NULL) \
	X("moved_to", TOLD_PLAIN("moved_to"), "moved_to", "null", NULL) \
	X("version", TOLD_PLAIN("version"), "version", NULL, NULL)

#define TOLD_API_KEYS(X) \
	X("key_name", TOLD_PLAIN("key_name"), "key_name", NULL, NULL) \
	X("name", TOLD_PLAIN("name"), "name", NULL, NULL) \
	X("roles", "to_jsonb(c.roles)", "roles", NULL, NULL) \
	X("hash", "encode(sha256(c.hash), 'hex')", "hash_digest", NULL, NULL) \
	X("expires_at", TOLD_TIME("expires_at"), "expires_at", NULL, NULL) \
	X("revoked_at", TOLD_TIME("revoked_at"), "revoked_at", "null", NULL) \
	X("created_at", TOLD_TIME("created_at"), "created_at", TOLD_NOW, NULL) \
	X("updated_at", TOLD_TIME("updated_at"), "updated_at", TOLD_NOW, TOLD_EACH) \
	X("version", TOLD_PLAIN("version"), "version", NULL, NULL)

#define TOLD_GRANTS(X) \
	X("request_id", TOLD_PLAIN("request_id"), "request_id", NULL, NULL) \
	X("grantee_id", TOLD_PLAIN("grantee_id"), "grantee_id", NULL, NULL) \
	X("resource_type", TOLD_PLAIN("resource_type"), "resource_type", NULL, NULL) \
	X("resource_id", TOLD_PLAIN("resource_id"), "resource_id", NULL, NULL) \
	X("action", TOLD_PLAIN("action"), "action", NULL, NULL) \
	X("status", TOLD_PLAIN("status"), "status", "\"active\"", NULL) \
	X("audit_enabled", TOLD_PLAIN("audit_enabled"), "audit_enabled", NULL, NULL) \
	X("expires_at", TOLD_TIME("expires_at"), "expires_at", NULL, NULL) \
	X("granted_at", TOLD_TIME("granted_at"), "granted_at", TOLD_NOW, NULL) \
	X("revoked_at", TOLD_TIME("revoked_at"), "revoked_at", "null", "RevokeGrant") \
	X("metadata", TOLD_PLAIN("metadata"), "metadata", NULL, NULL) \
	X("created_at", TOLD_TIME("created_at"), "created_at", TOLD_NOW, NULL) \
	X("updated_at", TOLD_TIME("updated_at"), "updated_at", TOLD_NOW, TOLD_EACH) \
	X("version", TOLD_PLAIN("version"), "version", NULL, NULL)

#define TOLD_POLICIES(X) \
	X("name", TOLD_PLAIN("name"), "name", NULL, NULL) \
	X("priority", TOLD_PLAIN("priority"), "priority", NULL, NULL) \
	X("enabled", TOLD_PLAIN("enabled"), "enabled", NULL, NULL) \
	X("deleted_at", TOLD_TIME("deleted_at"), "deleted_at", "null", "DeletePolicy") \
	X("created_at", TOLD_TIME("created_at"), "created_at", TOLD_NOW, NULL) \
	X("updated_at", TOLD_TIME("updated_at"), "updated_at", TOLD_NOW, TOLD_EACH) \
	X("version", TOLD_PLAIN("version"), "version", NULL, NULL)

/* In the chain of their policy; an entry of a rule has its id as rule_id. */
#define TOLD_POLICY_RULES(X) \
	X("ordinal", TOLD_PLAIN("ordinal"), "ordinal", NULL, NULL) \
	X("policy_text", TOLD_PLAIN("policy_text"), "policy_text", NULL, NULL) \
	X("notice", TOLD_PLAIN("notice"), "notice", NULL, NULL) \
	X("audit_session", TOLD_PLAIN("audit_session"), "audit_session", NULL, NULL) \
	X("created_at", TOLD_TIME("created_at"), "created_at", TOLD_NOW, NULL) \
	X("updated_at", TOLD_TIME("updated_at"), "updated_at", TOLD_NOW, TOLD_EACH) \
	X("version", TOLD_PLAIN("version"), "version", NULL, NULL)

/* The columns that are not compared so, and why. */
#define TOLD_NOT_TENANTS(X) \
	X("id", "names the chain") \
	X("policy_version", "told by the entries of policies: see audit_verify.c") \
	X("hold", "of a move or removal that is under way, and may be given up") \
	X("move_id", "of a move that is under way, and may be given up") \
	X("move_since", "how far a move that is under way has come") \
	X("audit_length", "compared with the chain itself") \
	X("audit_head", "compared with the chain itself")
#define TOLD_NOT_API_KEYS(X) \
	X("tenant_id", "in each entry") \
	X("id", "names the chain") \
	X("last_used_at", "noted now and then, and rests on no change") \
	X("audit_length", "compared with the chain itself") \
	X("audit_head", "compared with the chain itself")
#define TOLD_NOT_GRANTS(X) \
	X("tenant_id", "in each entry") \
	X("id", "names the chain") \
	X("audit_length", "compared with the chain itself") \
	X("audit_head", "compared with the chain itself") \
	X("audit_previous", "written by each UpdateGrant before it is read")
#define TOLD_NOT_POLICIES(X) \
	X("tenant_id", "in each entry") \
	X("id", "names the chain") \
	X("audit_length", "compared with the chain itself") \
	X("audit_head", "compared with the chain itself")
#define TOLD_NOT_POLICY_RULES(X) \
	X("tenant_id", "in each entry") \
	X("policy_id", "names the chain") \
	X("id", "told by each entry of the rule")

#define TOLD_COLUMNS_MAX 16

/* The row `c` as told_compare() takes it, in SQL. Its first member is for the comma, and of no column. */
#define TOLD_ROW_MEMBER(name, expression, member, made, set_by) ", '" name "', " expression
#define TOLD_ROW(columns) "json_build_object('id', c.id" columns(TOLD_ROW_MEMBER) ")::text"

struct told_table {
	const char *name;
	size_t columns;
	struct told_column {
		const char *name, *member, *made, *set_by; /* as above */
	} column[TOLD_COLUMNS_MAX];
	struct told_not {
		const char *name, *why;
	} not_compared[TOLD_COLUMNS_MAX]; /* ends with a NULL name */
};

/* By enum chain_owner; the rules of policies come last. */
#define TOLD_RULES 4
#define TOLD_TABLES 5
extern const struct told_table told_tables[TOLD_TABLES];

/* Something that is not as the entries tell. */
enum difference_kind {
	ROW_DIFFERS,    /* a column is not what its last entry says */
	ROW_STRANGE,    /* no entry tells of the row */
	ROW_GONE,       /* entries tell of the row, and it is not there */
	ENTRY_DIFFERS,  /* an entry found something else than the one before it left */
	ENTRY_STRANGE,  /* an entry of a chain of a kind that is none */
	COUNT_DIFFERS,  /* there are more or fewer events than the count says */
	EVENTS_STRANGE, /* events of a grant that is not there */
	TENANT_STRANGE  /* rows of a tenant that is not there */
};

struct difference {
	enum difference_kind kind;
	const char *table;
	struct uuid id;     /* of the row; ENTRY_STRANGE: of the entry */
	const char *column; /* NULL: the row as a whole */
	/* Of the entry that tells; ENTRY_DIFFERS: of the one that found; 0: none. */
	int64_t sequence;
	/* JSON; NULL: nothing, or not to be shown. */
	struct json_raw told, found;
};

/* What is different, as a sentence. */
const char *difference_text(enum difference_kind);

/* What was found. */
struct told_count {
	int64_t rows;        /* compared */
	int64_t untold;      /* values of theirs that no entry tells */
	int64_t differences; /* that `differs` was called for */
};

void told_count_add(struct told_count *, const struct told_count *);

/* Who counts, and hears of it; `differs` may be NULL. What it is given is gone when it returns. */
struct told_sink {
	struct told_count *count;
	void (*differs)(void *context, const struct difference *);
	void *context;
};

void told_differs(const struct told_sink *, const struct difference *);

/* An entry, read for what it tells. Borrows from its row. */
struct told_entry {
	const char *action;
	bool done; /* false: it was refused, and set nothing */
	int64_t sequence;
	struct json_raw before, after, policy_version; /* none: null, or not there */
	char at[TIME_TEXT_LEN + 3];                    /* as JSON */
};

/* False: its time is out of range. */
MUST_CHECK bool told_entry_read(struct told_entry *, const struct audit_row *);

/* What the entries so far tell of one row. Told_clear() it; a zeroed one is empty. */
struct told {
	const struct told_table *table;
	struct uuid id;
	bool failed; /* out of memory */
	bool begun;  /* an entry told of it; only the first can have made it */
	struct told_value {
		bool is;
		int64_t sequence;
		struct buf text;
	} value[TOLD_COLUMNS_MAX];
};

/* Begin anew, keeping the memory. */
void told_begin(struct told *, const struct told_table *, const struct uuid *id);
void told_clear(struct told *);

/* The next entry of the row: compare what it found with what is told so far, and take what it set. */
void told_take(struct told *, const struct told_entry *, const struct told_sink *);

/* Compare the row, a JSON object of its columns, with what is told. */
void told_compare(const struct told *, const char *row, const struct told_sink *);

#endif
