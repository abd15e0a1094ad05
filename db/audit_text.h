/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_DB_AUDIT_TEXT_H
#define GRANTD_DB_AUDIT_TEXT_H

#include "db/audit_row.h"

/*
 * Audit entries as text, for exports. All of an entry's members are there, metadata just as the
 * database prints it, so that its hash can be computed from the text (see audit_row_hash()).
 *
 * Entries are followed by a closing line that counts them: a file without one is not whole, whatever
 * cut it off and wherever it was kept since.
 *
 * AUDIT_NDJSON: a JSON object on each line, and in the end {"complete":true,"entries":N}.
 *
 * AUDIT_CSV: RFC 4180 with a header line; times as in JSON, NULL as nothing between the commas; in
 * the end the record complete,N,,,… A text that a spreadsheet would take for a formula, since it
 * begins with one of = + - @, is preceded by an apostrophe, and so is one that begins with an
 * apostrophe: taking one away gives the text back.
 */
enum audit_format { AUDIT_NDJSON, AUDIT_CSV };

/* The names of the formats, ending with NULL, and their media types. */
extern const char *const audit_format_names[];
const char *audit_format_type(enum audit_format);

/* How an export is written; `out` is emptied by whoever sends it on, and is sticky as every buf. */
struct audit_text {
	enum audit_format format;
	bool with_tenant; /* tenant_id is the first member */
	int64_t entries;  /* written so far */
	struct buf out;
};

#define AUDIT_TEXT_EMPTY \
	{ \
		.format = AUDIT_NDJSON, .with_tenant = false, .entries = 0, .out = BUF_EMPTY \
	}

void audit_text_begin(struct audit_text *);
void audit_text_entry(struct audit_text *, const struct audit_row *);
void audit_text_end(struct audit_text *);

#endif
