/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_PEER_H
#define GRANTD_FCGI_PEER_H

#include <sys/socket.h>

#include <stdbool.h>

/*
 * May a web server at this address connect? `list` is FCGI_WEB_SERVER_ADDRS (FastCGI
 * specification, section 3.2): addresses separated by commas, IPv4, and IPv6 as well; NULL, no
 * such variable: everybody may. What is no address in it matches nobody. It is for IP alone: a
 * Unix socket's mode and group say who may.
 */
bool peer_allowed(const struct sockaddr *peer, const char *list);

#endif
