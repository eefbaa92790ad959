#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Scenarios that attack: each must be refused, within time and memory, and never reach its last line."""
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(__file__))
from script_peer import Gone, Script, SOURCE, read  # noqa: E402

LOOP = "instructions|processor time"  # raising errors costs more time than instructions
SECONDS = 20  # wall clock for one attack, on a busy machine; the budgets inside are 2 s of processor time
MEGABYTES = 320

# name: (Lua, words of the error that show which wall stopped it). "OWNED" is what a success would say.
ATTACKS = {
    # What is not there.
    "io": ("io.open('/etc/passwd')", "unknown name 'io'"),
    "os": ("os.execute('id')", "unknown name 'os'"),
    "debug": ("debug.getregistry()", "unknown name 'debug'"),
    "package.loadlib": ("package.loadlib('/lib/x86_64-linux-gnu/libc.so.6', '*')", "unknown name 'package'"),
    "require": ("require('os')", "unknown name 'require'"),
    "core": ("core.ask({})", "unknown name 'core'"),
    "load": ("load('return 1')()", "unknown name 'load'"),
    "loadstring": ("loadstring('return 1')()", "unknown name 'loadstring'"),
    "dofile": ("dofile('/etc/passwd')", "unknown name 'dofile'"),
    "loadfile": ("loadfile('/etc/passwd')", "unknown name 'loadfile'"),
    "collectgarbage": ("collectgarbage('stop')", "unknown name 'collectgarbage'"),
    "_G": ("_G.string = nil", "unknown name '_G'"),
    "print": ("print('x')", "unknown name 'print'"),
    "rawset": ("rawset(string, 'rep', nil)", "unknown name 'rawset'"),
    "string.dump": ("string.dump(function() end)", "string has no 'dump'"),
    "os by a string's methods": ("local s = ('').dump(function() end)", "attempt to call a nil value"),
    "math.random": ("math.random()", "math has no 'random'"),
    # Bytecode.
    "bytecode": ("\x1bLua\x54\x01\x19", "attempt to load a binary chunk"),
    # Locks.
    "new global": ("owned = 1", "global 'owned' can't be set"),
    "library overwritten": ("string.format = error", "read-only"),
    "constructor overwritten": ("probe.ping = error", "read-only"),
    "environment's metatable": ("getmetatable(_ENV).__index = nil", "attempt to index a boolean value"),
    "environment's metatable set": ("setmetatable(_ENV, {})", "protected metatable"),
    "strings' metatable": ("getmetatable('').__index.rep = nil", "attempt to index a boolean value"),
    "library's metatable set": ("setmetatable(string, {})", "protected metatable"),
    "the library behind pairs": (
        "for k, v in pairs(string) do if k == 'rep' then local f, s = pairs(string); s.rep = nil end end",
        "attempt to index a nil value"),
    "environment swapped": ("local function f() return io end; local _ENV = { f = f }; f().open('/etc/passwd')",
                            "unknown name 'io'"),
    "__gc": ("setmetatable({}, { __gc = function() while true do end end })", "__gc are not allowed"),
    "__gc set late": ("local m = {}; local t = setmetatable({}, m); m.__gc = function() while true do end end\n"
                      "t = nil; local x = {}; for i = 1, 3e5 do x[i] = {} end; error('gone by without a finalizer')",
                      "gone by without a finalizer"),
    # Memory.
    "string.rep": ("local s = ('x'):rep(1 << 40)", "memory|too large"),
    "string.rep doubled": ("local s = 'x'; while true do s = s .. s end", "memory"),
    "string.rep under pcall": ("while true do pcall(string.rep, 'x', 1 << 26) end", "instructions|memory|processor time"),
    "table": ("local t = {}; while true do t[#t + 1] = { {}, {} } end", "memory"),
    "table.concat": ("local t = {}; for i = 1, 1 << 20 do t[i] = ('x'):rep(100) end\n"
                     "local u = {}; for i = 1, 1 << 10 do u[i] = table.concat(t) end", "memory"),
    "string.format": ("local s = ('%99d'):rep(1 << 20):format(1)", "."),
    "closures": ("local f; for i = 1, 1e9 do local g = f; f = function() return g end end", "memory|instructions"),
    "coroutines": ("local t = {}; while true do t[#t + 1] = coroutine.create(function() end) end", "memory"),
    # Depth.
    "recursion": ("local function f() return 1 + f() end; f()", "stack overflow|memory"),
    "pcall recursion": ("local function f() return pcall(f) end; f(); error('C stack held')", "held|stack overflow|memory"),
    "metamethod recursion": ("local t = setmetatable({}, { __index = function(t, k) return t[k .. 'x'] end }); local _ = t.x",
                             "overflow|memory"),
    "coroutine recursion": ("local function f() return coroutine.wrap(f)() end; f()", "scenario.lua:1"),
    "nested brackets": ("return " + "(" * 5000 + "1" + ")" * 5000, "overflow|levels|brackets"),
    # Time the instruction hook sees.
    "loop": ("while true do end", LOOP),
    "goto": ("::a:: goto a", LOOP),
    "for": ("for i = 1, math.huge do end", LOOP),
    "loop under pcall": ("while true do pcall(function() while true do end end) end", LOOP),
    "loop under xpcall": (
        "local function h() while true do end end\nwhile true do xpcall(function() while true do end end, h) end", LOOP),
    "error in error handler": ("xpcall(error, function(e) error(e) end)\nerror('handler held')", "held"),
    "loop in coroutine": ("while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
                          LOOP),
    "loop in wrapped coroutine": (
        "local f = coroutine.wrap(function() while true do pcall(coroutine.yield) end end)\nwhile true do pcall(f) end",
        LOOP),
    "loop in __close": (
        "local m = { __close = function() while true do end end }\n"
        "while true do pcall(function() local x <close> = setmetatable({}, m); error('x') end) end", LOOP),
    "loop in __index": ("local t = setmetatable({}, { __index = function() while true do end end }); local _ = t.x", LOOP),
    "loop in comparison": (
        "local t = {}; for i = 1, 1000 do t[i] = i end\nwhile true do table.sort(t, function(a, b) return a > b end) end",
        LOOP),
    "loop in __tostring of an error": (
        "error(setmetatable({}, { __tostring = function() while true do end end }))", "an error without a message"),
    "loop in gsub callback": ("('x'):rep(1000):gsub('.', function() while true do end end)", LOOP),
    # Time it does not see.
    "pattern": ("local s = ('a'):rep(100000); s:find(('a-'):rep(30) .. 'b')", "processor time"),
    "rep of nothing": ("local s = (''):rep(1 << 62)", "processor time"),
    "table.insert with a long __len": (
        "table.insert(setmetatable({}, { __len = function() return 1 << 40 end }), 1, 0)", "processor time"),
    "table.move": ("table.move({}, 1, 1 << 60, 2)", "processor time"),
    # Errors and values as weapons.
    "giant error": ("error(('x'):rep(1 << 24))", "x"),
    "error object with a lying __index": (
        "error(setmetatable({}, { __index = function() return 'OWNED' end }))", "an error without a message"),
    "nil error": ("error(nil)", "a nil was raised"),
    "nul bytes in an error": ("error('a\\0b')", "a"),
}

