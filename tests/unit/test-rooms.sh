#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The files of hetctl lie in the rooms of hetctl/rooms and include downwards;
# docs/architecture.md shows that table.
set -eu

cd "$(dirname "$0")/../.."
scripts/rooms.py check
scripts/rooms.py docs --check
