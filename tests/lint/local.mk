# SPDX-License-Identifier: MIT
EXTRA_DIST += .clang-format .clang-tidy .shellcheckrc tests/lint/analyzer tests/lint/cppcheck.suppressions tests/lint/file \
	tests/lint/names tests/lint/planted tests/lint/prepare tests/lint/rooms tests/lint/run
