# SPDX-License-Identifier: MIT
EXTRA_DIST += .clang-format .clang-tidy .shellcheckrc tests/lint/run tests/lint/file tests/lint/prepare tests/lint/rooms \
	tests/lint/analyzer tests/lint/cppcheck.suppressions
EXTRA_DIST += tests/lint/names
