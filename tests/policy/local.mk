# Run by tests/policy/run against a cluster and a web server of their own.
EXTRA_DIST += tests/policy/run tests/policy/lib.sh tests/policy/differential tests/policy/official \
	tests/policy/test_crud.sh tests/policy/test_differential.sh tests/policy/test_docs.sh \
	tests/policy/test_errors.sh tests/policy/test_evaluate.sh tests/policy/test_grantctl.sh \
	tests/policy/test_guard.sh tests/policy/test_stale.sh tests/policy/test_targets.sh \
	tests/policy/test_vocabulary.sh
