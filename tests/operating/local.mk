# SPDX-License-Identifier: MIT
EXTRA_DIST += tests/operating/run tests/operating/walk tests/operating/blocks tests/operating/trouble
