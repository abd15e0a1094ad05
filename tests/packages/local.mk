# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/packages/run tests/packages/served
