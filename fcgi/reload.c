/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/settings.h"
#include "fcgi/options.h"
#include "fcgi/reload.h"

static void
warn_kept(const char *name)
{
	log_warning("reload: %s has changed, which takes a restart; it keeps its value", name);
}

static void
keep_text(char **fresh, char **old, const char *name)
{
	char *other = *fresh;

	if (strcmp(*fresh, *old) == 0)
		return;
	warn_kept(name);
	*fresh = *old;
	*old = other; /* freed with the rest of the old ones */
}

static void
keep_number(int *fresh, int old, const char *name)
{
	if (*fresh == old)
		return;
	warn_kept(name);
	*fresh = old;
}

static void
reload_log(const struct settings *s)
{
	log_set_format((enum log_format)s->log_format);
	if (!log_open(s->log_file, (enum log_level)s->log_level))
		log_error("reload: %s: %s; the log stays where it was", s->log_file,
		    strerror(errno));
}

bool
reload_settings(struct settings *s, const struct options *o)
{
	struct settings fresh;
	char error[SETTINGS_ERROR_MAX];

	if (!options_settings(o, &fresh, error)) {
		log_error("reload: %s; everything stays as it was", error);
		return false;
	}
	keep_text(&fresh.listen, &s->listen, "GRANTD_LISTEN");
	keep_text(&fresh.listen_mode, &s->listen_mode, "GRANTD_LISTEN_MODE");
	keep_text(&fresh.listen_group, &s->listen_group, "GRANTD_LISTEN_GROUP");
	keep_text(&fresh.status_listen, &s->status_listen, "GRANTD_STATUS_LISTEN");
	keep_number(&fresh.listen_backlog, s->listen_backlog, "GRANTD_LISTEN_BACKLOG");
	keep_number(&fresh.kept_connections, s->kept_connections, "GRANTD_KEPT_CONNECTIONS");
	keep_number(&fresh.waiting_requests, s->waiting_requests, "GRANTD_WAITING_REQUESTS");
	/* One process and several are different programs. */
	if ((fresh.workers == 0) != (s->workers == 0))
		keep_number(&fresh.workers, s->workers, "GRANTD_WORKERS");
	settings_clear(s);
	*s = fresh;
	reload_log(s);
	log_info("reloaded");
	return true;
}

void
reload_beside(struct settings *s, const struct options *o)
{
	struct settings fresh;
	char error[SETTINGS_ERROR_MAX];

	if (!options_settings(o, &fresh, error))
		return;
	settings_clear(s);
	*s = fresh;
	reload_log(s);
}
