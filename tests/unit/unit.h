/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_TESTS_UNIT_H
#define GRANTD_TESTS_UNIT_H

/* cmocka.h needs the block before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"

#endif
