-- SPDX-License-Identifier: GPL-2.0-or-later
-- A PC whose WSL is mirrored, with a page of WSL's on port 3000: for tests of the healthy lab.
return scenario {
  api = 1, id = "mirrored-lab", layer = "L2", mode = "mirrored", level = 1,
  title = { en = "A whole PC", ja = "正常な PC" },
  ticket = { en = "Nothing is wrong.", ja = "異常はありません。" },
  topology = function()
    return wsl2.mirrored {
      services = { { name = "page", node = "wsl", kind = "http", listens = { { proto = "tcp", address = "0.0.0.0", port = 3000 } },
        config = { default = "page", sites = { page = { ["/"] = { status = 200, type = "text/html", body = "a page of WSL's\n" } } } } } },
    }
  end,
  fault = function(lab) lab:node("wsl"):remove_route("default") end,
  symptoms = { probe.ping { name = "public-ping", node = "wsl", address = "8.8.8.8", timeout = 0.3 } },
  controls = { probe.http { name = "page", node = "wsl", url = "http://127.0.0.1:3000/" } },
  truth = { { layer = "L2", cause = "no-default-route", at = "wsl" } },
  steps = { step.mended { points = 100 } },
  solution = { "sudo ip route add default via {{p.router}} dev eth0" },
}
