-- SPDX-License-Identifier: GPL-2.0-or-later
-- The company behind a VPN: the VPN's server on the internet, and behind it the company's network with its DNS, its intranet and
-- its git server.
--
--   internet --wan-- vpngw --corp-- corp
--                      :
--                    (vpn, while connected: windows)

local addr = require("addr")
local ip = require("wsl2.ip")
local state = require("wsl2.state")

local corp = { domain = "corp.example", tunnel = "tun0" }

-- The addresses of the company's machines in a network ("10.20.30.0/24"), as parameters are called.
function corp.addresses(network)
  local base, prefix = ip.split(ip.network(network))
  local first = addr.number(base)
  local function host(n) return addr.text(first + n) end
  return { corp_network = base .. "/" .. prefix, corp_gateway = host(1), corp_web = host(10), corp_git = host(20), corp_dns = host(53) }
end

corp.public = corp.addresses

local function prefix_of(p) return p.corp_network:match("/%d+$") end

-- The VPN's server: a way into the company for its clients, and out to the internet. p.vpn_pool: the clients' addresses.
local function gateway(p)
  return {
    name = "vpngw", role = "other", hostname = "vpngw", user = "root",
    ifaces = {
      { name = "eth0", label = "VPN server", kind = "veth", segment = "wan", mac = "52:54:00:cb:71:03", up = true,
        addresses = { { cidr = p.vpn_server .. "/24" } } },
      { name = "eth1", label = "Company", kind = "veth", segment = "corp", mac = "52:54:00:0a:14:01", up = true,
        addresses = { { cidr = p.corp_gateway .. prefix_of(p) } } },
    },
    routes = core.array({ { dst = "default", via = p.wan_gateway, dev = "eth0", protocol = "static" } }),
    sysctls = core.array({ { name = "net.ipv4.ip_forward", value = "1" }, { name = "net.ipv4.icmp_ratemask", value = "0" } }),
    files = core.array({ { path = "/etc/hostname", content = "vpngw\n" } }),
  }
end

local function server(p)
  local cidrs = {}
  for i, a in ipairs({ p.corp_dns, p.corp_web, p.corp_git }) do cidrs[i] = { cidr = a .. prefix_of(p) } end
  return {
    name = "corp", role = "other", hostname = "corp", user = "root",
    ifaces = { { name = "eth0", label = "Company servers", kind = "veth", segment = "corp", mac = "52:54:00:0a:14:02", up = true,
      addresses = cidrs } },
    routes = { { dst = "default", via = p.corp_gateway, dev = "eth0", protocol = "static" } },
    sysctls = { { name = "net.ipv4.icmp_ratemask", value = "0" } },
    files = { { path = "/etc/hostname", content = "corp\n" },
      { path = "/etc/resolv.conf", content = "nameserver " .. p.corp_dns .. "\nsearch " .. corp.domain .. "\n" } },
  }
end

-- The rules of the server: clients speak with the address they were given, nobody outside begins a conversation, and, where
-- the company's firewall does so, no message that a packet was too big gets to who sent it.
-- swallows: { clients = those to the VPN's clients are lost, servers = those to the company's machines }.
function corp.ruleset(p, swallows)
  local too_big = "icmp type destination-unreachable icmp code frag-needed drop\n"
  local out = { "table ip vpn {\n\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat; policy accept;\n",
    ('\t\tip saddr { %s, %s } oifname "eth0" masquerade\n\t}\n'):format(p.vpn_address, p.corp_network),
    "\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;\n",
    ('\t\tiifname "%s" ip saddr != %s drop\n'):format(corp.tunnel, p.vpn_address),
    '\t\tiifname "eth0" ct state new drop\n' }
  local lost = (swallows.clients and ('\t\toifname "%s" '):format(corp.tunnel) .. too_big or "")
    .. (swallows.servers and '\t\toifname "eth1" ' .. too_big or "")
  out[#out + 1] = lost .. "\t}\n"
  if lost ~= "" then
    out[#out + 1] = "\tchain output {\n\t\ttype filter hook output priority filter; policy accept;\n" .. lost .. "\t}\n"
  end
  out[#out + 1] = "}\n"
  return table.concat(out)
end

-- A repository of several MB that nothing compresses, made once a node; git's own server gives it out.
local repository = [[
set -e
export GIT_AUTHOR_NAME=build GIT_AUTHOR_EMAIL=build@corp.example GIT_AUTHOR_DATE='1700000000 +0000' HOME=/root
export GIT_COMMITTER_NAME=build GIT_COMMITTER_EMAIL=build@corp.example GIT_COMMITTER_DATE='1700000000 +0000'
r=/srv/git/big.git
if [ ! -d $r ]; then
  git init -q --bare -b main $r.new
  cd $r.new
  git config core.compression 0
  blob=$(head -c 6291456 /dev/zero | openssl enc -aes-128-ctr -K "$1" -iv 00000000000000000000000000000000 2>/dev/null |
    git hash-object -w --stdin)
  tree=$(printf '100644 blob %s\tassets.bin\n' "$blob" | git mktree)
  git update-ref refs/heads/main "$(git commit-tree -m 'Add the assets' "$tree")"
  mv $r.new $r
fi
exec git daemon --reuseaddr --export-all --base-path=/srv/git --listen="$2"
]]

-- 32 hex digits that follow from the seed.
local function key(p)
  local h, out = 0xcbf29ce484222325, {}
  for round = 1, 2 do
    for c in (p.seed .. round):gmatch(".") do h = (h ~ c:byte()) * 0x100000001b3 end
    out[round] = ("%016x"):format(h)
  end
  return table.concat(out)
end

local function page(title)
  return { ["/"] = { status = 200, type = "text/html", body = "<!doctype html><title>" .. title .. "</title><h1>" .. title .. "</h1>\n" } }
end

local function services(p, git)
  local d = corp.domain
  local site = page("Intranet")
  site["/large.bin"] = { size = 8000000 }
  local function dns(proto) return { proto = proto, address = p.corp_dns, port = 53 } end
  local out = {
    { name = "corp-dns", node = "corp", kind = "dns", listens = { dns("udp"), dns("tcp") },
      config = { upstream = { "8.8.8.8" }, records = {
        ["intranet." .. d] = { A = { p.corp_web } }, ["git." .. d] = { A = { p.corp_git } }, ["ns." .. d] = { A = { p.corp_dns } },
      } } },
    { name = "corp-web", node = "corp", kind = "http",
      listens = { { proto = "tcp", address = p.corp_web, port = 80 }, { proto = "tcp", address = p.corp_web, port = 443 } },
      config = { sites = { ["intranet." .. d] = site, [p.corp_web] = site }, default = "intranet." .. d } },
  }
  if git then
    out[#out + 1] = { name = "corp-git", node = "corp", kind = "program",
      config = { argv = { "/bin/sh", "-c", repository, "sh", key(p), p.corp_git }, ready = { tcp = 9418 } } }
  end
  return out
end

-- Puts the company into a model whose segment `wan` is there. git: its git server, too.
function corp.add(model, p, git)
  table.insert(model.nodes, gateway(p))
  table.insert(model.nodes, server(p))
  table.insert(model.segments, { name = "corp", label = "Company network", cidr = p.corp_network })
  for _, s in ipairs(services(p, git)) do table.insert(model.services, s) end
  local dns = state.service(model, "internet-dns")
  dns.config.records["vpn." .. corp.domain] = { A = { p.vpn_server } }
  -- who answers for the company outside knows its VPN alone; a name of its network does not exist there
  state.node(model, "vpngw").ruleset = corp.ruleset(p, {})
end

return corp
