/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a line of the Windows prompt: they are parsed and run on a host that is a Lua table, with a limit on steps.
 * Whatever they are, the line ends with a status, the line after it still runs, completion gives a list, and cmd.exe takes
 * them too.
 */
#include "fuzz_lua.h"

#include "windows_host.h"

const char fuzz_code[] = WINDOWS_HOST_CODE
	"local complete = require('windows.format.complete')\n"
	"return function(text)\n"
	"  local sh = session.new(host())\n"
	"  sh.steps = 20000\n"
	"  local status = session.line(sh, text)\n"
	"  assert(math.type(status) == 'integer', 'no status')\n"
	"  sh.steps = 20000\n"
	"  sh.location = 'C:\\\\Users\\\\learner'\n"
	"  assert(session.line(sh, '$null = 1') == 0, 'the next line fails')\n"
	"  assert(type(session.unfinished(text)) == 'boolean')\n"
	"  local start, list = complete.at(sh, text, #text)\n"
	"  assert(start >= 1 and start <= #text + 1 and type(list) == 'table', 'no completion')\n"
	"  sh.steps = 20000\n"
	"  sh:set('line', text)\n"
	"  assert(math.type(session.line(sh, 'cmd /c $line')) == 'integer', 'no status of cmd')\n"
	"end\n";
