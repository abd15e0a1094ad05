noinst_LTLIBRARIES += libhandlers.la
libhandlers_la_SOURCES =
