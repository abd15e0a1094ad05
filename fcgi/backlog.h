/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_BACKLOG_H
#define GRANTD_FCGI_BACKLOG_H

/*
 * How many connections wait in the queue of a listening socket for somebody to accept them, as the system tells: of a Unix
 * socket by sock_diag(7), of TCP by TCP_INFO. -1: it does not. Never waits.
 */
int backlog_length(int fd);

#endif
