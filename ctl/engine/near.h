/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_ENGINE_NEAR_H
#define GRANTCTL_ENGINE_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* Is `typed` so near to `word` that it may be a mistake for it? *distance is how near (base/spelling.h); 0: it is the same. */
MUST_CHECK bool near_word(const char *typed, const char *word, size_t *distance);

#endif
