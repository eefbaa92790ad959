-- SPDX-License-Identifier: GPL-2.0-or-later
-- What can be typed: every cmdlet and program, each a table of data with one function. Command files call registry.add and
-- return nothing; Get-Command, Get-Help, completion, parameter binding and docs/windows.md all read what they added.

local registry = {}

local commands, order, aliases = {}, {}, {}

-- registry.add {
--   name = "Get-NetRoute",            -- a cmdlet; or a program's name without .exe: "ipconfig"
--   kind = "cmdlet" | "program",      -- a program gets its words as they stand, writes lines and has an exit status
--   synopsis = { en = "...", ja = "..." },
--   parameters = {                    -- of a cmdlet, in positional order where `position` says so
--     { name = "DestinationPrefix", type = "string[]", position = 1, wildcard = true, pipeline = "name" },
--     { name = "AddressFamily", type = "enum", values = { "IPv4", "IPv6" } },
--     { name = "Force", type = "switch" },
--   },                                -- types: string, string[], int, int[], bool, enum, enum[], switch, script, object, object[], any
--                                     -- pipeline: "value" takes the object piped in, "name" a property of that name; aliases = { "If" }
--                                     -- mandatory = true; complete = function(ctx, word) -> list
--   options = { "/all" , ... },       -- of a program: for completion and docs/windows.md
--   following = function(words) -> list    -- of a program: for completion, what may come after these words
--   aliases = { "?" },
--   effect = "reads" | "changes" | "language" | "imitated",
--   about = "what is real about it, in one line for docs/windows.md",
--   lacks = "what the real one has and this one has not; '' for nothing that matters",
--   run = function(ctx, args) end,    -- cmdlet: args by parameter name. program: args is the list of words; returns the exit status (nil: 0)
-- }
-- ctx.input()        the next object piped in, nil at the end
-- ctx.emit(v)        one object (or string: a line of text) to the next command
-- ctx.fail(text, t)  a non-terminating error, written as PowerShell writes it; t: { category =, id =, target =, exception = }
-- ctx.throw(text, t) the same, ending the pipeline
-- ctx.warn(text)     "WARNING: ..."
-- ctx.should(operation, target)    may it be done? false with -WhatIf (which it tells) and where -Confirm is answered with no
-- ctx.call(block, item) ctx.call_into(block, item, emit)    a script block with $_ = item: its value; its values to emit
-- ctx.piped          is something piped in
-- ctx.console        does the output go straight to the console
-- ctx.stop()         no more objects are wanted from the commands before
-- Of a program: ctx.stdin() what is piped in, as text, or nil; ctx.lines function(line) where output is taken, or nil: both as
-- world.wsl and world.spawn want them.
-- A parameter with `pipeline` that the line leaves open is filled by each object piped in, and run is called once for each;
-- without such a parameter run is called once and asks ctx.input().
-- ctx.world          the machine: world.lua
-- ctx.shell          variables, location, calling other commands: shell.lua
function registry.add(c)
  local key = c.name:lower()
  if commands[key] then error("two commands are called " .. c.name, 2) end
  commands[key] = c
  order[#order + 1] = c
  for _, a in ipairs(c.aliases or {}) do aliases[a:lower()] = c end
end

-- The command of that name, alias or NAME.exe; nil when there is none.
function registry.find(name)
  local key = name:lower()
  local c = aliases[key] or commands[key] -- an alias comes first, as in PowerShell: where, sc, sort
  if c then return c end
  local stem = key:match("^(.+)%.exe$") or key:match("^(.+)%.com$")
  c = stem and commands[stem]
  return c and c.kind == "program" and c or nil
end

-- The program of that name (without .exe), whatever alias is called so: cmd.exe's view.
function registry.program(name)
  local c = commands[name:lower()]
  if c and c.kind == "program" then return c end
  c = aliases[name:lower()]
  return c and c.kind == "program" and c or nil
end

-- All, in the order they were added.
function registry.all() return order end

return registry
