-- SPDX-License-Identifier: GPL-2.0-or-later
-- netsh: the contexts of windows/netsh/ under one program.

local advfirewall = require("windows.netsh.advfirewall")
local interface = require("windows.netsh.interface")
local registry = require("windows.registry")
local tree = require("windows.netsh.tree")

local function proxy(ctx)
  for _, line in ipairs { "", "Current WinHTTP proxy settings:", "", "    Direct access (no proxy server).", "" } do ctx.emit(line) end
end

local function no_wlan(ctx)
  ctx.emit("The Wireless AutoConfig Service (wlansvc) is not running.")
  ctx.emit("")
  return 1
end

local root = { name = "netsh", contexts = "advfirewall interface winhttp wlan",
  advfirewall, interface,
  { name = "winhttp", help = "Changes to the `netsh winhttp' context.",
    { name = "show", help = "Displays currently configured settings.", verb = true,
      { name = "proxy", help = "Displays the current proxy setting.", tags = {}, run = proxy } } },
  { name = "wlan", help = "Changes to the `netsh wlan' context.",
    { name = "show", help = "Displays information.", verb = true,
      { name = "interfaces", help = "Shows the wireless LAN interfaces.", rest = true, run = no_wlan },
      { name = "profiles", help = "Shows the profiles.", rest = true, run = no_wlan },
      { name = "networks", help = "Shows the networks.", rest = true, run = no_wlan } } },
}

registry.add {
  name = "netsh", kind = "program", effect = "changes",
  options = { "interface portproxy add|set|delete v4tov4|v4tov6|v6tov4|v6tov6", "interface portproxy show all|v4tov4|...", "interface portproxy reset|dump",
    "interface ipv4|ipv6 show addresses|config|dnsservers|dynamicport|excludedportrange|interfaces|neighbors|route|subinterfaces",
    "interface ipv4|ipv6 add|set|delete address|dnsservers|route", "interface ipv4|ipv6 set interface|subinterface", "interface show|set interface",
    "interface tcp show global", "advfirewall show|set allprofiles|currentprofile|domainprofile|privateprofile|publicprofile", "advfirewall reset",
    "advfirewall firewall add|delete|set|show rule", "winhttp show proxy", "wlan show interfaces" },
  synopsis = { en = "Network settings: portproxy, firewall, interfaces", ja = "ネットワークの設定: portproxy、ファイアウォール、インターフェイス" },
  about = "portproxy is a real listener and relay, rules are nftables, addresses, routes and MTU are the kernel's",
  lacks = "its own prompt, -f, -r, and the contexts http, ipsec, lan, namespace, nlm, p2p, ras, rpc, trace, wfp; portproxy to a host name",
  following = function(words) return tree.following(root, words) end,
  run = function(ctx, words)
    if #words == 0 then
      ctx.emit("netdojo: netsh's own prompt is not available in this lab; type the whole command: netsh interface show interface")
      return 1
    end
    local w = { table.unpack(words) }
    if w[1]:lower() == "-c" and w[2] then
      table.remove(w, 1)
      local context = table.remove(w, 1)
      local at = 1
      for word in context:gmatch("%S+") do
        table.insert(w, at, word)
        at = at + 1
      end
    end
    return tree.run(ctx, root, w) or 0
  end,
}
