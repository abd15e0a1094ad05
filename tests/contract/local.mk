# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/contract/run tests/contract/check tests/contract/package.json tests/contract/package-lock.json
