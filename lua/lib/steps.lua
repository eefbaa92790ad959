-- SPDX-License-Identifier: GPL-2.0-or-later
-- `step.NAME { points = n }`: what earns points, and by what evidence.
--
-- A step's test is a pure function of the log: it returns a truth value, the seqs that show it, and where it can be lost
-- in several ways the reason. What counts is what the kernel saw (a program started, a packet, a change, a probe) or a command whose recorded output
-- holds the live value. No mend is recognised by its command.

local strict = require("strict")

local steps = {}

local made = setmetatable({}, { __mode = "k" })

function steps.is(v)
  return made[v] == true
end

local tests = {}

for _, part in ipairs({ "guest", "windows", "paths", "config", "diagnose", "outcome" }) do
  for name, test in pairs(require("steps." .. part)) do tests[name] = test end
end

-- What an author writes --------------------------------------------------------------------------------------------

-- name, group, recorders needed, own options, title en, title ja, why it was not earned en, ja
local table_of_steps = {
  { "address_seen", "observe", { "exec" }, {}, "Looked at the interface and its address", "インターフェースとアドレスを確認した",
    "Nothing shows that eth0 was looked at", "eth0 を確認した記録がない" },
  { "gateway_seen", "observe", { "exec" }, {}, "Looked at the routes", "経路表（デフォルトゲートウェイ）を確認した",
    "Nothing shows that the routes were looked at", "経路表を確認した記録がない" },
  { "gateway_pinged", "observe", { "packets", "exec" }, {}, "Tried the gateway", "ゲートウェイに届くか試した",
    "Nothing shows that the gateway was tried", "ゲートウェイを試した記録がない" },
  { "public_pinged", "observe", { "packets", "exec" }, {}, "Tried an outside address without a name",
    "外部の IP アドレスを直接試した",
    "No outside address was tried directly before mending", "直す前に外部の IP アドレスを直接試していない" },
  { "name_looked_up", "observe", { "packets", "exec" }, {}, "Tried a name", "名前解決を試した",
    "No name was looked up", "名前解決を試していない" },
  { "resolv_conf_read", "observe", {}, {}, "Saw which nameserver is asked", "どの nameserver に聞くのかを確認した",
    "No output shows the nameserver in use", "使われている nameserver が表示された記録がない" },
  { "config_seen", "observe", {}, { line = "string!" }, "Read WSL's configuration", "WSL の設定ファイルを読んだ",
    "No output shows the line of the configuration file", "設定ファイルの該当行が表示された記録がない" },
  { "file_seen", "observe", { "exec" }, { path = "string!" }, "Looked at the file itself", "ファイルそのものを確認した",
    "Nothing shows that the file was looked at", "そのファイルを確認した記録がない" },
  { "guest_address_seen", "observe", { "exec" }, {}, "Saw WSL's present address", "WSL の今のアドレスを確認した",
    "Nothing shows WSL's present address", "WSL の今のアドレスが表示された記録がない" },
  { "portproxy_seen", "observe", {}, { port = "any", connect = "string" }, "Looked at Windows' port proxy",
    "Windows のポートプロキシを確認した",
    "No output shows the port proxy's rule", "ポートプロキシの規則が表示された記録がない" },
  { "firewall_seen", "observe", {}, {}, "Looked at Windows Firewall", "Windows ファイアウォールを確認した",
    "Nothing shows that Windows Firewall was looked at", "Windows ファイアウォールを確認した記録がない" },
  { "windows_routes_seen", "observe", {}, { text = "string" }, "Looked at Windows' routes", "Windows の経路表を確認した",
    "No output shows Windows' routes", "Windows の経路表が表示された記録がない" },
  { "hyperv_seen", "observe", {}, { text = "string" }, "Looked at the Hyper-V firewall", "Hyper-V ファイアウォールを確認した",
    "No output shows the Hyper-V firewall's settings", "Hyper-V ファイアウォールの設定が表示された記録がない" },
  { "sysctl_seen", "observe", { "exec" }, { key = "string!" }, "Read the kernel's setting", "カーネルの設定値を確認した",
    "Nothing shows that the setting was read", "その設定値を確認した記録がない" },
  { "listening_seen", "observe", { "exec" }, { port = "any", node = "wsl|windows" }, "Checked what listens", "待ち受けを確認した",
    "Nothing shows that listening sockets were looked at", "待ち受けを確認した記録がない" },
  { "vpn_seen", "observe", {}, {}, "Looked at the VPN on Windows' side", "Windows 側の VPN を確認した",
    "No output shows the VPN's adapter, routes or connection", "VPN のアダプターや経路、接続が表示された記録がない" },
  { "size_tried", "observe", { "exec" }, {}, "Tried how large a packet may be", "どの大きさのパケットまで通るか試した",
    "Nothing shows that packets of a chosen size were tried", "大きさを決めたパケットを試した記録がない" },
  { "filters_seen", "observe", { "exec" }, { table = "string" }, "Looked at the guest's filters",
    "ゲスト側のフィルタを確認した",
    "Nothing shows that the filters were looked at", "フィルタを確認した記録がない" },
  { "named_server_asked", "observe", { "packets" }, {}, "Asked another server the same question",
    "別の DNS サーバーに同じ質問をした",
    "No other server was asked", "別のサーバーには聞いていない" },
  { "looked_first", "observe", { "exec", "changes" }, { least = "integer" }, "Looked before changing anything",
    "変更する前に観察した",
    "Something was changed before enough had been looked at", "十分に観察する前に変更した" },
  { "layer_named", "diagnose", {}, {}, "Named the layer", "レイヤーを特定した",
    "The layer was not named, was wrong, or was guessed at", "レイヤーの診断がない、誤り、または当てずっぽう" },
  { "cause_named", "diagnose", {}, {}, "Named the cause", "原因を特定した",
    "The cause was not named, was wrong, or was guessed at", "原因の診断がない、誤り、または当てずっぽう" },
  { "mended", "mend", {}, {}, "Mended it, and nothing else broke", "直し、ほかを壊さなかった",
    "Something still fails, or fails now", "まだ失敗しているか、新たに失敗している" },
  { "verified", "verify", { "packets" }, { by = "list" }, "Proved it after mending", "直した後に確かめた",
    "Nothing came back after the last change to prove it", "最後の変更の後に確かめた記録がない" },
  { "published", "verify", { "windows:packets" }, { port = "any" }, "Proved it from another machine after mending",
    "直した後に別の機器から確かめた",
    "No other machine got through after the last change to prove it", "最後の変更の後に別の機器から確かめた記録がない" },
  { "care", "care", { "changes" }, { allow = "list" }, "Touched only what had to be touched", "必要なところだけを変更した",
    "Something was changed that had nothing to do with the fault", "障害と関係のないものを変更した" },
}

