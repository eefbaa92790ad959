-- SPDX-License-Identifier: GPL-2.0-or-later
-- Globals as the script process gives them: lua/lib/env.lua for scenarios, lua/bind/state.c for the library.
std = "lua54"
max_line_length = 160
codes = true

files["lua/lib"] = { read_globals = { "core" } }
files["lua/types"] = { ignore = { "111", "112", "113", "131", "212", "631" } }
local scenario = {
  std = {
    read_globals = {
      "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawlen", "select",
      "setmetatable", "tonumber", "tostring", "type", "xpcall", "_VERSION",
      "coroutine", "math", "string", "table", "utf8",
      "scenario", "probe", "step", "wsl2",
    },
  },
}
files["scenarios"] = scenario
files["tests/data/*-lab.lua"] = scenario
files["courses"] = { std = { read_globals = { "course" } } }
