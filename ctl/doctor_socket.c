/* SPDX-License-Identifier: MIT */
/*
 * grantctl doctor: the socket that web servers reach the workers by, and whether one answers there.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "ctl/doctor.h"
#include "ctl/fcgi_probe.h"

#define NAME_MAX_BYTES 64

/* The name of a user or group, or its number. */
static void
owner_name(char out[NAME_MAX_BYTES], const char *name, unsigned number)
{
	if (name != NULL)
		(void)snprintf(out, NAME_MAX_BYTES, "%s", name);
	else
		(void)snprintf(out, NAME_MAX_BYTES, "%u", number);
}

/* Connecting to a Unix socket takes the right to write to it (unix(7)). */
static void
tell_who(struct examination *x, const char *path, const struct stat *st)
{
	const struct passwd *user = getpwuid(st->st_uid);
	const struct group *group = getgrgid(st->st_gid);
	char user_name[NAME_MAX_BYTES], group_name[NAME_MAX_BYTES];
	const char *who;

	owner_name(user_name, user != NULL ? user->pw_name : NULL, st->st_uid);
	owner_name(group_name, group != NULL ? group->gr_name : NULL, st->st_gid);
	who = st->st_mode & S_IWOTH ? "everyone on this machine may connect" :
	    st->st_mode & S_IWGRP   ? "that user and that group may connect" :
				      "only that user may connect";
	found_well(x, "socket", "%s, mode %04o, user %s, group %s: %s", path, st->st_mode & 07777,
	    user_name, group_name, who);
}

/* False: there is no use in trying to connect. */
static bool
check_node(struct examination *x, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		found_problem(x, "socket", "start grantd, or correct GRANTD_LISTEN", "%s: %s", path,
		    strerror(errno));
	else if (!S_ISSOCK(st.st_mode))
		found_problem(x, "socket", "move it away, or correct GRANTD_LISTEN",
		    "%s is no socket", path);
	else {
		tell_who(x, path, &st);
		return true;
	}
	return false;
}

static void
check_answer(struct examination *x, const struct settings *s)
{
	struct buf path = BUF_EMPTY;
	struct probe p;

	buf_adds(&path, s->base_path);
	buf_adds(&path, "/readyz");
	if (path.failed) {
		x->failed = true;
		return;
	}
	fcgi_probe(s->listen, buf_text(&path), &p);
	if (!p.connected)
		found_problem(x, "grantd",
		    "start grantd; or let this user in by GRANTD_LISTEN_MODE and "
		    "GRANTD_LISTEN_GROUP",
		    "nobody answers at %s: %s", s->listen, p.error);
	else if (p.status == 503)
		found_problem(x, "grantd", "see its log: it says what it misses",
		    "a worker answers, and says that its database is not ready");
	else if (p.status != 200)
		found_problem(x, "grantd", "see whether grantd is what listens there, and its log",
		    "GET %s: %s", buf_text(&path),
		    p.status != 0 ? "an answer that is not grantd's" : p.error);
	else
		found_well(x, "grantd", "a worker answers at %s, and its database is ready",
		    s->listen);
	buf_clear(&path);
}

void
examine_socket(struct examination *x, const struct settings *s)
{
	if (s->listen[0] == '\0') {
		found_well(x, "socket",
		    "GRANTD_LISTEN is not set: a web server or systemd passes one");
		return;
	}
	if (strchr(s->listen, '/') == NULL || check_node(x, s->listen))
		check_answer(x, s);
}
