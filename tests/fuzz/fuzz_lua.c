/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feeds inputs to fuzz_code (fuzz_lua.h), in a Lua state that lasts for some hundreds of them. */
#include "fuzz_lua.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/heap.h"
#include "bind/library.h"

int luaopen_lpeg(lua_State *L);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INSTRUCTIONS = 3 * 1000 * 1000, LINES_A_STATE = 500, LINE_MAX_BYTES = 8192, ARGS_MAX = 64 };

/*
 * What a state keeps from one input to the next is no leak; libFuzzer would take it for one, and look through all memory after
 * nearly every input (a few a second instead of hundreds). Leaks are looked for at the process' end all the same.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static char *args[ARGS_MAX + 2], flag[] = "-detect_leaks=0";

	if (*argc < 1 || *argc > ARGS_MAX)
		return 0;
	args[0] = (*argv)[0];
	args[1] = flag; /* first: one that is given wins */
	memcpy(args + 2, *argv + 1, (size_t)(*argc - 1) * sizeof(*args));
	*argv = args;
	++*argc;
	return 0;
}

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
	if (luaL_loadstring(fuzz.L, fuzz_code) || lua_pcall(fuzz.L, 0, 1, 0)) {
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
