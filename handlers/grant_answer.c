/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "handlers/grant_answer.h"

void
grant_etag(const struct grant *g, char etag[ETAG_TEXT_MAX])
{
	(void)snprintf(etag, ETAG_TEXT_MAX, "\"%" PRId64 ".%s\"", g->version, g->status);
}
