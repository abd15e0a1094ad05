/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_HANDLERS_GRANT_ANSWER_H
#define GRANTD_HANDLERS_GRANT_ANSWER_H

#include "handlers/operation.h"
#include "http/etag.h"

/*
 * The strong entity tag of a grant's representation. The version alone would not do: a grant becomes expired
 * without being changed.
 */
void grant_etag(const struct grant *, char etag[ETAG_TEXT_MAX]);

#endif
