/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_MACHINE_H
#define GRANTD_HANDLERS_MACHINE_H

#include "handlers/operation.h"

/*
 * A request's life, once it is known to be well formed: what is sent to the database, in what order, and what is done about
 * each way in which that can end.
 *
 *	look ----> decide ----> change ----> answer
 *	              |           |  nobody knows what became of it
 *	              |           v
 *	              |         repeat: the same call, which finds the entry of the first one or makes it
 *	              v
 *	             deny: the refusal is an entry too
 *
 * Where what a worker remembers of key and policies is enough to decide, the look is left out; the change itself refuses
 * what was decided on anything but the present state (CHANGE_STALE), and then it is looked at and decided anew.
 */

/* Take a call that needs a key through its life, to an answer in c->rs. */
void machine_run(struct call *c);

#endif
