/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/mman.h>

#include "base/shared.h"

void *
shared_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}
