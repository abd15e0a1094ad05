/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_SEAL_H
#define GRANTCTL_SEAL_H

#include <openssl/evp.h>

#include "ctl/engine/command.h"

/*
 * A digest over a file that is being written or read: SHA-256, or HMAC-SHA-256 with all bytes of --key-file
 * as its key. Sticky: failures turn up in seal_end().
 */
struct seal {
	EVP_PKEY *key; /* NULL: plain SHA-256 */
	EVP_MD_CTX *context;
	bool failed;
};

#define SEAL_TEXT_LEN 64

/* False, with a message, if the key cannot be read or has the wrong length. seal_close() in any case. */
MUST_CHECK bool seal_open(struct ctl *, struct seal *);
void seal_close(struct seal *);

/* "sha256" or "hmac-sha256". */
const char *seal_name(const struct seal *);

void seal_begin(struct seal *);
void seal_add(struct seal *, const char *text, size_t len);
/* The digest in hexadecimal. */
MUST_CHECK bool seal_end(struct seal *, char text[SEAL_TEXT_LEN + 1]);

#endif
