/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PASS_H
#define GRANTD_FCGI_PASS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * Messages among our processes on a SOCK_SEQPACKET socket, with or without a descriptor (SCM_RIGHTS in unix(7)). `flags` are
 * those of send(2).
 */

/* `fd` goes along where it is not -1, and stays the sender's. False: errno says why. */
MUST_CHECK bool pass_send(int to, const void *message, size_t len, int fd, int flags);

/*
 * *fd is the caller's, closed on execve(2), and -1 where none came along, or where this process can have no more. False: there
 * is no message of that length, errno says why, and *fd is -1.
 */
MUST_CHECK bool pass_receive(int from, void *message, size_t len, int *fd, int flags);

#endif
