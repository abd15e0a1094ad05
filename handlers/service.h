/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_SERVICE_H
#define GRANTD_HANDLERS_SERVICE_H

#include "base/settings.h"

struct db;

/* What a worker keeps from request to request. */
struct service {
	const struct settings *settings; /* borrowed */
	struct db *db;
};

#endif
