noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	base/api_key.c base/api_key.h \
	base/body.c base/body.h \
	base/buf.c base/buf.h \
	base/clock.h \
	base/compiler.h \
	base/expected.c base/expected.h \
	base/fastcgi.c base/fastcgi.h \
	base/field.c base/field.h \
	base/hex.c base/hex.h \
	base/json_build.c base/json_build.h \
	base/json_raw.c base/json_raw.h \
	base/json_strict.c base/json_strict.h \
	base/limits.c base/limits.h \
	base/log.c base/log.h \
	base/log_line.c base/log_line.h \
	base/log_repeat.c base/log_repeat.h \
	base/log_sink.c base/log_sink.h \
	base/metrics.c base/metrics.h \
	base/number.c base/number.h \
	base/operations.h \
	base/resource.c base/resource.h \
	base/settings.c base/settings.h \
	base/shared.c base/shared.h \
	base/spelling.c base/spelling.h \
	base/time_text.c base/time_text.h \
	base/utf8.c base/utf8.h \
	base/uuid.c base/uuid.h \
	base/words.c base/words.h
