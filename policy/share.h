/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_SHARE_H
#define GRANTD_POLICY_SHARE_H

#include "policy/program.h"

/*
 * Programs in use, each once however many tenants have its rules: most have what a new tenant starts with. They are found
 * by the SHA-256 of their rules, since tenants write these: nobody can make rules that pass for another's.
 * Not for several threads.
 */
struct policy_share;

MUST_CHECK struct policy_share *policy_share_new(void); /* NULL: no memory */
/* After the last program was released. NULL is fine. */
void policy_share_free(struct policy_share *);

/*
 * The program of these rules, compiled where nobody uses it yet; as policy_program_compile(). Without a share it is
 * compiled for this caller alone. To be released, not freed.
 */
MUST_CHECK enum outcome policy_share_compile(struct policy_share *, const struct policy_rule *,
    size_t count, struct policy_program **program);

/* The last user's release frees it. NULL is fine. */
void policy_share_release(struct policy_program *);

/* Bytes held by all programs, each counted once, and by the table. */
size_t policy_share_memory(const struct policy_share *);

#endif
