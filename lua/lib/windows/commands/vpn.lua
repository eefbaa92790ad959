-- SPDX-License-Identifier: GPL-2.0-or-later
-- VPN connections and the name resolution policy they bring: rasdial, Get-VpnConnection, Get-DnsClientNrptRule.

local change = require("windows.machine.change")
local choose = require("windows.machine.choose")
local object = require("windows.object")
local registry = require("windows.registry")

local function connections(ctx) return change.windows(ctx).vpn or {} end

-- ---- rasdial ------------------------------------------------------------------------------------------------------------

local usage = {
  "USAGE:", "        rasdial entryname [username [password|*]] [/DOMAIN:domain]", "                [/PHONE:phonenumber] [/CALLBACK:callbacknumber]",
  "                [/PHONEBOOK:phonebookfile] [/PREFIXSUFFIX]", "", "        rasdial [entryname] /DISCONNECT", "", "        rasdial", "",
  "        Please refer to our privacy statement at ", "        'https://go.microsoft.com/fwlink/?LinkId=521839' ",
}

local function say(ctx, lines)
  for _, line in ipairs(lines) do ctx.emit(line) end
end

local function done(ctx)
  ctx.emit("Command completed successfully.")
  return 0
end

local function failed(ctx, err)
  local number = tonumber(err.message:match("^Remote Access error (%d+)")) or 1
  ctx.emit("")
  ctx.emit(err.message)
  if number ~= 1 then
    ctx.emit("")
    ctx.emit("For more help on this error:")
    ctx.emit(("\tType 'hh netcfg.chm'"))
    ctx.emit(("\tIn help, click Troubleshooting, then Error Messages, then %d"):format(number))
  end
  return number
end

