-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh interface portproxy: add, set, delete, show, reset, dump.

local change = require("windows.machine.change")
local ip = require("windows.machine.ip")

local types = { "v4tov4", "v4tov6", "v6tov4", "v6tov6" }
local incorrect = "The parameter is incorrect."

local function family(type, side) return type:match(side == "listen" and "^v(%d)" or "(%d)$") end

local services = { http = 80, https = 443, ssh = 22, telnet = 23, smtp = 25, domain = 53, ftp = 21, pop3 = 110, imap = 143, ["ms-wbt-server"] = 3389 }

local function port(word)
  local n = math.tointeger(tonumber(word)) or services[(word or ""):lower()]
  return n and n >= 1 and n <= 65535 and n or nil
end

-- An address of the family, a host name, or all ("" and "*"). nil: neither.
local function address(word, want)
  if word == nil or word == "" or word == "*" then return "" end
  local is = ip.family(word)
  if is then return (is == "inet") == (want == "4") and word or nil end
  return word:match("^[%w][%w%.%-]*$") and not word:match("^[%d%.]+$") and word or nil
end

local function failed(ctx, err)
  ctx.emit(err.code == "NotFound" and "The system cannot find the file specified." or err.code == "Denied" and "Access is denied."
    or err.code == "InvalidArgument" and incorrect or err.message or incorrect)
  ctx.emit("")
  return 1
end

local function ask(ctx, op, args)
  local _, err = change.try(ctx, op, args)
  if err then return failed(ctx, err) end
  ctx.emit("")
end

local function wrong(ctx)
  ctx.emit(incorrect)
  ctx.emit("")
  return 1
end

local function listen_of(type, v)
  local p, a = port(v.listenport), address(v.listenaddress, family(type, "listen"))
  if not p or not a or (v.protocol and v.protocol:lower() ~= "tcp") then return nil end
  return { type = type, listenaddress = a, listenport = p }
end

local function put(op, type)
  return function(ctx, v)
    local t = listen_of(type, v)
    local to = address(v.connectaddress, family(type, "connect"))
    local to_port = v.connectport == nil and t and t.listenport or port(v.connectport)
    if not t or not to or to == "" or not to_port then return wrong(ctx) end
    t.connectaddress, t.connectport = to, to_port
    return ask(ctx, op, t)
  end
end

local function usage(verb, type, connects)
  local l, c = "IPv" .. family(type, "listen"), "IPv" .. family(type, "connect")
  local out = { ("Usage: %s %s [listenport=]<integer>|<servicename>"):format(verb, type) }
  if connects then
    out[#out + 1] = ("             [connectaddress=]<%s address>|<hostname>"):format(c)
    out[#out + 1] = "            [[connectport=]<integer>|<servicename>]"
  end
  out[#out + 1] = ("            [[listenaddress=]<%s address>|<hostname>]"):format(l)
  out[#out + 1] = "            [[protocol=]tcp]"
  for _, line in ipairs { "", "Parameters:", "", "       Tag              Value", "       listenport     - " .. l .. " port on which to listen." } do
    out[#out + 1] = line
  end
  if connects then
    out[#out + 1] = "       connectaddress - " .. c .. " address to which to connect."
    out[#out + 1] = "       connectport    - " .. c .. " port to which to connect."
  end
  out[#out + 1] = "       listenaddress  - " .. l .. " address on which to listen."
  out[#out + 1] = "       protocol       - Protocol to use.  Currently only TCP is supported."
  return out
end

local function verb(name, help, make)
  local node = { name = name, help = help, verb = true }
  for _, type in ipairs(types) do node[#node + 1] = make(type) end
  return node
end

local function connecting(name, op, text)
  return function(type)
    return { name = type, help = text:format(family(type, "listen"), family(type, "connect")), usage = usage(name, type, true),
      tags = { "listenport", "connectaddress", "connectport", "listenaddress", "protocol" }, need = { "listenport", "connectaddress" },
      run = put(op, type) }
  end
end

local function delete(type)
  return { name = type, help = ("Deletes an entry to listen on for IPv%s and proxy connect to via IPv%s.")
    :format(family(type, "listen"), family(type, "connect")), usage = usage("delete", type, false),
    tags = { "listenport", "listenaddress", "protocol" }, need = { "listenport" },
    run = function(ctx, v)
      local t = listen_of(type, v)
      if not t then return wrong(ctx) end
      return ask(ctx, "portproxy.delete", t)
    end }
end

local function star(a) return (a == nil or a == "") and "*" or a end

local function show(ctx, type, list)
  local some = false
  for _, p in ipairs(list) do
    if p.type == type then
      if not some then
        ctx.emit("")
        ctx.emit(("Listen on ipv%s:             Connect to ipv%s:"):format(family(type, "listen"), family(type, "connect")))
        ctx.emit("")
        ctx.emit("Address         Port        Address         Port")
        ctx.emit("--------------- ----------  --------------- ----------")
      end
      some = true
      ctx.emit(("%-15s %-10d  %-15s %d"):format(star(p.listenaddress), p.listenport, star(p.connectaddress), p.connectport))
    end
  end
  return some
end

local function shows(wanted)
  return function(ctx)
    local list = change.windows(ctx).portproxy
    for _, type in ipairs(wanted) do show(ctx, type, list) end
    ctx.emit("")
  end
end

local show_node = { name = "show", help = "Displays information.", verb = true,
  { name = "all", help = "Shows all port proxy parameters.", tags = {}, run = shows(types) } }
for _, type in ipairs(types) do
  show_node[#show_node + 1] = { name = type, tags = {}, run = shows { type },
    help = ("Shows parameters for proxying IPv%s connections to IPv%s."):format(family(type, "listen"), family(type, "connect")) }
end

local function dump(ctx)
  local bar = "# ========================"
  for _, line in ipairs { "", "", bar, "# Port Proxy configuration", bar, "pushd interface portproxy", "", "reset" } do ctx.emit(line) end
  for _, p in ipairs(change.windows(ctx).portproxy) do
    local from = (p.listenaddress or "") ~= "" and " listenaddress=" .. p.listenaddress or ""
    ctx.emit(("set %s listenport=%d%s connectaddress=%s connectport=%d"):format(p.type, p.listenport, from, star(p.connectaddress), p.connectport))
  end
  for _, line in ipairs { "", "popd", "", "# End of Port Proxy configuration", "" } do ctx.emit(line) end
end

return { name = "portproxy", help = "Changes to the `netsh interface portproxy' context.",
  verb("add", "Adds a configuration entry to a table.",
    connecting("add", "portproxy.add", "Adds an entry to listen on for IPv%s and proxy connect to via IPv%s.")),
  verb("delete", "Deletes a configuration entry from a table.", delete),
  { name = "dump", help = "Displays a configuration script.", tags = {}, run = dump },
  { name = "reset", help = "Resets portproxy configuration state.", tags = {}, run = function(ctx) return ask(ctx, "portproxy.reset", { type = "" }) end },
  verb("set", "Sets configuration information.",
    connecting("set", "portproxy.set", "Updates an entry to listen on for IPv%s and proxy connect to via IPv%s.")),
  show_node,
}
