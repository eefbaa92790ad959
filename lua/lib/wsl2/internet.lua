-- SPDX-License-Identifier: GPL-2.0-or-later
-- The internet of a lab: the two public resolvers, the sites people try first, and a site with a large file.

local internet = {}

-- The names that exist, with their addresses.
function internet.records(p, more)
  local records = {
    ["google.com"] = { A = { p.google }, AAAA = { "2a00:1450:4007:80c::200e" } },
    ["www.google.com"] = { A = { p.google } },
    ["github.com"] = { A = { p.github } },
    ["www.github.com"] = { CNAME = "github.com" },
    ["dns.google"] = { A = { "8.8.8.8" } },
    ["one.one.one.one"] = { A = { "1.1.1.1" } },
    ["downloads.example.com"] = { A = { p.downloads } },
    [p.site] = { A = { p.site_address } },
  }
  for name, r in pairs(more or {}) do records[name] = r end
  return records
end

local function page(title)
  return { ["/"] = {
    status = 200,
    type = "text/html",
    body = "<!doctype html><title>" .. title .. "</title><h1>" .. title .. "</h1>\n",
  } }
end

local function sites(p)
  local downloads = page("downloads.example.com")
  downloads["/large.bin"] = { size = 20000000 }
  return {
    ["google.com"] = page("Google"),
    ["www.google.com"] = page("Google"),
    ["github.com"] = page("GitHub"),
    ["downloads.example.com"] = downloads,
    [p.site] = page(p.site),
    -- who names only the address gets that address's site
    [p.google] = page("Google"),
    [p.github] = page("GitHub"),
    [p.site_address] = page(p.site),
  }
end

local function listens(protos, addresses, ports)
  local out = {}
  for _, a in ipairs(addresses) do
    for _, port in ipairs(ports) do
      for _, proto in ipairs(protos) do out[#out + 1] = { proto = proto, address = a, port = port } end
    end
  end
  return out
end

function internet.services(p, more)
  local hosts = { p.google, p.github, p.downloads, p.site_address }
  return {
    { name = "internet-dns", node = "internet", kind = "dns",
      listens = listens({ "udp", "tcp" }, { "8.8.8.8", "1.1.1.1" }, { 53 }),
      config = { records = internet.records(p, more) } },
    { name = "web", node = "internet", kind = "http",
      listens = listens({ "tcp" }, hosts, { 80, 443 }),
      config = { sites = sites(p), default = "downloads.example.com" } },
    { name = "echo", node = "internet", kind = "echo",
      listens = listens({ "tcp" }, { p.downloads }, { 7 }) },
  }
end

function internet.addresses(p)
  local out = {}
  for _, a in ipairs({ "8.8.8.8", "1.1.1.1", p.google, p.github, p.downloads, p.site_address }) do
    out[#out + 1] = { cidr = a .. "/32" }
  end
  return out
end

return internet
