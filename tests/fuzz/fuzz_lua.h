/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzz target whose code under test is Lua: fuzz_lua.c keeps a state with limits on instructions and memory, and shows
 * libFuzzer which lines of Lua ran. fuzz_code is a chunk that gives a function of the input; its errors are findings.
 */
#ifndef NETDOJO_FUZZ_LUA_H
#define NETDOJO_FUZZ_LUA_H

extern const char fuzz_code[];

#endif
