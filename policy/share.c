/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/log.h"
#include "policy/share.h"

#define BUCKETS_FIRST 64 /* a power of two */

struct policy_share {
	struct policy_program **bucket;
	size_t buckets; /* a power of two */
	size_t count;
	size_t memory; /* of the programs */
};

struct policy_share *
policy_share_new(void)
{
	struct policy_share *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->buckets = BUCKETS_FIRST;
	s->bucket = calloc(s->buckets, sizeof(*s->bucket));
	if (s->bucket == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

void
policy_share_free(struct policy_share *s)
{
	if (s == NULL)
		return;
	free(s->bucket);
	free(s);
}

/* ---- digest ---- */

static bool
digest_rule(EVP_MD_CTX *md, const struct policy_rule *rule)
{
	const size_t len = strlen(rule->text);

	return EVP_DigestUpdate(md, &rule->priority, sizeof(rule->priority)) == 1 &&
	    EVP_DigestUpdate(md, &len, sizeof(len)) == 1 &&
	    EVP_DigestUpdate(md, rule->text, len) == 1;
}

/* Lengths go in before texts, so that no two lists give the same bytes. It never leaves the process. */
static bool
digest_rules(const struct policy_rule *rule, size_t count, uint8_t digest[PROGRAM_DIGEST_LEN])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool done = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestUpdate(md, &count, sizeof(count)) == 1;
	size_t i;

	for (i = 0; done && i < count; i++)
		done = digest_rule(md, &rule[i]);
	done = done && EVP_DigestFinal_ex(md, digest, NULL) == 1;
	EVP_MD_CTX_free(md);
	return done;
}

/* ---- table ---- */

/* Where the program with this digest is linked, or, where there is none, would be. */
static struct policy_program **
place_of(const struct policy_share *s, const uint8_t digest[PROGRAM_DIGEST_LEN])
{
	struct policy_program **at;
	size_t bits;

	memcpy(&bits, digest, sizeof(bits));
	at = &s->bucket[bits & (s->buckets - 1)];
	while (*at != NULL && memcmp((*at)->shared.digest, digest, PROGRAM_DIGEST_LEN) != 0)
		at = &(*at)->shared.next;
	return at;
}

static void
link_program(struct policy_share *s, struct policy_program *p)
{
	struct policy_program **at = place_of(s, p->shared.digest);

	p->shared.next = NULL;
	*at = p;
}

/* As many buckets as programs at least; without memory for that, their lists are longer. */
static void
share_widen(struct policy_share *s)
{
	struct policy_share wider = *s;
	size_t i;

	wider.buckets = s->buckets * 2;
	if (s->count < s->buckets ||
	    (wider.bucket = calloc(wider.buckets, sizeof(*wider.bucket))) == NULL)
		return;
	for (i = 0; i < s->buckets; i++)
		while (s->bucket[i] != NULL) {
			struct policy_program *p = s->bucket[i];

			s->bucket[i] = p->shared.next;
			link_program(&wider, p);
		}
	free(s->bucket);
	*s = wider;
}

static void
share_add(struct policy_share *s, struct policy_program *p)
{
	share_widen(s);
	link_program(s, p);
	p->shared.by = s;
	s->count++;
	s->memory += p->memory;
}

static void
share_remove(struct policy_share *s, struct policy_program *p)
{
	*place_of(s, p->shared.digest) = p->shared.next;
	s->count--;
	s->memory -= p->memory;
}

/* ---- use ---- */

enum outcome
policy_share_compile(struct policy_share *s, const struct policy_rule *rule, size_t count,
    struct policy_program **program)
{
	uint8_t digest[PROGRAM_DIGEST_LEN];
	enum outcome rc;

	if (s == NULL)
		return policy_program_compile(rule, count, program);
	*program = NULL;
	if (!digest_rules(rule, count, digest)) {
		log_error("the tenant's policies cannot be hashed; nothing is answered to it");
		return UNAVAILABLE;
	}
	if ((*program = *place_of(s, digest)) == NULL) {
		if ((rc = policy_program_compile(rule, count, program)) != DONE)
			return rc;
		memcpy((*program)->shared.digest, digest, sizeof(digest));
		share_add(s, *program);
	}
	(*program)->shared.users++;
	return DONE;
}

void
policy_share_release(struct policy_program *p)
{
	if (p == NULL)
		return;
	if (p->shared.by != NULL) {
		if (--p->shared.users > 0)
			return;
		share_remove(p->shared.by, p);
	}
	policy_program_free(p);
}

size_t
policy_share_memory(const struct policy_share *s)
{
	return s->memory + sizeof(*s) + s->buckets * sizeof(*s->bucket);
}
