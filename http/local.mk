noinst_LIBRARIES += libhttp.a
libhttp_a_SOURCES = \
	http/cors.c http/cors.h \
	http/error.c http/error.h \
	http/etag.c http/etag.h \
	http/media_type.c http/media_type.h \
	http/path.c http/path.h \
	http/prefer.c http/prefer.h \
	http/query.c http/query.h \
	http/request.c http/request.h \
	http/response.c http/response.h \
	http/token.c http/token.h \
	http/trace.c http/trace.h
