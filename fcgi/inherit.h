/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_FCGI_INHERIT_H
#define GRANTD_FCGI_INHERIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "fcgi/listener.h"

/*
 * What one program leaves to the next that takes its place in the same process (fcgi/upgrade.h): descriptors, which
 * stay open over execve(2), and one environment variable that names them. It counts for the process of that id alone, so
 * that no child takes it for its own.
 */
struct inherited {
	int listener; /* -1: nothing is inherited */
	enum listener_kind kind;
	int *kept; /* connections; owned */
	size_t count;
};

#define INHERITED_NONE \
	{ \
		.listener = -1 \
	}

/*
 * Read the variable and remove it from the environment. Descriptors that are no sockets are left out; those that are taken are
 * close-on-exec from then on. False: there is none, it is not for this process, or it makes no sense, which is logged; *in is empty.
 */
bool inherit_take(struct inherited *in);

/* Set the variable, and let the descriptors stay open. False, with errno set: nothing is to be inherited. */
MUST_CHECK bool inherit_leave(const struct inherited *in);

/* The program stays after all: the descriptors are close-on-exec again, and the variable is gone. */
void inherit_keep(const struct inherited *in);

/* Forget; the descriptors are whoever's they were. */
void inherit_clear(struct inherited *in);

#endif
