-- SPDX-License-Identifier: GPL-2.0-or-later
-- Loads every file of commands; each adds its own to the registry.

local modules = {
  "core_objects", "core_select", "core_format", "core_output", "core_files", "core_items", "core_text", "core_data", "core_time",
  "core_session", "core_help", "core_programs",
  "change_views", "firewall", "firewallfilter", "firewallprofile", "hyperv", "nat", "vmswitch", "netip", "adapter", "service",
  "sc", "netsh", "reg", "wsl", "hns", "refused",
  "ipconfig", "route", "arp", "netstat", "ping", "tracert", "nslookup", "machine", "web",
  "vpn", "look_adapter", "look_ip", "look_socket", "look_dns", "look_test",
}

for _, name in ipairs(modules) do require("windows.commands." .. name) end

return modules
