/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stddef.h>

#include "base/operations.h"
#include "ctl/audit_action.h"

#define NAME_PUBLIC(id)
#define NAME_READ(id)
#define NAME_WRITE(id) #id,

const char *const audit_action_words[] = {
#define X(id, file, access, entity) NAME_##access(id)
	OPERATIONS(X)
#undef X
	/* Only grantctl does these. */
	"CreateTenant",
	"UpdateTenant",
	"MoveTenant",
	"ArchiveAuditLog",
	NULL,
};
