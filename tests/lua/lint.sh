#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# luacheck over every Lua file, with the globals each kind of file really has (.luacheckrc).
command -v luacheck >/dev/null || { echo "luacheck (package lua-check) is not installed"; exit 77; }
cd "$NETDOJO_SOURCE" && exec luacheck -q --no-cache lua scenarios tests/lua
