/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_AUDIT_ACTION_H
#define GRANTCTL_AUDIT_ACTION_H

/* The operations that entries of the audit log may be of: those that change something, over HTTP or here. Ends with NULL. */
extern const char *const audit_action_words[];

#endif
