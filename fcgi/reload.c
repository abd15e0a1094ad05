/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/settings.h"
#include "fcgi/options.h"
#include "fcgi/reload.h"

/* What a reload says, where it is not silent. */
static void
say_kept(bool aloud, const char *name)
{
	if (aloud)
		log_warning("reload: %s has changed, which takes a restart; it keeps its value",
		    name);
}

static void
keep_text(char **fresh, char **old, bool aloud, const char *name)
{
	char *other = *fresh;

	if (strcmp(*fresh, *old) == 0)
		return;
	say_kept(aloud, name);
	*fresh = *old;
	*old = other; /* freed with the rest of the old ones */
}

static void
keep_number(int *fresh, int old, bool aloud, const char *name)
{
	if (*fresh == old)
		return;
	say_kept(aloud, name);
	*fresh = old;
}

/* What only a start can change */
static void
keep(struct settings *fresh, struct settings *old, bool aloud)
{
	keep_text(&fresh->listen, &old->listen, aloud, "GRANTD_LISTEN");
	keep_text(&fresh->listen_mode, &old->listen_mode, aloud, "GRANTD_LISTEN_MODE");
	keep_text(&fresh->listen_group, &old->listen_group, aloud, "GRANTD_LISTEN_GROUP");
	keep_text(&fresh->status_listen, &old->status_listen, aloud, "GRANTD_STATUS_LISTEN");
	keep_number(&fresh->listen_backlog, old->listen_backlog, aloud, "GRANTD_LISTEN_BACKLOG");
	keep_number(&fresh->kept_connections, old->kept_connections, aloud,
	    "GRANTD_KEPT_CONNECTIONS");
	keep_number(&fresh->waiting_requests, old->waiting_requests, aloud,
	    "GRANTD_WAITING_REQUESTS");
	/* One process and several are different programs. */
	if ((fresh->workers == 0) != (old->workers == 0))
		keep_number(&fresh->workers, old->workers, aloud, "GRANTD_WORKERS");
}

static bool
reload(struct settings *s, const struct options *o, bool aloud)
{
	struct settings fresh;
	char error[SETTINGS_ERROR_MAX];

	if (!options_settings(o, &fresh, error)) {
		if (aloud)
			log_error("reload: %s; everything stays as it was", error);
		return false;
	}
	keep(&fresh, s, aloud);
	settings_clear(s);
	*s = fresh;
	log_set_format((enum log_format)s->log_format);
	if (!log_open(s->log_file, (enum log_level)s->log_level))
		log_error("reload: %s: %s; the log stays where it was", s->log_file,
		    strerror(errno));
	return true;
}

bool
reload_settings(struct settings *s, const struct options *o)
{
	if (!reload(s, o, true))
		return false;
	log_info("reloaded");
	return true;
}

void
reload_beside(struct settings *s, const struct options *o)
{
	(void)reload(s, o, false);
}
