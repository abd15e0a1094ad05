/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_DIRECT_H
#define GRANTD_HANDLERS_DIRECT_H

#include "handlers/operation.h"

/*
 * The whole transaction in one exchange with the database, for a change that needs nothing of its target to be known
 * beforehand: the key and the policies are guessed to be what they were last, the policies decide without the
 * target's attributes, and all statements go out together. The change carries the stamp of what it was decided
 * upon, and does nothing where the look-up in the same transaction gives another one.
 *
 * True: *rc is how it went (NOT_FOUND: no such target). False: nothing was done, and the ordinary way is to be
 * taken; so it is wherever the guess, the policies or a precondition leave any doubt.
 */
MUST_CHECK bool direct_transact(struct call *c, enum outcome *rc);

#endif
