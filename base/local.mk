noinst_LTLIBRARIES += libbase.la
libbase_la_SOURCES =
libbase_la_LIBADD = $(JSONC_LIBS) $(CRYPTO_LIBS)
