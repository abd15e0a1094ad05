# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/console/README.md tests/console/run tests/console/site tests/console/package.json tests/console/package-lock.json \
	tests/console/files.mjs \
	tests/console/follow.mjs \
	tests/console/grant.mjs \
	tests/console/grants.mjs \
	tests/console/honest.mjs \
	tests/console/keyboard.mjs \
	tests/console/keys.mjs \
	tests/console/large.mjs \
	tests/console/lib/api.mjs \
	tests/console/lib/main.mjs \
	tests/console/lib/measure.mjs \
	tests/console/lib/site.mjs \
	tests/console/lib/tap.mjs \
	tests/console/lib/test.mjs \
	tests/console/log.mjs \
	tests/console/policies.mjs \
	tests/console/signin.mjs \
	tests/console/texts.mjs \
	tests/console/walk.mjs \
	tests/console/whatif.mjs \
	tests/console/xss.mjs
