/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_UNIT_H
#define GRANTD_TESTS_UNIT_H

/* What cmocka.h needs before it, in its order. */
#include <cmocka.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"

#endif
