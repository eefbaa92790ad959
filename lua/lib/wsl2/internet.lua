-- SPDX-License-Identifier: GPL-2.0-or-later
-- The internet of a lab: the two public resolvers, the sites people try first, and a site with a large file.

local internet = {}

local DNS6 = { "2001:4860:4860::8888", "2606:4700:4700::1111" }

-- The names that have IPv6, where the lab has it.
local function six(records, p)
  records["www.google.com"].AAAA = { p.google6 }
  records["dns.google"].AAAA, records["one.one.one.one"].AAAA = { DNS6[1] }, { DNS6[2] }
  records["downloads.example.com"].AAAA, records[p.site].AAAA = { p.downloads6 }, { p.site_address6 }
end

-- The names that exist, with their addresses. v6: the lab has IPv6.
function internet.records(p, more, v6)
  local records = {
    ["google.com"] = { A = { p.google }, AAAA = { p.google6 } },
    ["www.google.com"] = { A = { p.google } },
    ["github.com"] = { A = { p.github } },
    ["www.github.com"] = { CNAME = "github.com" },
    ["dns.google"] = { A = { "8.8.8.8" } },
    ["one.one.one.one"] = { A = { "1.1.1.1" } },
    ["downloads.example.com"] = { A = { p.downloads } },
    [p.site] = { A = { p.site_address } },
  }
  if v6 then six(records, p) end
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
    ["[" .. p.google6 .. "]"] = page("Google"),
    ["[" .. p.site_address6 .. "]"] = page(p.site),
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

function internet.services(p, more, v6)
  local hosts, resolvers, far = { p.google, p.github, p.downloads, p.site_address }, { "8.8.8.8", "1.1.1.1" }, { p.downloads }
  for _, a in ipairs(v6 and { p.google6, p.downloads6, p.site_address6 } or {}) do hosts[#hosts + 1] = a end
  for _, a in ipairs(v6 and DNS6 or {}) do resolvers[#resolvers + 1] = a end
  if v6 then far[2] = p.downloads6 end
  return {
    { name = "internet-dns", node = "internet", kind = "dns",
      listens = listens({ "udp", "tcp" }, resolvers, { 53 }),
      config = { records = internet.records(p, more, v6), recursive = true } },
    { name = "web", node = "internet", kind = "http",
      listens = listens({ "tcp" }, hosts, { 80, 443 }),
      config = { sites = sites(p), default = "downloads.example.com" } },
    { name = "echo", node = "internet", kind = "echo",
      listens = listens({ "tcp" }, far, { 7 }) },
  }
end

function internet.addresses(p, v6)
  local out = {}
  for _, a in ipairs({ "8.8.8.8", "1.1.1.1", p.google, p.github, p.downloads, p.site_address }) do
    out[#out + 1] = { cidr = a .. "/32" }
  end
  for _, a in ipairs(v6 and { DNS6[1], DNS6[2], p.google6, p.downloads6, p.site_address6 } or {}) do
    out[#out + 1] = { cidr = a .. "/128", nodad = true }
  end
  return out
end

return internet
