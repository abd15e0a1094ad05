/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/pass.h"

/* Room for one descriptor, as aligned as its header is to be. */
union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

bool
pass_send(int to, const void *message, size_t len, int fd, int flags)
{
	struct iovec data = { .iov_base = (void *)(uintptr_t)message, .iov_len = len };
	union control control = { .space = { 0 } };
	struct msghdr h = { .msg_iov = &data, .msg_iovlen = 1 };

	if (fd != -1) {
		h.msg_control = &control;
		h.msg_controllen = sizeof(control.space);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	return sendmsg(to, &h, MSG_NOSIGNAL | flags) == (ssize_t)len;
}

bool
pass_receive(int from, void *message, size_t len, int *fd, int flags)
{
	struct iovec data = { .iov_base = message, .iov_len = len };
	union control control;
	struct msghdr h = { .msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.space) };
	const struct cmsghdr *c;
	ssize_t got = recvmsg(from, &h, MSG_CMSG_CLOEXEC | flags);

	*fd = -1;
	if (got == -1)
		return false;
	if ((c = CMSG_FIRSTHDR(&h)) != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	if (got == (ssize_t)len)
		return true;
	if (*fd != -1)
		close(*fd);
	*fd = -1;
	errno = EPROTO;
	return false;
}
