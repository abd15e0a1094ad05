/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_GRANT_ANSWER_H
#define GRANTD_HANDLERS_GRANT_ANSWER_H

#include "handlers/operation.h"

#define GRANT_ETAG_MAX 48

/*
 * The strong entity tag of a grant's representation. The version alone would not do: a grant becomes expired
 * without being changed.
 */
void grant_etag(const struct grant *, char etag[GRANT_ETAG_MAX]);

#endif
