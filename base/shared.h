/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_SHARED_H
#define GRANTD_BASE_SHARED_H

#include <stddef.h>

#include "base/compiler.h"

/*
 * Memory that is shared with all processes forked later: zero, and taken from the system only as far as it is touched. It is there
 * until the last of them ends or calls munmap(2). What is in it is atomic, or has one writer. NULL with errno set.
 */
MUST_CHECK void *shared_memory(size_t size);

#endif
