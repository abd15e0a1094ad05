/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "base/hex.h"
#include "ctl/engine/session.h"
#include "ctl/seal.h"

#define KEY_LEAST 32 /* bytes; as long as what it makes (RFC 2104 section 3) */
#define KEY_MOST 4096

static bool
read_key(struct ctl *c, struct seal *seal, const char *path)
{
	uint8_t bytes[KEY_MOST + 1];
	FILE *file = fopen(path, "re");
	size_t len;

	if (file == NULL) {
		(void)session_refuse(c, "--key-file: %s", strerror(errno));
		return false;
	}
	(void)setvbuf(file, NULL, _IONBF, 0); /* leave no copy of the key in a buffer */
	len = fread(bytes, 1, sizeof(bytes), file);
	(void)fclose(file);
	if (len >= KEY_LEAST && len <= KEY_MOST)
		seal->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL, bytes, len);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	if (seal->key == NULL)
		(void)session_refuse(c, "--key-file: the key must be a file of %d to %d bytes",
		    KEY_LEAST, KEY_MOST);
	return seal->key != NULL;
}

bool
seal_open(struct ctl *c, struct seal *seal)
{
	const char *path = args_text(&c->args, "key-file");

	*seal = (struct seal){ .key = NULL, .context = EVP_MD_CTX_new() };
	if (seal->context == NULL) {
		(void)session_refuse(c, "out of memory");
		return false;
	}
	return path == NULL || read_key(c, seal, path);
}

void
seal_close(struct seal *seal)
{
	EVP_MD_CTX_free(seal->context);
	EVP_PKEY_free(seal->key);
	*seal = (struct seal){ .key = NULL, .context = NULL };
}

const char *
seal_name(const struct seal *seal)
{
	return seal->key != NULL ? "hmac-sha256" : "sha256";
}

void
seal_begin(struct seal *seal)
{
	(void)EVP_MD_CTX_reset(seal->context);
	seal->failed = seal->key != NULL ?
	    EVP_DigestSignInit(seal->context, NULL, EVP_sha256(), NULL, seal->key) != 1 :
	    EVP_DigestInit_ex(seal->context, EVP_sha256(), NULL) != 1;
}

void
seal_add(struct seal *seal, const char *text, size_t len)
{
	int done = seal->key != NULL ? EVP_DigestSignUpdate(seal->context, text, len) :
				       EVP_DigestUpdate(seal->context, text, len);

	if (done != 1)
		seal->failed = true;
}

bool
seal_end(struct seal *seal, char text[SEAL_TEXT_LEN + 1])
{
	uint8_t digest[SEAL_TEXT_LEN / 2];
	size_t len = sizeof(digest);
	int done = seal->key != NULL ? EVP_DigestSignFinal(seal->context, digest, &len) :
				       EVP_DigestFinal_ex(seal->context, digest, NULL);

	hex_print(digest, sizeof(digest), text);
	return done == 1 && !seal->failed;
}

enum status
seal_file_begin(struct ctl *c, struct seal *seal, struct keep_file *k, const char *path)
{
	if (access(path, F_OK) == 0)
		return session_refuse(c,
		    "%s is there already, and is not overwritten: name another file", path);
	if (!keep_file_begin(k, path))
		return session_refuse(c, "%s.new: %s", path, strerror(errno));
	seal_begin(seal);
	return STATUS_DONE;
}

enum status
seal_file_end(struct ctl *c, struct seal *seal, struct keep_file *k, const char *path,
    enum status st, char digest[SEAL_TEXT_LEN + 1])
{
	if (st == STATUS_DONE && !seal_end(seal, digest))
		st = session_refuse(c, "libcrypto made no digest");
	if (st == STATUS_DONE)
		(void)fprintf(k->file, "%s %s\n", seal_name(seal), digest);
	if (!keep_file_end(k, st == STATUS_DONE ? KEEP_NEW : KEEP_NOT))
		return session_refuse(c, "%s: %s", path, strerror(errno));
	return st;
}
