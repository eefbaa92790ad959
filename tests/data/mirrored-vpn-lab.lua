-- SPDX-License-Identifier: GPL-2.0-or-later
-- A PC with a VPN client, whose WSL is mirrored: for tests of the healthy lab.
return scenario {
  api = 1, id = "mirrored-vpn-lab", layer = "L2", mode = "mirrored", level = 1,
  title = { en = "A whole PC", ja = "正常な PC" }, ticket = { en = "Nothing is wrong.", ja = "異常はありません。" },
  topology = function() return wsl2.mirrored { vpn = { connected = false } } end,
  fault = function(lab) lab:node("wsl"):remove_route("default") end,
  symptoms = { probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 } },
  controls = {}, truth = { { layer = "L2", cause = "no-default-route", at = "wsl" } },
  steps = { step.mended { points = 100 } }, solution = { "sudo ip route add default via {{p.router}} dev eth0" },
}
