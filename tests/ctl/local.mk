# Run by tests/ctl/run against a cluster of their own.
EXTRA_DIST += tests/bench/audit-export tests/bench/audit-verify
EXTRA_DIST += tests/ctl/run tests/ctl/lib.sh tests/ctl/test_activity.sh tests/ctl/test_audit.sh tests/ctl/test_audit_archive.sh tests/ctl/test_audit_checkpoint.sh tests/ctl/test_audit_follow.sh tests/ctl/test_audit_follow_crash.sh tests/ctl/test_backup.sh tests/ctl/test_completion.sh \
	tests/ctl/test_doctor.sh \
	tests/ctl/test_grant.sh tests/ctl/test_http.sh tests/ctl/test_key.sh tests/ctl/test_narrow.sh tests/ctl/test_roles.sh tests/ctl/test_spread.sh tests/ctl/test_tenant.sh \
	tests/ctl/test_usage.sh
