/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_BUF_H
#define GRANTD_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/*
 * A growable byte buffer with sticky failure: once an append fails (no memory,
 * or past the limit) the buffer keeps what it has, ignores further appends and
 * says so in `failed`, so that a builder checks once, at its end.
 *
 * The owner clears it with buf_clear(); a zeroed struct (BUF_EMPTY) is valid.
 * `data` is NUL-terminated whenever it is not NULL; the NUL is not counted.
 */
struct buf {
	char *data;  /* owned; NULL while empty */
	size_t len;  /* bytes in use */
	size_t size; /* bytes allocated */
	bool failed; /* an append was lost */
};

#define BUF_EMPTY \
	{ \
		.data = NULL, .len = 0, .size = 0, .failed = false \
	}

void buf_add(struct buf *, const void *, size_t);
void buf_adds(struct buf *, const char *);
void buf_addc(struct buf *, char);
void buf_addf(struct buf *, const char *, ...) GRANTD_PRINTF(2, 3);

/* The text, or "" while nothing was added. Borrowed until the next append. */
const char *buf_text(const struct buf *);

/* Forget the contents and the failure, keep the memory. */
void buf_reset(struct buf *);

/* Overwrite the contents, then release them; for what held a secret. */
void buf_wipe(struct buf *);
void buf_clear(struct buf *);

#endif
