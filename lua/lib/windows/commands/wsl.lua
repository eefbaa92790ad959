-- SPDX-License-Identifier: GPL-2.0-or-later
-- wsl.exe: runs commands in WSL, starts and stops it.

local change = require("windows.machine.change")
local registry = require("windows.registry")

local failed = -1 -- what wsl.exe itself ends with; 255 for whoever is no Windows program

-- Its own messages. Called from WSL with its output in a pipe or file they are UTF-16LE, unless WSL_UTF8 is 1.
local function say(ctx, text)
  local host, env = ctx.world.host, ctx.world.env
  if host.interop and not host.tty and ctx.console and host.write_bytes and env.WSL_UTF8 ~= "1" then
    local out = {}
    for _, c in utf8.codes((text:gsub("\n", "\r\n")) .. "\r\n") do out[#out + 1] = string.pack("<I2", c < 0x10000 and c or 0xfffd) end
    return host.write_bytes(table.concat(out))
  end
  for line in (text .. "\n"):gmatch("(.-)\n") do ctx.emit(line) end
end

local function fail(ctx, text, code)
  say(ctx, code and text .. "\nError code: Wsl/" .. code or text)
  return failed
end

local function invalid(ctx, word)
  return fail(ctx, ("Invalid command line argument: %s\nPlease use 'wsl.exe --help' to get a list of supported arguments."):format(word))
end

local function needs_value(ctx, word)
  return fail(ctx, ("Command line argument %s requires a value.\nPlease use 'wsl.exe --help' to get a list of supported arguments."):format(word))
end

local function not_here(ctx, word)
  return fail(ctx, ("netdojo: wsl %s is not available in this lab"):format(word))
end

local function state(ctx)
  local m = ctx.world.model()
  local running = m.wsl and m.wsl.running
  if running == nil then running = m.windows.wsl.running end
  return m.windows.wsl, running
end

local function is_distro(ctx, name) return state(ctx).distro:lower() == (name or ""):lower() end

local function no_distro(ctx) return fail(ctx, "There is no distribution with the supplied name.", "Service/WSL_E_DISTRO_NOT_FOUND") end

-- ---- what wsl.exe does itself ----

local function list_verbose(ctx, distro, running)
  local width = math.max(#"NAME", #distro) + 4
  say(ctx, ("%s %-" .. width .. "s%-16s%s"):format(" ", "NAME", "STATE", "VERSION") .. "\n"
    .. ("%s %-" .. width .. "s%-16s%s"):format("*", distro, running and "Running" or "Stopped", "2"))
end

local list_options = { ["-v"] = "verbose", ["--verbose"] = "verbose", ["-q"] = "quiet", ["--quiet"] = "quiet", ["--running"] = "running",
  ["--all"] = "all", ["-o"] = "online", ["--online"] = "online" }

local function list(ctx, words)
  local o = {}
  for _, w in ipairs(words) do
    if not list_options[w] then return invalid(ctx, w) end
    o[list_options[w]] = true
  end
  if o.online then return not_here(ctx, "--list --online") end
  if (o.quiet and o.verbose) or (o.all and o.running) then return invalid(ctx, table.concat(words, " ")) end
  local w, running = state(ctx)
  if o.verbose then return list_verbose(ctx, w.distro, running) end
  if o.running and not running then
    if o.quiet then return 0 end
    return fail(ctx, "There are no running distributions.")
  end
  say(ctx, o.quiet and w.distro or "Windows Subsystem for Linux Distributions:\n" .. w.distro .. " (Default)")
end

local done = "The operation completed successfully. "

local function shutdown(ctx, words)
  for _, w in ipairs(words) do
    if w ~= "--force" then return invalid(ctx, w) end
  end
  local _, err = change.try(ctx, "wsl.shutdown", {})
  if err then return fail(ctx, err.message or err.code) end
end

local function terminate(ctx, words)
  if not words[1] then return needs_value(ctx, "--terminate") end
  if not is_distro(ctx, words[1]) then return no_distro(ctx) end
  local _, err = change.try(ctx, "wsl.terminate", { Distribution = state(ctx).distro })
  if err then return fail(ctx, err.message or err.code) end
  say(ctx, done)
end

local function status(ctx)
  say(ctx, "Default Distribution: " .. state(ctx).distro .. "\nDefault Version: 2")
end

-- What WSL 2.5.9 brought with it besides its kernel; of no matter to a network, but the lines are there to be parsed.
local parts = "WSLg version: 1.0.66\nMSRDC version: 1.2.6074\nDirect3D version: 1.611.1-81528511\n"
  .. "DXCore version: 10.0.26100.1-240331-1435.ge-release"

local function version(ctx)
  local m = ctx.world.model().windows
  say(ctx, ("WSL version: %s\nKernel version: %s\n%s\nWindows version: %s.%s"):format(m.wsl.version, m.wsl.kernel, parts, m.version.Version,
    m.version.Build))
end

local help = [[
Usage: wsl.exe [Argument] [Options...] [CommandLine]

Arguments for running Linux binaries:

    If no command line is provided, wsl.exe launches the default shell.

    --exec, -e <CommandLine>
        Execute the specified command without using the default Linux shell.

    --
        Pass the remaining command line as-is.

Options:
    --cd <Directory>
        Sets the specified directory as the current working directory.
        If ~ is used the Linux user's home path will be used. If the path begins
        with a / character, it will be interpreted as an absolute Linux path.
        Otherwise, the value must be an absolute Windows path.

    --distribution, -d <DistroName>
        Run the specified distribution.

    --user, -u <UserName>
        Run as the specified user.

Arguments for managing Windows Subsystem for Linux:

    --help
        Display usage information.

    --shutdown [--force]
        Immediately terminates all running distributions and the WSL 2
        lightweight utility virtual machine.

    --status
        Show the status of Windows Subsystem for Linux.

    --version, -v
        Display version information.

Arguments for managing distributions in Windows Subsystem for Linux:

    --list, -l [--all] [--running] [--quiet, -q] [--verbose, -v]
        Lists distributions.

    --terminate, -t <DistroName>
        Terminates the specified distribution.]]

local own = {
  ["--list"] = list, ["-l"] = list, ["--shutdown"] = shutdown, ["--terminate"] = terminate, ["-t"] = terminate, ["--status"] = status,
  ["--version"] = version, ["-v"] = version,
  ["--help"] = function(ctx)
    say(ctx, help)
    return failed
  end,
}

for _, w in ipairs { "--update", "--install", "--uninstall", "--mount", "--unmount", "--export", "--import", "--import-in-place", "--manage",
  "--unregister", "--set-version", "--set-default-version", "--set-default", "-s", "--setdefault", "--debug-shell", "--system" } do
  own[w] = function(ctx) return not_here(ctx, w) end
end

-- ---- running something ----

-- WSLENV: the names that are shared, some as paths.
local function shared_env(ctx)
  local out = {}
  local function value(name) return ctx.shell:get_env(name) end
  for item in (value("WSLENV") or ""):gmatch("[^:]+") do
    local name, flags = item:match("^([^/]+)/?(%a*)$")
    local v = name and value(name)
    if v and not (flags:find("w") and not flags:find("u")) then
      if flags:find("[pl]") then
        v = v:gsub("^(%a):", function(d) return "/mnt/" .. d:lower() end):gsub("\\", "/")
      end
      out[name] = v
    end
  end
  return out
end

-- Words as Windows joins them into the one line that a program gets: quotes around what has spaces. PowerShell leaves quotes
-- inside as they are; WSL, calling wsl.exe, escapes them.
local function command_line(ctx, words)
  local out = {}
  for k, w in ipairs(words) do
    if ctx.world.host.interop then w = w:gsub('"', '\\"') end
    out[k] = (w == "" or (w:find("%s") and not w:find('^".*"$'))) and '"' .. w .. '"' or w
  end
  return table.concat(out, " ")
end

-- argv for what is to run: the user's own shell, that shell with a line, or the words themselves.
local function argv_of(ctx, t, words)
  local argv = {}
  if t.exec then
    argv = words
  elseif #words > 0 then
    argv = { "/bin/sh", "-c", 'exec "${SHELL:-/bin/bash}" -c "$0"', command_line(ctx, words) }
  end
  if not t.linux_folder then return argv end
  if #argv == 0 then argv = { "/bin/sh", "-c", 'exec "${SHELL:-/bin/bash}" -l' } end
  return { "/bin/sh", "-c", 'cd -- "$0" && exec "$@"', t.linux_folder, table.unpack(argv) }
end

local function run(ctx, t, words)
  if t.exec and #words == 0 then return needs_value(ctx, "--exec") end
  local ok, r = pcall(ctx.world.wsl, { argv = argv_of(ctx, t, words), user = t.user or "", cwd = t.folder or ctx.shell.location,
    env = shared_env(ctx) }, ctx.stdin and ctx.stdin(), ctx.lines)
  if ok then return r end
  if type(r) ~= "table" or not r.code then error(r, 0) end
  if t.user and tostring(r.message):find("unknown user", 1, true) then return fail(ctx, "User not found.", "WSL_E_USER_NOT_FOUND") end
  return fail(ctx, r.message or r.code)
end

-- Options that take a value, and what they set; each returns an exit status to end with, or nil.
local valued = {
  ["--distribution"] = function(ctx, _, value) return not is_distro(ctx, value) and no_distro(ctx) or nil end,
  ["--user"] = function(_, t, value) t.user = value end,
  ["--cd"] = function(_, t, value)
    if value:sub(1, 1) == "/" then t.linux_folder = value else t.folder = value end
  end,
  ["--shell-type"] = function(_, t, value) t.exec = value == "none" end,
}
valued["-d"], valued["-u"] = valued["--distribution"], valued["--user"]
local long = { ["-d"] = "--distribution", ["-u"] = "--user" }

local function main(ctx, words)
  local t, k = {}, 1
  if words[1] == "~" then
    t.folder, k = "~", 2
  end
  while words[k] do
    local w = words[k]
    local rest = { table.unpack(words, k + 1) }
    if own[w] then return own[w](ctx, rest) end
    if w == "--" then return run(ctx, t, rest) end
    if w == "-e" or w == "--exec" then
      t.exec = true
      return run(ctx, t, rest)
    end
    if valued[w] then
      if not words[k + 1] then return needs_value(ctx, long[w] or w) end
      local status_now = valued[w](ctx, t, words[k + 1])
      if status_now then return status_now end
      k = k + 2
    elseif w:sub(1, 1) == "-" then
      return invalid(ctx, w)
    else
      return run(ctx, t, { table.unpack(words, k) })
    end
  end
  return run(ctx, t, {})
end

registry.add {
  name = "wsl", kind = "program", effect = "changes",
  options = { "-d", "--distribution", "-e", "--exec", "-u", "--user", "--cd", "--shell-type", "--", "~", "--list", "-l", "--shutdown", "--terminate",
    "-t", "--status", "--version", "-v", "--help" },
  synopsis = { en = "Runs commands in WSL; starts and stops it", ja = "WSL でコマンドを動かす、WSL を始める、止める" },
  about = "commands run in the WSL node; a shutdown ends its processes and drops its namespaces, the next start builds new ones",
  lacks = "--install, --update, --mount, --export, --import, --manage, --set-*, --system, --list --online: refused; "
    .. "a pipeline of PowerShell gets wsl's own messages as text, not with the NULs that UTF-16 makes of them there",
  run = main,
}
