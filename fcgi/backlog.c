/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "fcgi/backlog.h"

struct question {
	struct nlmsghdr head;
	struct unix_diag_req body;
};

/* For the one socket with this inode number, the length of its queue. */
static bool
ask(int netlink, const struct stat *st)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const struct question q = {
		.head = { .nlmsg_len = sizeof(q),
		    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		    .nlmsg_flags = NLM_F_REQUEST },
		.body = { .sdiag_family = AF_UNIX,
		    .udiag_states = UINT32_MAX,
		    .udiag_ino = (uint32_t)st->st_ino,
		    .udiag_show = UDIAG_SHOW_RQLEN,
		    .udiag_cookie = { UINT32_MAX, UINT32_MAX } },
	};

	return sendto(netlink, &q, sizeof(q), MSG_DONTWAIT, (const struct sockaddr *)&kernel,
		   sizeof(kernel)) == (ssize_t)sizeof(q);
}

static int
length_in(struct nlmsghdr *h)
{
	struct unix_diag_msg *m = NLMSG_DATA(h);
	struct unix_diag_rqlen len;
	struct rtattr *a;
	int left;

	if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY || h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return -1;
	left = (int)(h->nlmsg_len - NLMSG_LENGTH(sizeof(*m)));
	for (a = (struct rtattr *)(m + 1); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type != UNIX_DIAG_RQLEN || RTA_PAYLOAD(a) < sizeof(len))
			continue;
		memcpy(&len, RTA_DATA(a), sizeof(len));
		return (int)len.udiag_rqueue;
	}
	return -1;
}

static int
of_unix(int fd)
{
	_Alignas(struct nlmsghdr) char answer[1024];
	struct nlmsghdr *head = (struct nlmsghdr *)(void *)answer;
	struct stat st;
	int netlink, length = -1;
	ssize_t n;

	if (fstat(fd, &st) == -1 ||
	    (netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) == -1)
		return -1;
	if (ask(netlink, &st)) {
		n = recv(netlink, answer, sizeof(answer), MSG_DONTWAIT);
		if (n > 0 && NLMSG_OK(head, (size_t)n))
			length = length_in(head);
	}
	(void)close(netlink);
	return length;
}

int
backlog_length(int fd)
{
	struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(address);
	struct tcp_info info;

	if (fd < 0 || getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		return -1;
	if (address.ss_family == AF_UNIX)
		return of_unix(fd);
	len = sizeof(info);
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1)
		return -1;
	return (int)info.tcpi_unacked; /* of one that listens: who waits to be accepted */
}
