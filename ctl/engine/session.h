/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_SESSION_H
#define GRANTCTL_ENGINE_SESSION_H

#include "ctl/engine/command.h"
#include "db/change.h"
#include "db/tenant.h"

/*
 * Begin a transaction in a tenant, and queue a read of the tenant. The next exchange fills `t`, for
 * session_tenant() to check. tenant_clear() it.
 */
void session_begin(struct ctl *, enum db_access, const struct uuid *tenant, struct tenant *t);

/*
 * True: the exchange succeeded, and the tenant exists. Otherwise reports that.
 */
MUST_CHECK bool session_tenant(struct ctl *, enum outcome, const struct uuid *tenant,
    const struct tenant *t);

/*
 * Fill an audit entry for a change made here: the operation's id, who runs grantctl, and --reason.
 * False, with a message, where the system gives no random numbers.
 */
MUST_CHECK bool session_entry(struct ctl *, const char *action, struct change_by *);

/* An id for a new row: that of --id, or a new one. False, with a message, as above. */
MUST_CHECK bool session_new_id(struct ctl *, struct uuid *);

/* Report the outcome of an exchange that is not DONE. STATUS_REFUSED; where a commit was lost it sets c->unknown. */
enum status session_failed(struct ctl *, enum outcome);

/*
 * Print on standard error what may have a server's words in it, or a file's: '?' stands for what a terminal might obey, but for line
 * feeds. Nothing is added at the end.
 */
void session_say(const char *format, ...) GRANTD_PRINTF(1, 2);

/* Report why a command fails, as session_say() does. STATUS_REFUSED, for `return session_refuse(…)`. */
enum status session_refuse(struct ctl *, const char *format, ...) GRANTD_PRINTF(2, 3);

/* Report that the tenant has no `what` of the id that is the operand. STATUS_REFUSED. */
enum status session_not_there(struct ctl *, const char *what);

#endif
