/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "base/words.h"

const char *const status_words[] = { "active", "expired", "revoked", NULL };
const char *const activity_kind_words[] = { "read", "write", NULL };
const char *const activity_outcome_words[] = { "success", "denied", "error", NULL };
const char *const audit_outcome_words[] = { "done", "denied", NULL };
const char *const truth_words[] = { "false", "true", NULL };
const char *const chain_owner_words[] = {
	[OWNER_TENANT] = "tenant",
	[OWNER_API_KEY] = "api_key",
	[OWNER_GRANT] = "grant",
	[OWNER_POLICY] = "policy",
	NULL,
};

int
words_find(const char *const *words, const char *word)
{
	int i;

	for (i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}