local function list(ctx)
  local up = {}
  for _, c in ipairs(connections(ctx)) do
    if c.ConnectionStatus == "Connected" then up[#up + 1] = c.Name end
  end
  ctx.emit(#up > 0 and "Connected to" or "No connections")
  say(ctx, up)
  return done(ctx)
end

local function connect(ctx, name)
  local args = { Name = name }
  for _, c in ipairs(connections(ctx)) do
    if c.Name:lower() == name:lower() and c.ConnectionStatus == "Connected" then
      ctx.emit("You are already connected to " .. c.Name .. ".")
      return done(ctx)
    end
  end
  ctx.emit("Connecting to " .. name .. "...")
  local _, err = change.try(ctx, "vpn.connect", args)
  if err then return failed(ctx, err) end
  ctx.emit("Verifying username and password...")
  ctx.emit("Registering your computer on the network...")
  ctx.emit("Successfully connected to " .. name .. ".")
  return done(ctx)
end

local function disconnect(ctx, name)
  local any
  for _, c in ipairs(connections(ctx)) do any = any or c.ConnectionStatus == "Connected" end
  if not name and not any then
    ctx.emit("No connections")
    return done(ctx)
  end
  local _, err = change.try(ctx, "vpn.disconnect", { Name = name })
  if err then return failed(ctx, err) end
  return done(ctx)
end

local switches = { "disconnect", "domain", "phone", "callback", "phonebook", "prefixsuffix" }

-- The switch a word means, which may be its beginning: /d is /disconnect.
local function switch_of(word)
  word = word:match("^[^:]+") or ""
  for _, s in ipairs(word ~= "" and switches or {}) do
    if s:sub(1, #word) == word then return s end
  end
end

registry.add {
  name = "rasdial", kind = "program", effect = "changes",
  synopsis = { en = "Connects and disconnects a VPN", ja = "VPN をつなぐ、切る" },
  options = { "/disconnect" }, usage = "[entryname] [/disconnect]",
  about = "the VPN of the lab: adapter, routes, DNS and filters come and go", lacks = "phone books, user names and passwords, dialling",
  run = function(ctx, args)
    local name, off
    for _, a in ipairs(args) do
      local option = (a:match("^[/-](.*)$") or ""):lower()
      local switch = switch_of(option)
      if switch == "disconnect" then
        off = true
      elseif not switch and a:find("^[/-]") then
        say(ctx, usage)
        return option:find("^[?h]") and 0 or 1
      elseif not switch then
        name = name or a
      end
    end
    if off then return disconnect(ctx, name) end
    return name and connect(ctx, name) or list(ctx)
  end,
}

-- ---- cmdlets ------------------------------------------------------------------------------------------------------------

local function connection_object(c)
  return object.new("VpnConnection", {
    { "Name", c.Name }, { "ServerAddress", c.ServerAddress }, { "AllUserConnection", false }, { "TunnelType", c.TunnelType },
    { "AuthenticationMethod", { "Eap" } }, { "EncryptionLevel", "Optional" }, { "L2tpIPsecAuth", "" }, { "UseWinlogonCredential", false },
    { "ConnectionStatus", c.ConnectionStatus }, { "RememberCredential", true }, { "SplitTunneling", c.SplitTunneling },
    { "DnsSuffix", c.DnsSuffix }, { "IdleDisconnectSeconds", 0 },
  })
end

registry.add {
  name = "Get-VpnConnection", kind = "cmdlet", effect = "reads",
  parameters = { { name = "Name", type = "string[]", position = 1, wildcard = true }, { name = "AllUserConnection", type = "switch" } },
  synopsis = { en = "The VPN connections of this PC", ja = "この PC の VPN 接続" },
  about = "the model's connection, whichever client's it is: real third-party clients without a plug-in of Windows' are not listed there",
  lacks = "authentication, encryption and triggers are Windows' defaults",
  run = function(ctx, args)
    local found, wanted = {}, change.list(args.Name)
    for _, c in ipairs(args.AllUserConnection and {} or connections(ctx)) do
      if change.any_like(args.Name, c.Name) then
        ctx.emit(connection_object(c))
        found[c.Name:lower()] = true
      end
    end
    for _, w in ipairs(wanted) do
      if not change.has_wildcard(w) and not found[w:lower()] then
        ctx.fail(("VPN connection %s was not found. : The system could not find the phone book entry for this connection. "):format(w),
          { category = "ObjectNotFound", target = w, exception = "CimException", id = "VPN 623,Get-VpnConnection" })
      end
    end
  end,
}

local function rule_object(r)
  return object.new("DnsClientNrptRule", {
    { "Name", r.Name }, { "Version", 2 }, { "Namespace", { table.unpack(r.Namespace) } }, { "IPsecCARestriction", "" },
    { "DirectAccessDnsServers", "" },
    { "DirectAccessEnabled", false }, { "DirectAccessProxyType", "" }, { "DirectAccessProxyName", "" }, { "DirectAccessQueryIPsecEncryption", "" },
    { "DirectAccessQueryIPsecRequired", "" }, { "NameServers", { table.unpack(r.NameServers) } }, { "DnsSecEnabled", false },
    { "DnsSecQueryIPsecEncryption", "" },
    { "DnsSecQueryIPsecRequired", "" }, { "DnsSecValidationRequired", "" }, { "NameEncoding", "Disable" }, { "DisplayName", "" }, { "Comment", "" },
  })
end

registry.add {
  name = "Get-DnsClientNrptRule", kind = "cmdlet", effect = "reads",
  parameters = { { name = "Name", type = "string[]", position = 1, wildcard = true } },
  synopsis = { en = "Which names are asked of which servers", ja = "名前ごとに問い合わせ先を決める規則" },
  about = "the rules a VPN brought; ping, Resolve-DnsName and WSL's DNS tunnel follow them, nslookup and the ICS proxy don't, as on Windows",
  lacks = "group policy, DirectAccess, DNSSEC",
  run = function(ctx, args)
    local objects = {}
    for _, r in ipairs((change.windows(ctx).dns or {}).Nrpt or {}) do objects[#objects + 1] = rule_object(r) end
    choose.emit(ctx, { cmdlet = "Get-DnsClientNrptRule", class = "MSFT_DNSClientNrptRule", criteria = { { name = "Name" } } }, args, objects)
  end,
}
