/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "handlers/grant_answer.h"

void
grant_etag(const struct grant *g, char etag[GRANT_ETAG_MAX])
{
	(void)snprintf(etag, GRANT_ETAG_MAX, "\"%" PRId64 ".%s\"", g->version, g->status);
}
