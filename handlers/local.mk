noinst_LTLIBRARIES += libhandlers.la
libhandlers_la_SOURCES = \
	handlers/audit_context.c handlers/audit_context.h \
	handlers/authorize.c handlers/authorize.h \
	handlers/check.c handlers/check.h \
	handlers/direct.c handlers/direct.h \
	handlers/dispatch.h \
	handlers/get_grant.c \
	handlers/grant_answer.c handlers/grant_answer.h \
	handlers/healthz.c \
	handlers/known_keys.c handlers/known_keys.h \
	handlers/operation.h handlers/operations.c \
	handlers/pipeline.c \
	handlers/readyz.c \
	handlers/service.c handlers/service.h \
	handlers/update_grant.c
libhandlers_la_LIBADD = libdb.la libhttp.la libbase.la $(JSONC_LIBS)
