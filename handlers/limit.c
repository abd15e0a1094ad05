/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "handlers/limit.h"
#include "handlers/service.h"

static struct limits_allowed
allowed(const struct call *c)
{
	const struct settings *s = c->service->settings;

	return (struct limits_allowed){
		.address = s->limit_address,
		.name = s->limit_name,
		.key = s->limit_key,
	};
}

static struct limits_who
who(const struct call *c)
{
	return (struct limits_who){
		.address = c->request.rq->remote_addr,
		.name = c->caller.key_name,
		.hash = c->caller.key_hash,
	};
}

/* False, and answered, where there are seconds to wait. */
static bool
admit(struct call *c, int limit, int seconds)
{
	char text[16];

	if (seconds == 0)
		return true;
	metrics_add(METRIC_LIMITS + limit, 1);
	(void)snprintf(text, sizeof(text), "%d", seconds);
	response_error(c->rs, ERROR_TOO_MANY_REQUESTS, NULL, NULL);
	response_header(c->rs, "Retry-After", text);
	return false;
}

bool
limit_stranger(struct call *c)
{
	const struct limits_allowed a = allowed(c);
	const struct limits_who w = who(c);

	return c->service->limits == NULL ||
	    admit(c, LIMIT_STRANGER, limits_wait(c->service->limits, &a, &w, clock_monotonic_ms()));
}

void
limit_good(struct call *c, const uint8_t hash[KEY_HASH_LEN])
{
	if (c->service->limits != NULL)
		limits_good(c->service->limits, hash);
}

void
limit_failed(struct call *c)
{
	const struct limits_allowed a = allowed(c);
	const struct limits_who w = who(c);

	if (c->service->limits != NULL)
		limits_failed(c->service->limits, &a, &w, clock_monotonic_ms());
}

bool
limit_request(struct call *c)
{
	const struct limits_allowed a = allowed(c);

	return a.key == 0 || c->service->limits == NULL ||
	    admit(c, LIMIT_KEY,
		limits_request(c->service->limits, &a, c->caller.key_hash, clock_monotonic_ms()));
}
