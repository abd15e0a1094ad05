/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_REMOTES_H
#define GRANTCTL_REMOTES_H

#include "ctl/engine/command.h"

/* Commands as they are done over HTTP (--url), beside what they do on the database; in the *_remote.c of their nouns. */
enum status grant_create_remote(struct ctl *);
enum status grant_list_remote(struct ctl *);
enum status grant_show_remote(struct ctl *);
enum status grant_audit_on_remote(struct ctl *);
enum status grant_audit_off_remote(struct ctl *);
enum status grant_revoke_remote(struct ctl *);

enum status key_create_remote(struct ctl *);
enum status key_list_remote(struct ctl *);
enum status key_rotate_remote(struct ctl *);
enum status key_revoke_remote(struct ctl *);

enum status policy_list_remote(struct ctl *);
enum status policy_show_remote(struct ctl *);
enum status policy_apply_remote(struct ctl *);

enum status audit_list_remote(struct ctl *);
enum status audit_show_remote(struct ctl *);
enum status audit_export_remote(struct ctl *);

enum status activity_list_remote(struct ctl *);
enum status activity_summary_remote(struct ctl *);

#endif
