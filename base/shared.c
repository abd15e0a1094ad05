/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <sys/mman.h>

#include "base/shared.h"

void *
shared_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	return p;
}
