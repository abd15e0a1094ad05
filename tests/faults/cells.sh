#!/bin/bash
# SPDX-License-Identifier: MIT
# A tenant moves from one cell to another under load, and grantctl is killed meanwhile: tests/cells/run, in short.
exec "$(dirname "$0")/../cells/run" --short "$1"
