/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_FOLLOW_TEXT_H
#define GRANTCTL_FOLLOW_TEXT_H

#include "base/buf.h"
#include "db/audit_row.h"

/*
 * An entry as a message for whoever collects events, without a line feed: whatever an entry has in it, it is one line, and
 * nothing of it is taken for another field.
 *
 * ndjson  the object of the export (db/audit_text.h), and `replayed`
 * syslog  RFC 5424, with the facts in structured data and that object as the message
 * cef     ArcSight's Common Event Format, version 0 (revision 25), for people's and machines' events alike
 *
 * `replayed`: the receiver may have it already, with the same id.
 */
enum follow_format { FOLLOW_NDJSON, FOLLOW_SYSLOG, FOLLOW_CEF };
extern const char *const follow_format_names[];

/*
 * Append the message. `in_syslog`: what is no syslog message by itself becomes the text of one. `brief`: without what the
 * entry tells (metadata), for where a message may not be longer. The buffer fails as buffers do.
 */
struct follow_text {
	enum follow_format format;
	bool in_syslog;
	const char *host; /* for syslog's HOSTNAME */
};

void follow_text_entry(const struct follow_text *, const struct audit_row *, bool replayed,
    bool brief, struct buf *out);

#endif
