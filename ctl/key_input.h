/* SPDX-License-Identifier: MIT */
#ifndef GRANTCTL_KEY_INPUT_H
#define GRANTCTL_KEY_INPUT_H

#include "base/api_key.h"
#include "ctl/engine/command.h"

/* A key: its secret text, and what is stored of it. Overwrite it with key_text_wipe(). */
struct key_text {
	char text[API_KEY_TEXT_MAX];
	char name[API_KEY_NAME_LEN + 1];
	uint8_t hash[API_KEY_HASH_LEN];
};

/* Make a new key. False, with a message, when the system gives no random bytes. */
MUST_CHECK bool key_text_make(struct ctl *, struct key_text *);

/*
 * Read a key from standard input, one line; a terminal is asked for it and does not show it. False,
 * with a message that never quotes what was read, when there is none or it is not a key by form and
 * check sum.
 */
MUST_CHECK bool key_text_read(struct ctl *, struct key_text *);

void key_text_wipe(struct key_text *);

#endif
