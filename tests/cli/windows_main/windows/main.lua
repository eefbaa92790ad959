-- SPDX-License-Identifier: GPL-2.0-or-later
-- What netdojo-windows' test has in the place of lua/lib/windows/main.lua: each command asks one thing of `host`.

local commands = {}

local function words(text)
  local out = {}
  for w in text:gmatch("%S+") do out[#out + 1] = w end
  return out
end

function commands.ask(host, a) host.write(host.ask({ ["do"] = "windows.read", what = a[2], arg = "" }).value .. "\n") end

function commands.list(host) host.ask({ ["do"] = "windows.change", op = "dns.set", args = { ServerAddresses = host.array({}) } }) end

function commands.loop() while true do end end

function commands.pipeline()
  local producer = coroutine.wrap(function() while true do coroutine.yield(1) end end)
  while true do producer() end
end

function commands.sleep(host, a) host.sleep(tonumber(a[2])) end

function commands.eat()
  local t = {}
  while true do t[#t + 1] = ("x"):rep(1024 * 1024) .. #t end
end

function commands.cat(host)
  for l in host.read_stdin_line do host.write("<" .. l .. ">\n") end
end

-- Lines of a program come out of a coroutine, as a pipeline of the prompt has them.
function commands.lines(host, a)
  local co = coroutine.wrap(function()
    local status = host.spawn({ "/bin/sh", "-c", table.concat(a, " ", 2) }, nil, coroutine.yield)
    coroutine.yield("status " .. tostring(status), true)
  end)
  repeat
    local l, last = co()
    host.write("[" .. l .. "]\n")
  until last
end

function commands.upper(host, a)
  host.spawn({ "tr", "a-z", "A-Z" }, table.concat(a, " ", 2) .. "\n", function(l) host.write("[" .. l .. "]\n") end)
end

function commands.run(host, a) return host.spawn({ "/bin/sh", "-c", table.concat(a, " ", 2) }) or 99 end

function commands.missing(host) host.write(tostring(host.spawn({ "/no/such/program" })) .. "\n") end

function commands.wsl(host, a)
  return host.wsl({ argv = table.move(a, 2, #a, 1, {}) })
end

function commands.wslines(host, a)
  local n = host.wsl({ argv = table.move(a, 2, #a, 1, {}) }, "given\n", function(l) host.write("[" .. l .. "]\n") end)
  host.write("status " .. n .. "\n")
end

function commands.files(host)
  local dir = "C:\\users\\LEARNER\\A\\b"
  assert(host.make_folder(dir))
  assert(host.write_file(dir .. "/One.txt", "1"))
  assert(host.write_file("C:/Users/learner/a/B/oNE.TXT", "2", true))
  host.chdir(dir)
  host.write(host.folder() .. " " .. host.read_file("one.txt") .. "\n")
  for _, e in ipairs(host.list_folder(".")) do host.write(e.name .. " " .. e.size .. "\n") end
  host.write(host.stat("ONE.TXT").path .. "\n")
  host.write(tostring(select(3, host.read_file("..\\..\\..\\..\\..\\etc\\passwd"))) .. "\n")
  host.write(tostring(select(3, host.write_file("a*b", ""))) .. "\n")
  host.write(tostring(select(2, host.read_file("D:\\x"))) .. "\n")
  assert(host.remove_file("one.txt"))
  host.write(tostring(host.stat("one.txt")) .. "\n")
end

function commands.edit(host, a)
  local ok, why = host.edit(a[2])
  host.write(ok and "edited\n" or "nil " .. why .. "\n")
end

function commands.mode(host, a)
  assert(host.write_file("new.txt", "x"))
  assert(host.make_folder("new"))
  return host.spawn({ "/bin/sh", "-c", "umask; stat -c '%a %u' " .. table.concat(a, " ", 2) })
end

function commands.env(host) host.write(tostring(host.env.TERM_MARKS) .. " " .. host.lang .. " " .. host.env.X .. "\n") end

function commands.exit(host, a) host.exit(tonumber(a[2] or 0)) end

local function run(host, text)
  local a = words(text)
  local f = commands[a[1]]
  if not f then
    host.write_error("unknown: " .. text .. "\n")
    return 1
  end
  local ok, e = pcall(f, host, a)
  if ok then return e or 0 end
  if type(e) == "string" and e:find("interrupted$") then -- coroutine.wrap puts the place before it
    host.write("^C was raised\n")
    return 130
  end
  host.write_error("error: " .. (type(e) == "table" and e.code .. " " .. e.message or tostring(e)) .. "\n")
  return 1
end

local main = {}

function main.complete(text, cursor)
  local word = text:sub(1, cursor):match("%S*$")
  local list = {}
  for _, c in ipairs({ "Get-NetRoute", "Get-NetRule", "日本語", "ask" }) do
    if word ~= "" and c:lower():sub(1, #word) == word:lower() then list[#list + 1] = c end
  end
  return cursor - #word + 1, list
end

function main.prompt(host)
  host.completer(main.complete)
  host.left(0, host.folder())
  while true do
    local ok, line = pcall(host.readline, "PS " .. host.folder() .. "> ")
    if ok and not line then return 0 end
    if ok and line:sub(-1) == "`" then line = line:sub(1, -2) .. host.readline(">> ", true) end
    if ok and line:match("%S") then
      host.entered(line)
      host.left(run(host, line), host.folder())
    elseif not ok and line ~= "interrupted" then
      error(line, 0)
    end
  end
end

function main.line(host, text) return run(host, text) end

function main.exe(host, path, args)
  host.write(path .. "\n" .. #args .. " " .. table.concat(args, "|") .. "\n" .. host.folder() .. "\n")
  return run(host, table.concat(args, " "))
end

return main
