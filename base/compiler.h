/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_COMPILER_H
#define GRANTD_BASE_COMPILER_H

/* What gcc and clang can hold us to; every room uses these. */
#define GRANTD_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define NONNULL_ALL __attribute__((nonnull))

/* The text of a number that a macro stands for, to be put into a message. */
#define TEXT_OF(macro) TEXT_OF_EXPANDED(macro)
#define TEXT_OF_EXPANDED(text) #text

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#endif
