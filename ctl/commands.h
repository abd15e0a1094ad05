/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_COMMANDS_H
#define GRANTCTL_COMMANDS_H

#include "ctl/engine/command.h"

extern const struct command cmd_activity_list;
extern const struct command cmd_activity_maintain;
extern const struct command cmd_activity_summary;
extern const struct command cmd_audit_archive;
extern const struct command cmd_audit_checkpoint;
extern const struct command cmd_audit_export;
extern const struct command cmd_audit_follow;
extern const struct command cmd_audit_list;
extern const struct command cmd_audit_show;
extern const struct command cmd_audit_verify;
extern const struct command cmd_completion;
extern const struct command cmd_doctor;
extern const struct command cmd_grant_create;
extern const struct command cmd_grant_list;
extern const struct command cmd_grant_show;
extern const struct command cmd_grant_audit_on;
extern const struct command cmd_grant_audit_off;
extern const struct command cmd_grant_revoke;
extern const struct command cmd_key_check;
extern const struct command cmd_key_create;
extern const struct command cmd_key_import;
extern const struct command cmd_key_list;
extern const struct command cmd_key_revoke;
extern const struct command cmd_key_rotate;
extern const struct command cmd_policy_apply;
extern const struct command cmd_policy_check;
extern const struct command cmd_policy_list;
extern const struct command cmd_policy_show;
extern const struct command cmd_policy_test;
extern const struct command cmd_status;
extern const struct command cmd_tenant_create;
extern const struct command cmd_tenant_delete;
extern const struct command cmd_tenant_disable;
extern const struct command cmd_tenant_enable;
extern const struct command cmd_tenant_list;
extern const struct command cmd_tenant_move;
extern const struct command cmd_tenant_rename;
extern const struct command cmd_tenant_show;
extern const struct command cmd_tenant_set;

#endif
