# SPDX-License-Identifier: MIT
# A library of its own. Its parts have install folders of their own, so that install-cedar (`make -C cedar install`) installs
# it, its header, manual and command, and nothing else.
cedarlibdir = $(libdir)
cedarbindir = $(bindir)
cedarincludedir = $(includedir)
cedarpcdir = $(libdir)/pkgconfig
cedarman1dir = $(mandir)/man1
cedarman3dir = $(mandir)/man3

cedarlib_LTLIBRARIES = cedar/libcedar.la
cedarbin_PROGRAMS = cedar/cedar-authorize
cedarinclude_HEADERS = cedar/cedar.h
cedarpc_DATA = cedar/cedar.pc
dist_cedarman1_DATA = cedar/cedar-authorize.1
dist_cedarman3_DATA = cedar/cedar.3

# Of the rest of the project only the strict JSON reader is compiled in.
cedar_libcedar_la_SOURCES = \
	base/json_strict.c base/json_strict.h base/compiler.h base/utf8.h \
	cedar/arena.c cedar/arena.h \
	cedar/authorize.c \
	cedar/eval.c cedar/eval.h \
	cedar/ext.c cedar/ext.h cedar/ext_decimal.c cedar/ext_ip.c cedar/ext_time.c \
	cedar/failure.c \
	cedar/hierarchy.c \
	cedar/index.c cedar/index.h \
	cedar/intern.c cedar/intern.h \
	cedar/json.c \
	cedar/lexer.c cedar/lexer.h \
	cedar/parse.c cedar/parse.h cedar/parse_expr.c cedar/parse_node.c cedar/parse_policy.c cedar/parse_value.c \
	cedar/pattern.c cedar/pattern.h \
	cedar/policy.h \
	cedar/print.c \
	cedar/request.c cedar/request.h \
	cedar/schema.c cedar/schema.h \
	cedar/schema_parse.c cedar/schema_parse.h cedar/schema_names.c cedar/schema_token.c cedar/schema_type.c \
	cedar/set.c \
	cedar/text.c cedar/text.h \
	cedar/times.c \
	cedar/utf8.c cedar/utf8.h \
	cedar/validate.c cedar/validate.h cedar/validate_attribute.c cedar/validate_call.c cedar/validate_expr.c \
	cedar/validate_head.c cedar/validate_known.c cedar/validate_logic.c cedar/validate_name.c cedar/validate_type.c cedar/validate_want.c \
	cedar/value.c cedar/value.h
cedar_libcedar_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
cedar_libcedar_la_LIBADD = $(JSONC_LIBS)
cedar_libcedar_la_LDFLAGS = $(AM_LDFLAGS) -no-undefined -version-info 0:0:0

cedar_cedar_authorize_SOURCES = \
	cedar/cedar-authorize.c \
	cedar/authorize_lines.c cedar/authorize_lines.h \
	cedar/authorize_text.c cedar/authorize_text.h
cedar_cedar_authorize_LDADD = cedar/libcedar.la $(JSONC_LIBS)
cedar_cedar_authorize_LDFLAGS = $(AM_LDFLAGS) -static

EXTRA_DIST += cedar/GNUmakefile

.PHONY: install-cedar uninstall-cedar
install-cedar: install-cedarlibLTLIBRARIES install-cedarbinPROGRAMS install-cedarincludeHEADERS \
	install-cedarpcDATA install-dist_cedarman1DATA install-dist_cedarman3DATA
uninstall-cedar: uninstall-cedarlibLTLIBRARIES uninstall-cedarbinPROGRAMS uninstall-cedarincludeHEADERS \
	uninstall-cedarpcDATA uninstall-dist_cedarman1DATA uninstall-dist_cedarman3DATA
