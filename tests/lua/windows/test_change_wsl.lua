-- SPDX-License-Identifier: GPL-2.0-or-later
-- wsl.exe and hnsdiag.

local machine = require("machine")
local ps = require("harness")

-- The line typed, and what runs in WSL: words, user, folder.
local runs = {
  { "wsl", "", "", "C:\\Users\\learner" },
  { "wsl hostname -I", "/bin/sh|-c|exec \"${SHELL:-/bin/bash}\" -c \"$0\"|hostname -I" },
  { "wsl -- ls -l", "/bin/sh|-c|exec \"${SHELL:-/bin/bash}\" -c \"$0\"|ls -l" },
  { "wsl echo 'a  b'", "/bin/sh|-c|exec \"${SHELL:-/bin/bash}\" -c \"$0\"|echo \"a  b\"" },
  { "wsl -e ip addr", "ip|addr" },
  { "wsl -d Debian -u root --exec id", "id", "root" },
  { "wsl --cd / -e pwd", "/bin/sh|-c|cd -- \"$0\" && exec \"$@\"|/|pwd" },
  { "wsl --cd C:\\Windows -e pwd", "pwd", "", "C:\\Windows" },
  { "wsl ~ -e pwd", "pwd", "", "~" },
}

for _, row in ipairs(runs) do
  ps.case("runs: " .. row[1], function()
    local pc = machine.new(false)
    pc.in_wsl["*"] = { status = 0 }
    local _, err = pc:run(row[1])
    ps.eq(err, "", "complaint")
    ps.eq(#pc.wsl_runs, 1, "programs run")
    local r = pc.wsl_runs[1]
    ps.eq(table.concat(r.argv, "|"), row[2], "words")
    ps.eq(r.user, row[3] or "", "user")
    ps.eq(r.cwd, row[4] or "C:\\Users\\learner", "folder")
  end)
end

-- A line of wsl.exe's own: what it prints, its status.
local own = {
  { "wsl -d nope ls", "There is no distribution with the supplied name.\nError code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\n", -1 },
  { "wsl -t nope", "There is no distribution with the supplied name.\nError code: Wsl/Service/WSL_E_DISTRO_NOT_FOUND\n", -1 },
  { "wsl --bogus", "Invalid command line argument: --bogus\nPlease use 'wsl.exe --help' to get a list of supported arguments.\n", -1 },
  { "wsl --user", "Command line argument --user requires a value.\n", -1 },
  { "wsl --update", "netdojo: wsl --update is not available in this lab\n", -1 },
  { "wsl -l", "Windows Subsystem for Linux Distributions:\nDebian (Default)\n", 0 },
  { "wsl -l -q", "Debian\n", 0 },
  { "wsl --list --verbose", "  NAME      STATE           VERSION\n* Debian    Running         2\n", 0 },
  { "wsl --status", "Default Distribution: Debian\nDefault Version: 2\n", 0 },
  { "wsl --version", "WSL version: 2.5.9.0\nKernel version: 6.6.87.2-1\n", 0 },
  { "wsl --terminate Debian", "The operation completed successfully. \n", 0 },
  { "wsl --shutdown", "", 0 },
  { "wsl --help", "    --shutdown", -1 },
}

for _, row in ipairs(own) do
  ps.case("its own: " .. row[1], function()
    local pc = machine.new()
    local out, err = pc:run(row[1])
    ps.eq(err, "", "complaint")
    ps.has(out, row[2])
    ps.eq(pc:run("$LASTEXITCODE"), row[3] .. "\n", "status")
    ps.eq(#pc.wsl_runs, 0, "programs run")
  end)
end

ps.case("stopped is told by every list", function()
  local pc = machine.new()
  ps.has(pc:run("wsl --list --running"), "Debian (Default)")
  pc:run("wsl --shutdown")
  ps.eq(pc:ops()[1].op, "wsl.shutdown")
  ps.has(pc:run("wsl -l -v"), "* Debian    Stopped         2")
  ps.eq(pc:run("wsl --list --running"), "There are no running distributions.\n")
  ps.eq(pc:run("$LASTEXITCODE"), "-1\n")
end)

ps.case("output and status of a Linux program pass", function()
  local pc = machine.new(false)
  pc.in_wsl["ip|addr"] = nil
  pc.in_wsl["ip addr"] = { "1: lo:", "    inet 127.0.0.1/8", "2: eth0:", "    inet 172.27.43.151/20", status = 3 }
  local out = pc:run("wsl -e ip addr | Select-String inet")
  ps.has(out, "inet 127.0.0.1/8")
  ps.lacks(out, "eth0:")
  pc:run("wsl -e ip addr")
  ps.eq(pc:run("$LASTEXITCODE"), "3\n")
end)

ps.case("text piped in is standard input", function()
  local pc = machine.new(false)
  local got
  pc.in_wsl["*"] = function(_, stdin)
    got = stdin
    return { status = 0 }
  end
  pc:run('"one","two" | wsl -e cat')
  ps.eq(got, "one\ntwo\n")
end)

ps.case("called from WSL into a pipe its own messages are UTF-16, unless WSL_UTF8 says not", function()
  local pc = machine.new(false)
  local host, bytes = pc.prompt.host, {}
  host.interop = true
  function host.write_bytes(text) bytes[#bytes + 1] = text end
  pc:run("wsl -l -q")
  ps.eq(table.concat(bytes), "D\0e\0b\0i\0a\0n\0\r\0\n\0")
  bytes = {}
  pc.prompt.shell.world.env.WSL_UTF8 = "1"
  ps.eq(pc:run("wsl -l -q"), "Debian\n")
  ps.eq(#bytes, 0)
end)

ps.case("WSLENV shares what it names", function()
  local pc = machine.new(false)
  pc.in_wsl["*"] = { status = 0 }
  pc:run("$env:TOKEN = 'x'; $env:PLACE = 'C:\\Users\\learner'; $env:OTHER = 'y'; $env:WSLENV = 'TOKEN:PLACE/p:OTHER/w'; wsl -e env")
  ps.eq(machine.text(pc.wsl_runs[1].env), "{PLACE=/mnt/c/Users/learner TOKEN=x}")
end)

ps.case("HNS has WSL's network, and an endpoint while WSL runs", function()
  local pc = machine.new()
  local out = pc:run("hnsdiag list all")
  ps.has(out, "Network : 790e58b4-7939-4434-9358-89ae7ddbe87e")
  ps.has(out, pc.windows.wsl.subnet)
  ps.has(out, pc.windows.wsl.address)
  pc:run("wsl --shutdown")
  ps.eq(pc:run("hnsdiag list endpoints"), "")
  ps.eq(pc:run("(Get-HnsNetwork).Name"), pc.windows.wsl.network .. "\n")
end)
