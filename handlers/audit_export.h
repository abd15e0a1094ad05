/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_AUDIT_EXPORT_H
#define GRANTD_HANDLERS_AUDIT_EXPORT_H

#include "db/audit_text.h"
#include "handlers/operation.h"

/*
 * An export of the audit log as a stream, in memory that does not grow with it. Each batch is a
 * transaction of its own, in which the key is looked up and the policies are asked again: a key that
 * is revoked, or a policy that forbids it, ends the export at the next batch. No transaction is open
 * while the client is waited for.
 *
 * A client knows that it has everything by the closing line (db/audit_text.h). An export that fails
 * is cut off without one, and without the end that HTTP's framing would have.
 */

/* Queue: read the first batch, in the transaction of the request; for an operation's load(). */
void audit_export_load(struct call *, const struct audit_filter *);

/* Answer: send that batch, then read and send the others. */
void audit_export(struct call *, const struct audit_filter *, enum audit_format);

#endif
