/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_POLICY_RULE_JSON_H
#define GRANTD_POLICY_RULE_JSON_H

#include "base/compiler.h"
#include "db/policy_rule.h"

struct json_object;

/*
 * A stored rule as clients see it, the same in answers and in what grantctl prints: its text, and the parts that are read
 * from it here. The object is the caller's. NULL when out of memory, or where the text does not parse, which no text does
 * that was stored through grantd or grantctl.
 */
MUST_CHECK struct json_object *rule_record_json(const struct rule_record *);

#endif