# The same, inside a scenario that loads: what must be refused is one of its parts.
WHOLE = read(os.path.join(SOURCE, "scenarios/l2/l2-no-default-route/scenario.lua"))
PARTS = {
    "id with a path": ('id = "l2-no-default-route"', 'id = "../../etc/passwd"', "load", "'id' must be an id"),
    "id with a NUL": ('id = "l2-no-default-route"', 'id = "a\\0b"', "load", "'id' must be an id"),
    "id that is a dot": ('id = "l2-no-default-route"', 'id = "."', "load", "'id' must be an id"),
    "JSON depth": ('tags = { "route", "gateway" }',
                   "tags = (function() local t = {} for i = 1, 1e5 do t = { t } end return t end)()", "load", "must be a string"),
    "model depth": ("return wsl2.nat {}", "local t = {}; for i = 1, 1e5 do t = { t } end; return t", "model", "nested"),
    "model that is its own part": ("return wsl2.nat {}", "local t = {}; t.t = t; return t", "model", "nested"),
    "model of shared tables": (
        "return wsl2.nat {}", "local t = { 1 }; for i = 1, 60 do t = { t, t } end; return t", "model", "over|memory|processor"),
    "model with a function": ("return wsl2.nat {}", "return { f = function() end }", "model", "can't be data"),
    "model with NaN": ("return wsl2.nat {}", "return { n = 0 / 0 }", "model", "not finite"),
    "model not UTF-8": ("return wsl2.nat {}", "return { s = '\\xff\\xfe' }", "model", "UTF-8"),
    "model of a million values": (
        "return wsl2.nat {}", "local t = {}; for i = 1, 1100000 do t[i] = 1 end; return t", "model", "over"),
    "handle's metatable": (
        'lab:node("wsl"):remove_route("default")', "getmetatable(lab).__index = nil", "fault", "index a boolean value"),
    "handle overwritten": ('lab:node("wsl"):remove_route("default")', "lab.node = nil", "fault", "can't be set"),
    "handle forged": (
        'lab:node("wsl"):remove_route("default")', "lab.node({}, 'wsl')", "fault", "with a colon"),
    "endless timers": (
        'lab:node("wsl"):remove_route("default")', "while true do lab:after(1, function() end) end", "fault", "64 timed"),
    "endless fault": ('lab:node("wsl"):remove_route("default")', "while true do pcall(error) end", "fault", LOOP),
}


