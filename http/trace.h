/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HTTP_TRACE_H
#define GRANTD_HTTP_TRACE_H

#include <stdbool.h>

#include "base/log.h"

/*
 * The trace that a `traceparent` header names (Trace Context, W3C Recommendation of 2021, section 3.2): its id, in `id`. NULL and whatever is not
 * of that form, or of version ff, name none: false, and `id` is "". Pure.
 */
bool trace_id(const char *traceparent, char id[TRACE_ID_LEN + 1]);

#endif
