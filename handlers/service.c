/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "db/db.h"
#include "handlers/dispatch.h"
#include "handlers/service.h"

struct service *
service_open(const struct settings *settings)
{
	struct service *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->settings = settings;
	s->db = db_open(settings, DB_WORKER);
	if (s->db == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
service_close(struct service *s)
{
	if (s == NULL)
		return;
	db_close(s->db);
	free(s);
}
