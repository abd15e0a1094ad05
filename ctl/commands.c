/* SPDX-License-Identifier: MIT */
/* Every command, in the order in which help shows them. */
#include "config.h"

#include "ctl/commands.h"

const struct command *const commands[] = {
	&cmd_tenant_create,
	&cmd_tenant_list,
	&cmd_tenant_show,
	&cmd_tenant_set,
	&cmd_tenant_rename,
	&cmd_tenant_disable,
	&cmd_tenant_enable,
	&cmd_tenant_move,
	&cmd_tenant_delete,
	&cmd_key_create,
	&cmd_key_import,
	&cmd_key_list,
	&cmd_key_rotate,
	&cmd_key_revoke,
	&cmd_key_check,
	&cmd_grant_create,
	&cmd_grant_list,
	&cmd_grant_show,
	&cmd_grant_audit_on,
	&cmd_grant_audit_off,
	&cmd_grant_revoke,
	&cmd_activity_list,
	&cmd_activity_summary,
	&cmd_activity_maintain,
	&cmd_policy_list,
	&cmd_policy_show,
	&cmd_policy_apply,
	&cmd_policy_check,
	&cmd_policy_test,
	&cmd_audit_list,
	&cmd_audit_show,
	&cmd_audit_export,
	&cmd_audit_follow,
	&cmd_audit_verify,
	&cmd_audit_checkpoint,
	&cmd_audit_archive,
	&cmd_doctor,
	&cmd_status,
	&cmd_completion,
};

const size_t commands_count = COUNT_OF(commands);
