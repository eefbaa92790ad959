/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as .wslconfig and as /etc/wsl.conf: they give settings of the right types and warnings for every line that is wrong,
 * or the one error that is fatal.
 */
#include "fuzz_lua.h"

const char fuzz_code[] =
	"local config = require('wsl2.config')\n"
	"local plain = config.wslconfig('')\n"
	"local plain_conf = config.wsl_conf('')\n"
	"local function check(read, text, defaults)\n"
	"  local ok, settings, warnings = pcall(read, text)\n"
	"  if not ok then\n"
	"    if type(settings) == 'table' and settings.op_code == 'Failed' then return end\n"
	"    error(settings, 0)\n"
	"  end\n"
	"  for key, value in pairs(defaults) do\n"
	"    assert(math.type(settings[key]) == math.type(value), key)\n"
	"    assert(type(settings[key]) == type(value), key)\n"
	"  end\n"
	"  for key in pairs(settings) do assert(defaults[key] ~= nil, key) end\n"
	"  local _, lines = text:gsub('\\n', '')\n"
	"  assert(#warnings <= 2 * lines + 10, 'more warnings than lines')\n"
	"  for _, w in ipairs(warnings) do assert(w:find('^wsl: '), w) end\n"
	"end\n"
	"return function(text)\n"
	"  check(config.wslconfig, text, plain)\n"
	"  check(config.wsl_conf, text, plain_conf)\n"
	"end\n";
