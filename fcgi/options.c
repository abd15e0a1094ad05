/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/options.h"
#include "fcgi/status.h"
#include "http/cors.h"

enum {
	OPTION_WORKERS = 256, /* above every character */
	OPTION_LISTEN,
	OPTION_CONFIG,
	OPTION_CHECK,
	OPTION_HELP,
	OPTION_VERSION
};

static const struct option long_options[] = { { "workers", required_argument, NULL,
						  OPTION_WORKERS },
	{ "listen", required_argument, NULL, OPTION_LISTEN },
	{ "config", required_argument, NULL, OPTION_CONFIG },
	{ "check-config", no_argument, NULL, OPTION_CHECK },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ "version", no_argument, NULL, OPTION_VERSION }, { NULL, 0, NULL, 0 } };

/* A number of workers that is none is wrong usage, and not only a setting that does not fit. */
static bool
check_workers(const char *text)
{
	struct settings scratch = { 0 };
	char error[SETTINGS_ERROR_MAX];
	bool good = settings_set(&scratch, "GRANTD_WORKERS", text, "--workers", error);

	if (!good)
		(void)fprintf(stderr, "grantd: %s\n", error);
	settings_clear(&scratch);
	return good;
}

static bool
take_option(struct options *o, int option)
{
	switch (option) {
	case OPTION_WORKERS:
		o->workers = optarg;
		return check_workers(optarg);
	case OPTION_LISTEN:
		o->listen = optarg;
		return true;
	case OPTION_CONFIG:
		o->config = optarg;
		return true;
	case OPTION_CHECK:
		o->mode = MODE_CHECK;
		return true;
	case OPTION_HELP:
		o->mode = MODE_HELP;
		return true;
	case OPTION_VERSION:
		o->mode = MODE_VERSION;
		return true;
	default: /* getopt_long() said what is wrong */
		return false;
	}
}

bool
options_parse(struct options *o, int argc, char *argv[])
{
	int option;

	*o = (struct options){ .mode = MODE_SERVE, .argv = argv };
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (!take_option(o, option))
			goto wrong;
	if (optind == argc)
		return true;
	(void)fprintf(stderr, "grantd: \"%s\" is no option, and nothing else is taken\n",
	    argv[optind]);
wrong:
	fprintf(stderr, "grantd: see grantd --help\n");
	return false;
}

void
options_help(FILE *out)
{
	(void)fputs(
	    "usage: grantd [--config FILE] [--workers N] [--listen ADDRESS]\n"
	    "       grantd --check-config [--config FILE] [--workers N] [--listen ADDRESS]\n"
	    "       grantd --help | --version\n"
	    "\n"
	    "  --config FILE     read settings from FILE, as GRANTD_CONFIG does\n"
	    "  --workers N       serve in N processes; 0: in this one\n"
	    "  --listen ADDRESS  make the socket, at a path with a '/' in it or HOST:PORT;\n"
	    "                    otherwise it is the one on descriptor 0, or systemd's\n"
	    "  --check-config    say whether grantd could serve with these settings\n"
	    "\n"
	    "Settings, as environment variables or NAME=value lines in FILE (the environment\n"
	    "wins over the file, an option over both), with their defaults:\n"
	    "\n",
	    out);
	settings_help(out);
	(void)fputs(
	    "\n"
	    "Signals: TERM, INT and QUIT stop, and what is in hand is answered (again: at\n"
	    "once); HUP reads the settings again, USR2 executes the program that is there now in\n"
	    "place of this one, and no request is lost.\n"
	    "Exit status: 0 done, 1 grantd could not start or go on, 2 wrong usage.\n",
	    out);
}

/* A base path is what paths begin with: one or more segments, without a '/' at the end. */
static bool
check_base_path(const char *path, char error[SETTINGS_ERROR_MAX])
{
	size_t len = strlen(path);

	if (len == 0 || (path[0] == '/' && path[len - 1] != '/'))
		return true;
	(void)snprintf(error, SETTINGS_ERROR_MAX,
	    "GRANTD_BASE_PATH is \"%.64s\"; expected a path that begins with '/' and does not end "
	    "with it",
	    path);
	return false;
}

/* What no browser sends would be allowed to nobody, and nobody would be told why. */
static bool
check_origins(const char *origins, char error[SETTINGS_ERROR_MAX])
{
	const char *wrong;
	size_t len;

	if (cors_understood(origins, &wrong, &len))
		return true;
	(void)snprintf(error, SETTINGS_ERROR_MAX,
	    "GRANTD_CORS_ORIGINS has \"%.*s\", which no browser sends; expected * alone, or origins "
	    "such as https://console.example.com and http://localhost:3000, in lower case, without a "
	    "path, a '/' at the end or the scheme's usual port, separated by spaces",
	    len < 64 ? (int)len : 64, wrong);
	return false;
}

bool
options_settings(const struct options *o, struct settings *s, char error[SETTINGS_ERROR_MAX])
{
	if (!settings_load(s, o->config, error))
		return false;
	if ((o->workers == NULL ||
		settings_set(s, "GRANTD_WORKERS", o->workers, "--workers", error)) &&
	    (o->listen == NULL || settings_set(s, "GRANTD_LISTEN", o->listen, "--listen", error)) &&
	    check_base_path(s->base_path, error) && check_origins(s->cors_origins, error) &&
	    status_understood(s, error))
		return true;
	settings_clear(s);
	return false;
}

bool
options_examine(const struct options *o, struct settings *s, settings_teller *tell, void *of)
{
	char error[SETTINGS_ERROR_MAX];
	bool good = settings_examine(s, o->config, tell, of);

	if (s->base_path == NULL)
		return false;
	if (o->workers != NULL &&
	    !settings_set(s, "GRANTD_WORKERS", o->workers, "--workers", error)) {
		tell(of, error);
		good = false;
	}
	if (o->listen != NULL && !settings_set(s, "GRANTD_LISTEN", o->listen, "--listen", error)) {
		tell(of, error);
		good = false;
	}
	if (!check_base_path(s->base_path, error)) {
		tell(of, error);
		good = false;
	}
	if (!check_origins(s->cors_origins, error)) {
		tell(of, error);
		good = false;
	}
	return good;
}
