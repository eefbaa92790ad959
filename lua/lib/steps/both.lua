-- SPDX-License-Identifier: GPL-2.0-or-later
-- What can be asked on both sides: `here` the steps that show it in WSL, `there` the look on Windows.
return {
  name = { here = { "name_looked_up", "named_server_asked" }, there = "name" },
  reach = { here = { "public_pinged", "gateway_pinged" }, there = "reach" },
  address = { here = { "address_seen", "guest_address_seen" }, there = "gateway" },
  routes = { here = { "gateway_seen" }, there = "routes" },
  listening = { here = { "listening_seen" }, there = "listening" },
}
