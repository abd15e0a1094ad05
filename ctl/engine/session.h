/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_SESSION_H
#define GRANTCTL_ENGINE_SESSION_H

#include "ctl/engine/command.h"
#include "db/audit.h"
#include "db/tenant.h"

/*
 * Begin a transaction in a tenant, and queue the question whether there is such a tenant. `t` is
 * filled by the next exchange; session_tenant() then looks at it. tenant_clear() it.
 */
void session_begin(struct ctl *, enum db_access, const struct uuid *tenant, struct tenant *t);

/*
 * True: the exchange went well and the tenant is there. Otherwise that is said on standard error.
 */
MUST_CHECK bool session_tenant(struct ctl *, enum outcome, const struct uuid *tenant,
    const struct tenant *t);

/*
 * Fill an audit entry for a change made here: the operation's id, who runs grantctl, and --reason.
 * False, with a message, where the system gives no random numbers.
 */
MUST_CHECK bool session_entry(struct ctl *, const char *action, struct audit_entry *);

/* The id for a row that is new: the one that --id says, or one made here. False, with a message, as above. */
MUST_CHECK bool session_new_id(struct ctl *, struct uuid *);

/* Say what became of an exchange, where that is not DONE. */
enum status session_failed(struct ctl *, enum outcome);

/* Say why a command does not do what was asked. STATUS_REFUSED, for `return session_refuse(…)`. */
enum status session_refuse(struct ctl *, const char *format, ...) GRANTD_PRINTF(2, 3);

#endif
