/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_DISPATCH_H
#define GRANTD_HANDLERS_DISPATCH_H

#include "base/compiler.h"
#include "base/settings.h"

struct limits;
struct request;
struct response;
struct service;

/*
 * What answers requests: the settings, one lazily opened database connection, and what is remembered of keys and
 * policies, which is a guess that the database checks. One for each process, made after the fork.
 * NULL when out of memory. `settings` is borrowed and outlives it, as do `limits` (base/limits.h), which all processes share; NULL: none.
 */
MUST_CHECK struct service *service_open(const struct settings *settings, struct limits *limits);
void service_close(struct service *);

/* Could a database be found by these settings? Asks nobody. False, with a sentence that repeats no secret. */
MUST_CHECK bool service_check(const struct settings *settings, char sentence[SETTINGS_ERROR_MAX]);

/*
 * Answer one request. Always leaves a whole response in *rs (begun and cleared by the caller),
 * whatever happens; a 2xx means that the database acknowledged the commit.
 */
void dispatch(struct service *, const struct request *rq, struct response *rs);

/*
 * Do what is left over once the answer was sent, so that no client waits for it: now and then, note in the database that a key
 * is used. To be called after each answer.
 */
void service_after(struct service *);

#endif
