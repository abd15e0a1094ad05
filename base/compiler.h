/* SPDX-License-Identifier: MIT */
#ifndef GRANTD_BASE_COMPILER_H
#define GRANTD_BASE_COMPILER_H

/*
 * Calls that the project does without: they write without knowing how much room there is, cut in silence or leave out the
 * terminator, take whatever they do not understand for 0, keep their answer in memory that the next call writes to, name a
 * file that somebody else may make first, or ask a shell.
 *
 * config.h includes this file, and every C file begins with config.h, so none can call them. A poisoned name is an error
 * wherever it stands, in the system's headers too: the headers that declare these names come first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* snprintf(), struct buf, memcpy() */
#pragma GCC poison strcpy strncpy stpcpy strcat strncat sprintf vsprintf gets
/* number_parse(), hex_parse() and the like; strtol() */
#pragma GCC poison atoi atol atoll atof
/* strsep() or strtok_r(), gmtime_r(); rand stays, which OpenSSL's headers use as a name */
#pragma GCC poison strtok gmtime localtime ctime asctime
/* mkstemp() */
#pragma GCC poison mktemp tmpnam tempnam
/* malloc(); execve() */
#undef alloca
#pragma GCC poison alloca system popen

/* What gcc and clang can hold us to; every room uses these. */
#define GRANTD_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK __attribute__((warn_unused_result))

/* The text of a number that a macro stands for, to be put into a message. */
#define TEXT_OF(macro) TEXT_OF_EXPANDED(macro)
#define TEXT_OF_EXPANDED(text) #text

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

#endif
