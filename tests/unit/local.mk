if HAVE_CMOCKA
# One program for each subject; they print TAP and are run under the sanitizers by tests/run.
endif
