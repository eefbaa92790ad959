/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a line of cmd.exe, and as lines that it reads: they end with a status, and the shell around it goes on.
 */
#include "fuzz_lua.h"
#include "windows_host.h"

const char fuzz_code[] = WINDOWS_HOST_CODE
	"return function(text)\n"
	"  local sh = session.new(host())\n"
	"  for _, line in ipairs({ 'cmd /c $line', '$line | cmd' }) do\n"
	"    sh.steps = 20000\n"
	"    sh.location = 'C:\\\\Users\\\\learner'\n"
	"    sh:set('line', text)\n"
	"    assert(math.type(session.line(sh, line)) == 'integer', 'no status of cmd')\n"
	"  end\n"
	"  sh.steps = 20000\n"
	"  sh.location = 'C:\\\\Users\\\\learner'\n"
	"  assert(session.line(sh, '$null = 1') == 0, 'the next line fails')\n"
	"end\n";
