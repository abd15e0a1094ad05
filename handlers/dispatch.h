/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_DISPATCH_H
#define GRANTD_HANDLERS_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/settings.h"

struct limits;
struct request;
struct response;
struct service;
struct uuid;

/* What becomes of a request whose tenant is known. */
enum share {
	SHARE_TAKEN,  /* it is answered */
	SHARE_LATER,  /* other requests of the tenant are in hand; it is to come again */
	SHARE_REFUSED /* likewise, and it has come often enough */
};

/* Whoever sees to it that one tenant's requests leave something to the others. `to` is his own affair. */
struct tenant_share {
	void *to;
	/* For a request whose key is good for this tenant; `changes`: it may change something. */
	enum share (*take)(void *to, const struct uuid *tenant, bool changes);
	/* For one that names it, with a key that is not known. False: take() might not like it. */
	bool (*guess)(void *to, const struct uuid *tenant);
};

/*
 * What answers requests: the settings, one lazily opened database connection, and what is remembered of keys and
 * policies, which is a guess that the database checks. One for each process, made after the fork.
 * NULL when out of memory. `settings` is borrowed and outlives it, as do `limits` (base/limits.h), which all processes share; NULL: none.
 */
MUST_CHECK struct service *service_open(const struct settings *settings, struct limits *limits);
void service_close(struct service *);

/* Could a database be found by these settings? Asks nobody. False, with a sentence that repeats no secret. */
MUST_CHECK bool service_check(const struct settings *settings, char sentence[SETTINGS_ERROR_MAX]);
/* From now on, this is asked. It is borrowed. */
void service_share(struct service *, const struct tenant_share *);

/* Bytes of the longest body that an operation takes. */
#define DISPATCH_BODY_MOST ((size_t)120 * 1024)

/* How much of its body this request could need, which is looked at for the path and the key's form alone: 0: none. */
MUST_CHECK size_t dispatch_body_most(const struct request *rq);

/*
 * Answer one request: leaves a whole response in *rs (begun and cleared by the caller),
 * whatever happens; a 2xx means that the database acknowledged the commit. False: it is to come again
 * (SHARE_LATER), and there is no response; nothing was done.
 */
MUST_CHECK bool dispatch(struct service *, const struct request *rq, struct response *rs);

/*
 * Do what is left over once the answer was sent, so that no client waits for it: now and then, note in the database that a key
 * is used. To be called after each answer.
 */
void service_after(struct service *);

#endif
