# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/contract/run tests/contract/check tests/contract/package.json tests/contract/package-lock.json \
	tests/contract/clients/run tests/contract/clients/package.json tests/contract/clients/package-lock.json \
	tests/contract/clients/day-fetch.ts tests/contract/clients/day-oazapfts.ts
