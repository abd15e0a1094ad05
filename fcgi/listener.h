/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_LISTENER_H
#define GRANTD_FCGI_LISTENER_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/compiler.h"

struct settings;

/* Where the listening socket came from, which decides what becomes of its queue when we stop. */
enum listener_kind {
	LISTENER_UNIX,    /* ours, at a path that listener_retire() removes */
	LISTENER_TCP,     /* ours */
	LISTENER_PASSED,  /* descriptor 0, from a web server or spawn-fcgi */
	LISTENER_SYSTEMD, /* kept by systemd, with its queue, for whoever comes after us */
	LISTENER_HANDED   /* a worker's: connections that the parent accepted (fcgi/handover.h) */
};

/* The socket that connections come from: non-blocking, close-on-exec except as descriptor 0. */
struct listener {
	int fd;
	enum listener_kind kind;
	char *path;   /* owned; LISTENER_UNIX only */
	dev_t device; /* of the socket at `path`, to know it again */
	ino_t inode;
};

#define LISTENER_EMPTY \
	{ \
		.fd = -1 \
	}
#define LISTENER_ERROR_MAX 512

/*
 * Open what the settings name, or take the socket that was passed: systemd's
 * (sd_listen_fds(3)), or descriptor 0 (FastCGI specification, section 2.2). A socket file that
 * a dead process left is replaced. False, with a sentence in `error`: *l is then empty.
 */
MUST_CHECK bool listener_open(struct listener *l, const struct settings *s,
    char error[LISTENER_ERROR_MAX]);

/*
 * Go on with a socket that an earlier program of this process opened or was passed (fcgi/inherit.h), which is taken over, whatever
 * the settings name by now: another address takes a restart, which is logged. False, as above.
 */
MUST_CHECK bool listener_adopt(struct listener *l, const struct settings *s, int fd,
    enum listener_kind kind, char error[LISTENER_ERROR_MAX]);

/*
 * Say whether listener_open() could do what the settings name, changing nothing. A live socket at
 * the path is taken for ours. True also where nothing is named. All that is wrong is in `error`, a line each.
 */
MUST_CHECK bool listener_check(const struct settings *s, char error[LISTENER_ERROR_MAX]);

/*
 * Let no new connection find us: remove our socket's path, if what is there is still ours. The
 * queue stays.
 */
void listener_retire(struct listener *l);

/*
 * A worker whose parent was killed: nobody else shall wait for the likes of it, who answer no new connection any more. Those that
 * come are refused, at once and in all processes, where the socket was made by grantd.
 */
void listener_abandon(const struct listener *l);

/* Close and forget; the path stays. */
void listener_close(struct listener *l);

/*
 * For log lines: the path, the address, or in words where it came from. Borrowed from *s or
 * static.
 */
const char *listener_name(const struct listener *l, const struct settings *s);

#endif
