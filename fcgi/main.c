/* SPDX-License-Identifier: MIT */
/* grantd: the command line, and the choice between one process and many. */
#include "config.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/log_sink.h"
#include "fcgi/inherit.h"
#include "fcgi/listener.h"
#include "fcgi/options.h"
#include "fcgi/parent.h"
#include "fcgi/pool.h"
#include "fcgi/porter.h"
#include "fcgi/single.h"
#include "fcgi/spawner.h"
#include "fcgi/status.h"
#include "handlers/dispatch.h"

#define EXIT_USAGE 2

/*
 * A process that was started without one of the standard descriptors must not get it as a
 * socket or a log.
 */
static bool
fill_descriptors(void)
{
	int fd;

	do {
		if ((fd = open("/dev/null", O_RDWR)) == -1)
			return false;
	} while (fd <= STDERR_FILENO);
	close(fd);
	return true;
}

/*
 * Keys and the database's password are in memory: no core file, and no look inside by processes
 * of the same user.
 */
static void
protect_memory(void)
{
	static const struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/*
 * From here on signals wait until somebody looks for them. USR1 means nothing here, and must not
 * end us.
 */
static void
hold_signals(void)
{
	static const int held[] = { SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < COUNT_OF(held); i++)
		sigaddset(&set, held[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* Whether the log could be opened; a file that is not there yet is not made, and a socket has to be there. */
static bool
check_log_file(const char *path)
{
	const char *socket = log_sink_syslog(path);
	char directory[4096];

	if (path[0] == '\0' || access(socket != NULL ? socket : path, W_OK) == 0)
		return true;
	if (socket == NULL && errno == ENOENT && strlen(path) < sizeof(directory)) {
		(void)snprintf(directory, sizeof(directory), "%s", path);
		if (access(dirname(directory), W_OK | X_OK) == 0)
			return true;
	}
	(void)fprintf(stderr, "grantd: GRANTD_LOG_FILE: %s: %s\n", path, strerror(errno));
	return false;
}

static void
say(void *of, const char *sentence)
{
	(void)of;
	(void)fprintf(stderr, "grantd: %s\n", sentence);
}

static void
warn(void *of, const char *sentence)
{
	(void)of;
	log_warning("%s", sentence);
}

/* The lines of what listener_check() found. */
static void
say_lines(char *lines)
{
	char *line;

	while ((line = strsep(&lines, "\n")) != NULL)
		say(NULL, line);
}

/* --check-config: one line for each problem, and the exit status. */
static int
check(const struct options *o)
{
	char error[LISTENER_ERROR_MAX], shortage[POOL_ERROR_MAX], sentence[SETTINGS_ERROR_MAX];
	char status[STATUS_ERROR_MAX];
	struct settings s;
	bool good = options_examine(o, &s, say, NULL);

	if (s.log_file == NULL)
		return EXIT_FAILURE;
	good = check_log_file(s.log_file) && good;
	if (!pool_fits(s.kept_connections + s.waiting_requests, shortage)) {
		say(NULL, shortage);
		good = false;
	}
	if (!listener_check(&s, error)) {
		say_lines(error);
		good = false;
	}
	if (!status_check(&s, status)) {
		say_lines(status);
		good = false;
	}
	if (!service_check(&s, sentence)) {
		say(NULL, sentence);
		good = false;
	}
	settings_clear(&s);
	/* No reason not to serve, as others may use such names. */
	settings_mistaken(say, NULL);
	if (good)
		printf("grantd: these settings can be served with\n");
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * A name server that is silent holds whoever looks a name up, and GRANTD_CONNECT_TIMEOUT does not count meanwhile: 10 s
 * and more, unless the resolver is told otherwise (resolv.conf(5)). Once per server, a second each; the next attempt comes
 * soon anyway. What the operator says stays.
 */
static void
limit_resolver(void)
{
	(void)setenv("RES_OPTIONS", "timeout:1 attempts:1", 0);
}

/* At a start that fails, whoever started it should not have to look for the log file. */
static int
fail_start(const struct settings *s, const char *sentence)
{
	if (s->log_file[0] != '\0')
		(void)fprintf(stderr, "grantd: %s\n", sentence);
	log_error("%s", sentence);
	return EXIT_FAILURE;
}

/* What a program before this one left; else what the settings name, or what was passed. */
static bool
find_listener(struct listener *l, const struct settings *s, const struct inherited *in,
    char error[LISTENER_ERROR_MAX])
{
	return in->listener != -1 ? listener_adopt(l, s, in->listener, in->kind, error) :
				    listener_open(l, s, error);
}

static int
serve(struct settings *s, const struct options *o, const struct inherited *in)
{
	struct listener l = LISTENER_EMPTY;
	char error[LISTENER_ERROR_MAX], shortage[POOL_ERROR_MAX];
	int spawner;

	log_set_format((enum log_format)s->log_format);
	if (!log_open(s->log_file, (enum log_level)s->log_level)) {
		(void)fprintf(stderr, "grantd: GRANTD_LOG_FILE: %s: %s\n", s->log_file,
		    strerror(errno));
		return EXIT_FAILURE;
	}
	settings_mistaken(warn, NULL);
	hold_signals();
	if (!pool_fits(s->kept_connections + s->waiting_requests, shortage))
		return fail_start(s, shortage);
	limit_resolver();
	if (!find_listener(&l, s, in, error))
		return fail_start(s, error);
	log_info("grantd " PACKAGE_VERSION " serves on %s with %d worker%s", listener_name(&l, s),
	    s->workers, s->workers == 1 ? "" : "s");
	if (s->workers == 0 && s->status_listen[0] != '\0')
		log_warning(
		    "GRANTD_STATUS_LISTEN takes GRANTD_WORKERS of 1 or more: nobody answers there");
	spawner = spawner_watch(&l);
	if (s->workers == 0)
		return single_run(s, o, &l, in, spawner);
	return spawner == -1 ? parent_run(s, o, &l, in, -1) : porter_run(s, o, &l, spawner);
}

static int
run(const struct options *o)
{
	struct inherited in = INHERITED_NONE;
	struct settings s;
	char error[SETTINGS_ERROR_MAX];
	int status;

	if (o->mode == MODE_CHECK)
		return check(o);
	(void)inherit_take(&in);
	if (!options_settings(o, &s, error)) {
		(void)fprintf(stderr, "grantd: %s\n", error);
		return EXIT_FAILURE;
	}
	status = serve(&s, o, &in);
	settings_clear(&s);
	inherit_clear(&in);
	return status;
}

int
main(int argc, char *argv[])
{
	struct options o;

	if (!fill_descriptors())
		return EXIT_FAILURE;
	protect_memory();
	if (!options_parse(&o, argc, argv))
		return EXIT_USAGE;
	if (o.mode == MODE_HELP) {
		options_help(stdout);
		return EXIT_SUCCESS;
	}
	if (o.mode == MODE_VERSION) {
		printf("grantd " PACKAGE_VERSION "\n");
		return EXIT_SUCCESS;
	}
	return run(&o);
}
