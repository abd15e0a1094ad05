noinst_LTLIBRARIES += libhttp.la
libhttp_la_SOURCES =
