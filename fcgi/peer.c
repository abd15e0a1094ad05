/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/pidfd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/peer.h"

/* An IPv4 address as IPv6 (RFC 4291 section 2.5.5.2). */
static struct in6_addr
mapped(const struct in_addr *v4)
{
	struct in6_addr to = {
		.s6_addr = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff },
	};

	memcpy(to.s6_addr + 12, v4, 4);
	return to;
}

/* The address as IPv6. False: it is of another family. */
static bool
address_of(const struct sockaddr *peer, struct in6_addr *to)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (peer->sa_family) {
	case AF_INET:
		memcpy(&v4, peer, sizeof(v4));
		*to = mapped(&v4.sin_addr);
		return true;
	case AF_INET6:
		memcpy(&v6, peer, sizeof(v6));
		*to = v6.sin6_addr;
		return true;
	default:
		return false;
	}
}

static bool
parse(const char *text, size_t len, struct in6_addr *to)
{
	char copy[INET6_ADDRSTRLEN];
	struct in_addr v4;

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET, copy, &v4) != 1)
		return inet_pton(AF_INET6, copy, to) == 1;
	*to = mapped(&v4);
	return true;
}

bool
peer_allowed(const struct sockaddr *peer, const char *list)
{
	struct in6_addr address, other;

	if (list == NULL || !address_of(peer, &address))
		return true;
	for (;;) {
		size_t len = strcspn(list, ",");

		if (parse(list, len, &other) && memcmp(&other, &address, sizeof(other)) == 0)
			return true;
		if (list[len] == '\0')
			return false;
		list += len + 1;
	}
}

pid_t
peer_pid(int fd)
{
	struct ucred peer = { .pid = 0 };
	socklen_t len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == -1 || peer.pid <= 0)
		return 0;
	return peer.pid;
}

bool
peer_has_ended(int fd)
{
	struct pollfd end = { .events = POLLIN };
	pid_t pid = peer_pid(fd);
	bool ended;

	if (pid == 0)
		return false;
	if ((end.fd = pidfd_open(pid, 0)) == -1)
		return errno == ESRCH;
	ended = poll(&end, 1, 0) == 1;
	close(end.fd);
	return ended;
}
