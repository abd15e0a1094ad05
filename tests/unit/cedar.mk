# SPDX-License-Identifier: MIT
# The policy engine. Linked statically, since some look inside, where the names are hidden.
if HAVE_CMOCKA
cedar_unit_ldadd = cedar/libcedar.la $(JSONC_LIBS) $(CMOCKA_LIBS)
cedar_unit_ldflags = $(CHECK_LDFLAGS) -static
cedar_unit_programs = \
	tests/unit/test_cedar_authorize \
	tests/unit/test_cedar_budget \
	tests/unit/test_cedar_ext \
	tests/unit/test_cedar_format \
	tests/unit/test_cedar_index \
	tests/unit/test_cedar_json \
	tests/unit/test_cedar_memory \
	tests/unit/test_cedar_parse \
	tests/unit/test_cedar_pattern \
	tests/unit/test_cedar_unheld \
	tests/unit/test_cedar_validate
check_PROGRAMS += $(cedar_unit_programs)
TESTS += $(cedar_unit_programs)
EXTRA_DIST += tests/unit/cedar_world.h

tests_unit_test_cedar_authorize_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_authorize_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_budget_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_budget_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_ext_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_ext_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_format_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_format_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_index_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_index_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_json_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_json_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_memory_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_memory_LDFLAGS = $(cedar_unit_ldflags) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
tests_unit_test_cedar_parse_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_parse_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_pattern_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_pattern_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_unheld_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_unheld_LDFLAGS = $(cedar_unit_ldflags)
tests_unit_test_cedar_validate_LDADD = $(cedar_unit_ldadd)
tests_unit_test_cedar_validate_LDFLAGS = $(cedar_unit_ldflags)
endif
