/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_SEAL_H
#define GRANTCTL_SEAL_H

#include <openssl/evp.h>

#include "ctl/engine/command.h"
#include "ctl/keep_file.h"

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

/*
 * A file that is sealed by its last line: all on disk under its name, or not at all. Older evidence of that name stays, and is not
 * replaced. What is written to k->file in between is for the caller to give to seal_add(), too, and `st` says how that went. The seal is
 * begun and ended here. Anything but STATUS_DONE: there is no file, and the reason was told.
 */
MUST_CHECK enum status seal_file_begin(struct ctl *, struct seal *, struct keep_file *k,
    const char *path);
MUST_CHECK enum status seal_file_end(struct ctl *, struct seal *, struct keep_file *k,
    const char *path, enum status st, char digest[SEAL_TEXT_LEN + 1]);

#endif
