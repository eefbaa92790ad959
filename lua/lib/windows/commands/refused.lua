-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a Windows user may well type here and a lab can't do: each says so in one line, and fails.

local registry = require("windows.registry")

local text = {
  en = "netdojo: %s is not available in this lab%s",
  ja = "netdojo: この演習環境では %s は使えません%s",
}

-- name, kind, a hint in English and Japanese.
local refused = {
  { "shutdown", "program", "; wsl --shutdown stops WSL", "。WSL を止めるには wsl --shutdown" },
  { "Restart-Computer", "cmdlet", "; wsl --shutdown stops WSL", "。WSL を止めるには wsl --shutdown" },
  { "Stop-Computer", "cmdlet", "; wsl --shutdown stops WSL", "。WSL を止めるには wsl --shutdown" },
  { "Remove-HnsNetwork", "cmdlet", "; Restart-Service hns makes WSL's network anew", "。WSL のネットワークを作り直すには Restart-Service hns" },
  { "Set-VMSwitch", "cmdlet", "", "" },
  { "Add-VpnConnection", "cmdlet", "; Get-VpnConnection shows the one there is", "。ある接続は Get-VpnConnection で見られます" },
  { "Set-VpnConnection", "cmdlet", "; rasdial connects and disconnects the one there is", "。ある接続は rasdial でつなぎ、切れます" },
  { "Remove-VpnConnection", "cmdlet", "; rasdial /disconnect ends the connection", "。切断は rasdial /disconnect" },
  { "pktmon", "program", "", "" },
  { "clip", "program", "", "" }, { "explorer", "program", "", "" }, { "Set-Clipboard", "cmdlet", "", "" }, { "Get-Clipboard", "cmdlet", "", "" },
  { "Get-CimInstance", "cmdlet", "", "" }, { "Get-WmiObject", "cmdlet", "", "" }, { "Get-WinEvent", "cmdlet", "", "" },
  { "Get-ItemProperty", "cmdlet", "; reg query shows the values there are", "。値は reg query で見られます" },
  { "dism", "program", "", "" }, { "sfc", "program", "", "" },
}

for _, r in ipairs(refused) do
  local name, kind = r[1], r[2]
  registry.add {
    name = name, kind = kind, effect = "imitated", any_parameter = true,
    parameters = kind == "cmdlet" and { { name = "Rest", type = "any", position = 1, rest = true },
      { name = "Force", type = "switch" }, { name = "InputObject", type = "object[]", pipeline = "value" } } or nil,
    synopsis = { en = "Not available here", ja = "ここでは使えません" }, about = "refused with one line", lacks = "all",
    run = function(ctx)
      local line = (text[ctx.world.lang] or text.en):format(name, ctx.world.lang == "ja" and r[4] or r[3])
      if kind == "program" then
        ctx.emit(line)
        return 1
      end
      ctx.throw(line, { category = "NotImplemented", exception = "NotSupportedException", id = "NotInThisLab" })
    end,
  }
end
