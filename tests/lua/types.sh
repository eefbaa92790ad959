#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The editor's types say what the tables are; skipped where no lua5.4 is installed to run the comparison.
lua=$(command -v lua5.4 || command -v lua) || { echo "lua5.4 is not installed"; exit 77; }
exec "$lua" "$NETDOJO_SOURCE/tests/lua/types.lua" "$NETDOJO_SOURCE"
