# Run by tests/security/run against a cluster of its own.
EXTRA_DIST += tests/security/run tests/security/cases.sh tests/security/world.sql