def memory_of(pid):
    """Peak resident MiB; 0 when the process is gone or closed to us (it is not dumpable)."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as f:
            for line in f:
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) // 1024
    except OSError:
        pass
    return 0


def judge(name, message, want, seconds, peak):
    import re
    if "OWNED" in message:
        return f"{name}: the attack ran to its end: {message[:200]}"
    if not re.search(want, message):
        return f"{name}: expected an error with '{want}', got: {message[:300]}"
    if len(message) > 800:
        return f"{name}: the message has {len(message)} characters"
    if seconds > SECONDS:
        return f"{name}: took {seconds:.1f} s"
    if peak > MEGABYTES:
        return f"{name}: used {peak} MiB"
    return None


def message_of(answer):
    return answer.get("error", {}).get("message", "OWNED: no error")


def attack_alone(name, lua, want):
    text = lua if lua.startswith("\x1b") else lua + ("" if lua.startswith("return") else "\nerror('OWNED')")
    with Script() as s:
        t = time.monotonic()
        try:
            message = message_of(s.load(text))
        except Gone:
            message = "the script died without a word"
        return judge(name, message, want, time.monotonic() - t, memory_of(s.proc.pid))


def attack_part(name, old, new, verb, want):
    if old not in WHOLE:
        return f"{name}: '{old}' is not in the scenario any more"
    with Script() as s:
        t = time.monotonic()
        try:
            answer = s.load(WHOLE.replace(old, new))
            if verb != "load":
                if "error" in answer:
                    return f"{name}: did not load: {message_of(answer)}"
                answer = s.ask(verb)
            message = message_of(answer)
        except Gone:
            message = "the script died without a word"
        return judge(name, message, want, time.monotonic() - t, memory_of(s.proc.pid))


def still_serves():
    """After a failed load the same process loads a good one."""
    with Script() as s:
        s.load("while true do end")
        s.load("local s = 'x'; while true do s = s .. s end")
        answer = s.load(WHOLE)
        return None if "meta" in answer else f"after attacks: {message_of(answer)}"


def catalogue_survives():
    """A bad scenario in a catalogue fails alone."""
    with Script() as s:
        items = [{"text": "while true do end", "file": "a.lua"}, {"text": WHOLE, "file": "b.lua"},
                 {"text": "string.format = nil", "file": "c.lua"}]
        got = s.ask("catalogue", scenarios=items)["scenarios"]
    if "endless loop" not in got[0]["error"]["message"] or got[1]["meta"]["id"] != "l2-no-default-route" or "error" not in got[2]:
        return f"catalogue: {got}"
    return None


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(attack_alone, n, *a) for n, a in ATTACKS.items()]
        jobs += [pool.submit(attack_part, n, *a) for n, a in PARTS.items()]
        problems = [j.result() for j in jobs]
    problems += [still_serves(), catalogue_survives()]
    problems = [p for p in problems if p]
    for p in problems:
        print(p)
    print(f"{len(ATTACKS) + len(PARTS)} attacks, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
