/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a line of the Windows prompt: they are parsed and run on a host that is a Lua table, with limits on steps,
 * instructions and memory. Whatever they are, the line ends with a status, the line after it still runs, completion gives a list,
 * and cmd.exe takes them too.
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/heap.h"
#include "bind/library.h"

int luaopen_lpeg(lua_State *L);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INSTRUCTIONS = 3 * 1000 * 1000, LINES_A_STATE = 500, LINE_MAX_BYTES = 8192 };

static const char host_code[] =
	"local session, complete, cmd = require('windows.session'), require('windows.complete'), "
	"require('windows.cmd')\n"
	"local function host()\n"
	"  local files = { ['C:\\\\Users\\\\learner\\\\a.txt'] = 'one\\ntwo\\n' }\n"
	"  local h = { lang = 'en', env = {}, tty = false, size = 0 }\n"
	"  function h.ask(r)\n"
	"    if r['do'] == 'windows.model' then return { windows = {}, node = {}, wsl = {} } end\n"
	"    error({ code = 'Failed', message = 'nobody answers' }, 0)\n"
	"  end\n"
	"  function h.write(t) h.size = h.size + #t end\n"
	"  h.write_error = h.write\n"
	"  function h.columns() return 80 end\n"
	"  function h.now() return 1750000000 end\n"
	"  function h.clock() return 1 end\n"
	"  function h.sleep() end\n"
	"  function h.edit() end\n"
	"  function h.readline() return nil end\n"
	"  function h.wsl() return 0 end\n"
	"  function h.spawn() return nil end\n"
	"  function h.read_file(p) return files[p], 'no such file' end\n"
	"  function h.write_file(p, t, more) files[p] = ((more and files[p] or '') .. t):sub(1, "
	"65536) return true end\n"
	"  function h.remove_file(p) files[p] = nil return true end\n"
	"  function h.list_folder() return { { name = 'a.txt', size = 8, mtime = 0 } } end\n"
	"  function h.stat(p)\n"
	"    if files[p] then return { size = #files[p], mtime = 0 } end\n"
	"    return p == 'C:\\\\Users\\\\learner' and { is_folder = true, mtime = 0 } or nil\n"
	"  end\n"
	"  function h.make_folder() return true end\n"
	"  return h\n"
	"end\n"
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

static struct {
	lua_State *L;
	struct heap heap;
	int lines;
} fuzz;

/* The lines of Lua that ran are the coverage: libFuzzer reads this section. */
enum { COUNTERS = 1 << 15 };
__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t counters[COUNTERS];

static int require(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);

	if (!strcmp(name, "lpeg"))
		luaL_requiref(L, name, luaopen_lpeg, 0);
	else
		library_push(L, name);
	return 1;
}

/* As Ctrl-C would: the line runs too long. */
static void hook(lua_State *L, lua_Debug *ar)
{
	if (ar->event == LUA_HOOKLINE) {
		lua_getinfo(L, "S", ar);
		counters[(((uintptr_t)ar->source >> 3) * 31 + (unsigned)ar->currentline) %
			 COUNTERS]++;
		return;
	}
	lua_pushliteral(L, "interrupted");
	lua_error(L);
}

static void start(void)
{
	fuzz.heap = (struct heap){.limit = HEAP_LIMIT};
	fuzz.L = lua_newstate(heap_alloc, &fuzz.heap);
	if (!fuzz.L)
		abort();
	luaL_openlibs(fuzz.L);
	library_open(fuzz.L);
	lua_pushcfunction(fuzz.L, require);
	lua_setglobal(fuzz.L, "require");
	if (luaL_loadstring(fuzz.L, host_code) || lua_pcall(fuzz.L, 0, 1, 0)) {
		fprintf(stderr, "%s\n", lua_tostring(fuzz.L, -1));
		abort();
	}
	fuzz.lines = 0;
}

static void run(const uint8_t *data, size_t size)
{
	lua_pushvalue(fuzz.L, 1);
	lua_pushlstring(fuzz.L, (const char *)data, size);
	lua_sethook(fuzz.L, hook, LUA_MASKCOUNT | LUA_MASKLINE, INSTRUCTIONS);
	if (lua_pcall(fuzz.L, 1, 0, 0) != LUA_OK) {
		const char *text = lua_tostring(fuzz.L, -1);

		/* The hook may strike outside the line, and memory may end anywhere. */
		if (!text || (!strstr(text, "interrupted") && !strstr(text, "not enough memory"))) {
			fprintf(stderr, "%s\n", text ? text : "an error that is no text");
			abort();
		}
	}
	lua_sethook(fuzz.L, NULL, 0, 0);
	lua_settop(fuzz.L, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > LINE_MAX_BYTES)
		return 0;
	if (!fuzz.L)
		start();
	run(data, size);
	if (++fuzz.lines >= LINES_A_STATE) {
		lua_close(fuzz.L);
		fuzz.L = NULL;
	}
	return 0;
}
