/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_FCGI_PROBE_H
#define GRANTCTL_FCGI_PROBE_H

#include <stdbool.h>

#include "base/compiler.h"

#define PROBE_ERROR_MAX 256

/* The outcome of a request that was sent as a web server sends it. */
struct probe {
	bool connected;
	int status;                  /* of the answer; 0: there was none */
	char error[PROBE_ERROR_MAX]; /* why there was none */
};

/* A connected socket, on which nothing waits for ever; -1, with the reason in `error`. `listen` as below. */
MUST_CHECK int probe_connect(const char *listen, struct probe *);

/*
 * Send GET `path` to the FastCGI application at a Unix socket's path (it has a '/' in it) or at
 * HOST:PORT, and wait for the answer, a few seconds at most for each step. FastCGI Specification
 * 1.0, sections 3 to 6.
 */
void fcgi_probe(const char *listen, const char *path, struct probe *);

#endif
