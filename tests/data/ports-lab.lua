-- SPDX-License-Identifier: GPL-2.0-or-later
-- A PC in NAT mode whose WSL has one port space with Windows all the same, so that what arbitrates it is tested by itself.
local function share(model)
  model.windows.wsl.localhostForwarding = false -- its relays would have WSL's ports on Windows
  for _, node in ipairs(model.nodes) do
    if node.name == "wsl" then
      node.port_space = {
        with = "windows", window = { 40960, 45055 }, ignored = { 7000 }, dynamic = { 60000, 60003 },
        never = { { proto = "udp", port = 68 }, { proto = "tcp", port = 5357 } },
      }
    end
  end
  return model
end

local function page(name, node, port)
  return { name = name, node = node, kind = "http", optional = node == "windows", listens = { { proto = "tcp", address = "0.0.0.0", port = port } },
    config = { default = "page", sites = { page = { ["/"] = { status = 200, type = "text/html", body = name .. "\n" } } } } }
end

return scenario {
  api = 1, id = "ports-lab", layer = "L2", mode = "nat", level = 1,
  title = { en = "One port space", ja = "共有されたポート" },
  ticket = { en = "Nothing is wrong.", ja = "異常はありません。" },
  topology = function()
    return share(wsl2.nat { services = { page("page", "wsl", 3000), page("site", "windows", 3001) } })
  end,
  fault = function(lab) lab:node("wsl"):remove_route("default") end,
  symptoms = { probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 } },
  controls = { probe.http { name = "page", node = "wsl", url = "http://127.0.0.1:3000/" } },
  truth = { { layer = "L2", cause = "no-default-route", at = "wsl" } },
  steps = { step.mended { points = 100 } },
  solution = { "sudo ip route add default via {{p.gateway}}" },
}
