/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lua: host() gives a host for a session of the Windows prompt, with one file and nobody who answers. */
#ifndef NETDOJO_FUZZ_WINDOWS_HOST_H
#define NETDOJO_FUZZ_WINDOWS_HOST_H

/* clang-format off */
#define WINDOWS_HOST_CODE \
	"local session = require('windows.language.session')\n" \
	"local function host()\n" \
	"  local files = { ['C:\\\\Users\\\\learner\\\\a.txt'] = 'one\\ntwo\\n' }\n" \
	"  local h = { lang = 'en', env = {}, tty = false, size = 0 }\n" \
	"  function h.ask(r)\n" \
	"    if r['do'] == 'windows.model' then return { windows = {}, node = {}, wsl = {} } end\n" \
	"    error({ code = 'Failed', message = 'nobody answers' }, 0)\n" \
	"  end\n" \
	"  function h.write(t) h.size = h.size + #t end\n" \
	"  h.write_error = h.write\n" \
	"  function h.columns() return 80 end\n" \
	"  function h.now() return 1750000000 end\n" \
	"  function h.clock() return 1 end\n" \
	"  function h.sleep() end\n" \
	"  function h.edit() end\n" \
	"  function h.readline() return nil end\n" \
	"  function h.wsl() return 0 end\n" \
	"  function h.spawn() return nil end\n" \
	"  function h.read_file(p) return files[p], 'no such file' end\n" \
	"  function h.write_file(p, t, more) files[p] = ((more and files[p] or '') .. t):sub(1, " \
	"65536) return true end\n" \
	"  function h.remove_file(p) files[p] = nil return true end\n" \
	"  function h.list_folder() return { { name = 'a.txt', size = 8, mtime = 0 } } end\n" \
	"  function h.stat(p)\n" \
	"    if files[p] then return { size = #files[p], mtime = 0 } end\n" \
	"    return p == 'C:\\\\Users\\\\learner' and { is_folder = true, mtime = 0 } or nil\n" \
	"  end\n" \
	"  function h.make_folder() return true end\n" \
	"  return h\n" \
	"end\n"
/* clang-format on */

#endif
