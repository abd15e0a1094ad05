# SPDX-License-Identifier: MIT

# GRANTD_WARNINGS: fills WARNING_CFLAGS with what the compiler knows of the list.
AC_DEFUN([GRANTD_TRY_CFLAG], [
	AC_MSG_CHECKING([whether $CC accepts $1])
	grantd_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Werror $1"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes]); WARNING_CFLAGS="$WARNING_CFLAGS $1"],
	    [AC_MSG_RESULT([no])])
	CFLAGS=$grantd_saved_cflags
])

AC_DEFUN([GRANTD_WARNINGS], [
	WARNING_CFLAGS=
	# The usual two, and what they leave out.
	GRANTD_TRY_CFLAG([-Wall])
	GRANTD_TRY_CFLAG([-Wextra])
	# A name that hides another is read wrong sooner or later.
	GRANTD_TRY_CFLAG([-Wshadow])
	# Every function is declared in a header or static.
	GRANTD_TRY_CFLAG([-Wmissing-prototypes])
	GRANTD_TRY_CFLAG([-Wstrict-prototypes])
	GRANTD_TRY_CFLAG([-Wold-style-definition])
	GRANTD_TRY_CFLAG([-Wmissing-declarations])
	# Formats are literals, and checked.
	GRANTD_TRY_CFLAG([-Wformat=2])
	# String literals are const.
	GRANTD_TRY_CFLAG([-Wwrite-strings])
	# Stack use is bounded at compile time.
	GRANTD_TRY_CFLAG([-Wvla])
	GRANTD_TRY_CFLAG([-Wpointer-arith])
	GRANTD_TRY_CFLAG([-Wcast-qual])
	GRANTD_TRY_CFLAG([-Wundef])
	GRANTD_TRY_CFLAG([-Wimplicit-fallthrough])
	# gcc only: conditions written twice, and pointless branches.
	GRANTD_TRY_CFLAG([-Wduplicated-cond])
	GRANTD_TRY_CFLAG([-Wlogical-op])
	AC_ARG_ENABLE([werror],
	    [AS_HELP_STRING([--enable-werror], [treat warnings as errors])])
	AS_IF([test "$enable_werror" = yes], [WARNING_CFLAGS="$WARNING_CFLAGS -Werror"])
	AC_SUBST([WARNING_CFLAGS])
])

# GRANTD_CHECKS: each sanitizer, coverage and fuzzing as a switch of its own; fills CHECK_CFLAGS and CHECK_LDFLAGS.
AC_DEFUN([GRANTD_CHECKS], [
	CHECK_CFLAGS=
	CHECK_LDFLAGS=
	AC_ARG_ENABLE([asan],
	    [AS_HELP_STRING([--enable-asan], [build with AddressSanitizer])])
	AC_ARG_ENABLE([ubsan],
	    [AS_HELP_STRING([--enable-ubsan], [build with UndefinedBehaviorSanitizer])])
	AC_ARG_ENABLE([coverage],
	    [AS_HELP_STRING([--enable-coverage], [build for gcov])])
	AC_ARG_ENABLE([fuzzing],
	    [AS_HELP_STRING([--enable-fuzzing], [build the fuzzers (clang's libFuzzer)])])
	AS_IF([test "$enable_asan" = yes], [
		CHECK_CFLAGS="$CHECK_CFLAGS -fsanitize=address -fno-omit-frame-pointer"
		CHECK_LDFLAGS="$CHECK_LDFLAGS -fsanitize=address"
		AC_DEFINE([WITH_ASAN], [1], [Define when built with AddressSanitizer.])
	])
	AS_IF([test "$enable_ubsan" = yes], [
		CHECK_CFLAGS="$CHECK_CFLAGS -fsanitize=undefined -fno-sanitize-recover=all"
		CHECK_LDFLAGS="$CHECK_LDFLAGS -fsanitize=undefined"
	])
	AS_IF([test "$enable_coverage" = yes], [
		CHECK_CFLAGS="$CHECK_CFLAGS --coverage"
		CHECK_LDFLAGS="$CHECK_LDFLAGS --coverage"
	])
	AS_IF([test "$enable_fuzzing" = yes], [
		CHECK_CFLAGS="$CHECK_CFLAGS -fsanitize=fuzzer-no-link"
		AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#ifndef __clang__
#error libFuzzer needs clang
#endif
]])], [], [AC_MSG_ERROR([--enable-fuzzing needs CC=clang])])
	])
	AM_CONDITIONAL([ENABLE_FUZZING], [test "$enable_fuzzing" = yes])
	# Hardening that costs next to nothing; off under sanitizers, which bring their own.
	AS_IF([test -z "$CHECK_CFLAGS"], [
		CHECK_CFLAGS="-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
		CHECK_LDFLAGS="-Wl,-z,relro,-z,now"
	])
	AC_SUBST([CHECK_CFLAGS])
	AC_SUBST([CHECK_LDFLAGS])
])