local function constructor(row)
  local name, group, needs, own = row[1], row[2], row[3], row[4]
  local rules = { points = "integer!", id = "id", title = "text", group = "observe|diagnose|mend|verify|care" }
  for k, rule in pairs(own) do rules[k] = rule end
  local schema = strict.schema("step." .. name, rules)
  return function(t)
    strict.check(schema, t, "step." .. name)
    if t.points < 0 or t.points > 100 then strict.fail("points", "step.%s: points must be from 0 to 100", name) end
    local out = {
      id = t.id or name:gsub("_", "-"), name = name, group = t.group or group, points = t.points, needs = needs,
      title = t.title or { en = row[5], ja = row[6] }, lacking = { en = row[7], ja = row[8] },
      test = tests[name], options = t,
    }
    made[out] = true
    return out
  end
end

-- step.custom { id, group, points, title, test = function(ev) return ok, seqs end }: for what no named step says.
local custom_schema = strict.schema("step.custom", {
  id = "id!", group = "observe|diagnose|mend|verify|care!", points = "integer!", title = "text!", test = "function!",
  needs = "list",
})

local function custom(t)
  strict.check(custom_schema, t, "step.custom")
  local out = { id = t.id, name = "custom", group = t.group, points = t.points, title = t.title, needs = t.needs or {},
    lacking = { en = "The log does not show it", ja = "記録に見当たらない" }, test = t.test, options = t }
  made[out] = true
  return out
end

local public = { custom = custom }
for _, row in ipairs(table_of_steps) do public[row[1]] = constructor(row) end
steps.kinds = public
steps.public = strict.readonly(public, "step")

return steps
