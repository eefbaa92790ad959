-- SPDX-License-Identifier: GPL-2.0-or-later
-- Get-Date, Start-Sleep, Measure-Command, New-TimeSpan.

local members = require("windows.language.members")
local registry = require("windows.registry")
local time = require("windows.format.time")

registry.add {
  name = "Get-Date", kind = "cmdlet", effect = "reads", lacks = "-Year and its like, -DisplayHint", about = "the machine's clock",
  synopsis = { en = "Tells date and time.", ja = "日付と時刻を表示します。" },
  parameters = { { name = "Date", type = "any", position = 1 }, { name = "Format", type = "string" }, { name = "UFormat", type = "string" } },
  run = function(ctx, args)
    local o = args.Date
    if type(o) == "string" then
      o = time.parse(args.Date)
      if not o then
        ctx.throw(('Cannot bind parameter \'Date\'. Cannot convert value "%s" to type "System.DateTime". Error: "String was not recognized as a ' ..
          'valid DateTime."'):format(args.Date), { category = "InvalidArgument", id = "CannotConvertArgumentNoMessage",
          exception = "ParameterBindingException" })
      end
    end
    o = o or time.object(ctx.world, ctx.world.now())
    if args.Format then return ctx.emit(time.format(o, args.Format)) end
    -- A date by itself stands between blank lines.
    if ctx.console then return ctx.emit("\n" .. o.DateTime .. "\n\n") end
    ctx.emit(o)
  end,
}

members.add_static("datetime", { get = { now = function(sh) return time.object(sh.world, sh.world.now()) end,
  today = function(sh) return time.parse(time.format(time.object(sh.world, sh.world.now()), "yyyy-MM-dd")) end } })

registry.add {
  name = "Start-Sleep", kind = "cmdlet", aliases = { "sleep" }, effect = "language", lacks = "", about = "waits; Ctrl-C ends it",
  synopsis = { en = "Waits.", ja = "指定した時間だけ待ちます。" },
  parameters = { { name = "Seconds", type = "any", position = 1 }, { name = "Milliseconds", type = "int", aliases = { "m" } } },
  run = function(ctx, args)
    local seconds = tonumber(args.Seconds) or (args.Milliseconds or 0) / 1000
    if seconds > 0 then ctx.world.sleep(math.min(seconds, 2147483)) end
  end,
}

registry.add {
  name = "Measure-Command", kind = "cmdlet", effect = "language", lacks = "", about = "the monotonic clock around a block",
  synopsis = { en = "Tells how long a script block takes.", ja = "スクリプト ブロックの実行時間を測ります。" },
  parameters = { { name = "Expression", type = "script", position = 1, mandatory = true } },
  run = function(ctx, args)
    local from = ctx.world.clock()
    ctx.call_into(args.Expression, nil, function() end)
    ctx.emit(time.span(ctx.world.clock() - from))
  end,
}

registry.add {
  name = "New-TimeSpan", kind = "cmdlet", effect = "language", lacks = "-Start, -End", about = "arithmetic",
  synopsis = { en = "Makes a length of time.", ja = "時間の長さを作ります。" },
  parameters = { { name = "Days", type = "int" }, { name = "Hours", type = "int" }, { name = "Minutes", type = "int" }, { name = "Seconds", type = "int" } },
  run = function(ctx, args)
    ctx.emit(time.span((args.Days or 0) * 86400 + (args.Hours or 0) * 3600 + (args.Minutes or 0) * 60 + (args.Seconds or 0)))
  end,
}
