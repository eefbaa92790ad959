#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/windows.md says what the commands say of themselves; skipped where no lua5.4 with lpeg is installed to ask them.
lua=$(command -v lua5.4 || command -v lua) || { echo "lua5.4 is not installed"; exit 77; }
"$lua" -e 'require("lpeg")' 2>/dev/null || { echo "lua-lpeg is not installed"; exit 77; }
exec "$lua" "$NETDOJO_SOURCE/script/windows-table" --check
