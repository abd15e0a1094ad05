/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PEER_H
#define GRANTD_FCGI_PEER_H

#include <sys/socket.h>
#include <sys/types.h>

#include <stdbool.h>

/*
 * May a web server at this address connect? `list` is FCGI_WEB_SERVER_ADDRS (FastCGI
 * specification, section 3.2): addresses separated by commas, IPv4, and IPv6 as well; NULL, no
 * such variable: everybody may. What is no address in it matches nobody. It is for IP alone: a
 * Unix socket's mode and group say who may.
 */
bool peer_allowed(const struct sockaddr *peer, const char *list);

/*
 * Who has the other end of a connection by a Unix socket: the process that connected, or that listens (unix(7), SO_PEERCRED). It
 * may have ended since. 0: nobody can tell, as for TCP, and for a process of another PID namespace.
 */
pid_t peer_pid(int fd);

/* Has that process ended, whether or not anybody has waited for it yet? For a listening socket, whoever made it one. False where nobody can tell. */
bool peer_has_ended(int fd);

#endif
