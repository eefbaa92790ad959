#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs tests/lua/windows; skipped where no lua5.4 with LPeg is installed to run them.
lua=$(command -v lua5.4 || command -v lua) || { echo "lua5.4 is not installed"; exit 77; }
"$lua" -e 'require("lpeg")' 2>/dev/null || { echo "lpeg for lua5.4 is not installed"; exit 77; }
exec "$lua" "$NETDOJO_SOURCE/tests/lua/windows/run.lua" "$NETDOJO_SOURCE"
