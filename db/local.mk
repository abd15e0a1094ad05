noinst_LTLIBRARIES += libdb.la
libdb_la_SOURCES =
