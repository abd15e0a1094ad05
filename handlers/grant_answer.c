/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "db/json.h"
#include "handlers/grant_answer.h"

void
grant_etag(const struct grant *g, char etag[GRANT_ETAG_MAX])
{
	(void)snprintf(etag, GRANT_ETAG_MAX, "\"%" PRId64 ".%s\"", g->version, g->status);
}

void
grant_answer(struct response *rs, const struct grant *g, bool minimal)
{
	char etag[GRANT_ETAG_MAX];

	grant_etag(g, etag);
	response_header(rs, "ETag", etag);
	if (minimal) {
		response_header(rs, "Preference-Applied", "return=minimal");
		response_empty(rs, 204);
	} else {
		response_json(rs, 200, grant_json(g));
	}
}
