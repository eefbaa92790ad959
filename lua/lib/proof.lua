-- SPDX-License-Identifier: GPL-2.0-or-later
-- Is an output what its command says it is? A shell's marks can be printed by anybody who reads their secret, and any text can be put on a screen:
-- so what a window shows counts where the kernel saw a program in that command that could have found it out.

local proof = {}

-- Is one of these words (patterns) in a word of this program's command line?
local function mentions(argv, words)
  for _, a in ipairs(argv) do
    for _, word in ipairs(words) do
      if a:find(word) then return true end
    end
  end
  return false
end

local function basename(path)
  return (path or ""):match("([^/]+)$") or ""
end

-- Programs that put out what they are given.
local puts_out = { echo = true, printf = true, cat = true, tac = true, head = true, tail = true, base64 = true, base32 = true, basenc = true, xxd = true,
  od = true, rev = true, tr = true, sed = true, awk = true, gawk = true, mawk = true, cut = true, paste = true, grep = true, egrep = true, tee = true,
  sort = true, uniq = true, fold = true, fmt = true, column = true, nl = true, dd = true, cp = true, mv = true, ln = true, mkdir = true, rm = true,
  touch = true, chmod = true, env = true, printenv = true, seq = true, expr = true, openssl = true, gzip = true, gunzip = true, zcat = true, xargs = true,
  sudo = true, timeout = true, sleep = true, ["true"] = true, ["false"] = true, date = true, tput = true, clear = true, stty = true, unshare = true,
  nsenter = true, dojo = true, hostname = true, id = true, whoami = true, uname = true, ls = true }

-- Programs that do what a text says.
local runs_text = { bash = true, sh = true, dash = true, zsh = true, fish = true, python3 = true, python = true, perl = true,
  ruby = true, node = true, lua = true, ["lua5.4"] = true }
local of_the_net = { "socket", "/proc/", "/sys/", "netlink", "ioctl", "ifaddrs", "subprocess", "/dev/tcp" }

local function of_command(ev, command, fn)
  return #(ev.whole or ev):find("exec", function(e)
    return e.cause == command.seq and e.what ~= "exit" and (e.node or "wsl") == "wsl" and not e.apart and fn(e, basename(e.path), e.argv or {})
  end, 1) > 0
end

-- Does a word of a program's name a place that is not the learner's own to write? command: where it was typed.
local function of_the_machine(a, command)
  if a:find("^/proc/") or a:find("^/sys/") or a:find("^/etc/") or a:find("^/mnt/") or a:find("^/run/resolvconf/") then return true end
  local cwd = (command.cwd or "") .. "/"
  return not a:find("^/") and (cwd:find("^/etc/") or cwd:find("^/proc/") or cwd:find("^/sys/") or cwd:find("^/mnt/")) ~= nil
end

-- An event that no terminal host made has no beginning: what stands in it is as good as its maker.
local function told_otherwise(ev, command)
  return ev.lost.exec or command.node == "windows" or not command.started
end

-- words: patterns of the file that a program was to read: one of the machine's, not a copy.
function proof.read(ev, command, words)
  return told_otherwise(ev, command) or of_command(ev, command, function(_, program, argv)
    if runs_text[program] or program:find("^python3%.") then return mentions(argv, words) or mentions({ command.text or "" }, words) end
    for i = 2, #argv do
      if mentions({ argv[i] }, words) and of_the_machine(argv[i], command) then return true end
    end
    return false
  end)
end

local function writes_text(text)
  for _, word in ipairs({ "echo", "printf", "print" }) do
    if text:find("%f[%w_]" .. word .. "%f[^%w_]") then return true end
  end
  return false
end

-- Did it run what looks at the network, and nothing that puts out a text of the learner's?
function proof.looked(ev, command)
  if told_otherwise(ev, command) then return true end
  local text = command.text or ""
  local by_text = of_command(ev, command, function(_, program) return runs_text[program] or program:find("^python3%.") ~= nil end)
  if not by_text and writes_text(text) then return false end
  local made_up = of_command(ev, command, function(_, program, argv)
    if not puts_out[program] then return false end
    for i = 2, #argv do
      if of_the_machine(argv[i], command) then return false end
    end
    return program == "base64" or program == "base32" or program == "xxd" or program == "cat" or program == "rev" or program == "openssl"
  end)
  return not made_up and of_command(ev, command, function(_, program, argv)
    if runs_text[program] or program:find("^python3%.") then return mentions(argv, of_the_net) or mentions({ text }, of_the_net) end
    if not puts_out[program] then return program ~= "" end
    return mentions(argv, { "^/proc/", "^/sys/" })
  end)
end

-- Did one of these programs run in it?
function proof.ran(ev, command, programs)
  return told_otherwise(ev, command) or of_command(ev, command, function(_, program) return programs(program) end)
end

-- Was a prompt of Windows' open when this was typed at it?
function proof.prompt(ev, command)
  if command.node ~= "windows" or ev.lost["windows:exec"] or not command.started then return true end
  local began = tonumber(command.started)
  for _, e in ipairs((ev.whole or ev):all("exec")) do
    local ended = ev.ends[e.seq]
    if e.node == "windows" and e.what ~= "exit" and (e.argv or {})[1] == "/init" and (e.t or 0) <= began + 0.25 and (not ended or ended >= began) then
      return true
    end
  end
  return false
end

return proof
