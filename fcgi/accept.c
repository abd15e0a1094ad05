/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "fcgi/accept.h"
#include "fcgi/handover.h"
#include "fcgi/listener.h"
#include "fcgi/peer.h"
#include "fcgi/pool.h"

/* Errors of accept(2) that tell of one connection, or of none, and not of this process. */
static bool
is_passing(int error)
{
	switch (error) {
	case EAGAIN: /* another worker was faster */
	case EINTR:
	case ECONNABORTED: /* and what else there is of connections that died in the queue */
	case EPROTO:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case EOPNOTSUPP:
	case ENETUNREACH:
	case ETIMEDOUT:
		return true;
	default:
		return false;
	}
}

/* For TCP alone: a response must not wait for an acknowledgement. */
static void
send_at_once(int fd, const struct sockaddr_storage *peer)
{
	const int on = 1;

	if (peer->ss_family == AF_INET || peer->ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int
accept_connection(const struct listener *l, struct pool *pool)
{
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(peer);
	int fd = l->kind == LISTENER_HANDED ?
	    handover_take(l->fd, &peer) :
	    accept4(l->fd, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);
	int error = errno;

	pool_listen(pool);
	errno = error;
	if (fd < 0 && is_passing(errno)) {
		errno = 0;
	} else if (fd < 0) {
		/*
		 * Out of descriptors or memory: the connection stays queued, and a new process
		 * may fare better.
		 */
		log_error("accepting a connection: %s", strerror(errno));
	} else if (!peer_allowed((struct sockaddr *)&peer, getenv("FCGI_WEB_SERVER_ADDRS"))) {
		log_warning("refused: an address that is not in FCGI_WEB_SERVER_ADDRS");
		close(fd);
		fd = -1;
		errno = 0;
	} else {
		send_at_once(fd, &peer);
	}
	return fd;
}
