-- SPDX-License-Identifier: GPL-2.0-or-later
-- JSON and CSV.

local json = require("windows.format.json")
local object = require("windows.object")
local paths = require("windows.machine.paths")
local registry = require("windows.registry")
local values = require("windows.language.values")

local function gather(ctx, args)
  local all = {}
  for _, v in ipairs(values.list(args.InputObject)) do all[#all + 1] = v end
  for v in ctx.input do all[#all + 1] = v end
  return all
end

registry.add {
  name = "ConvertTo-Json", kind = "cmdlet", effect = "language", lacks = "", about = "laid out as 5.1 does",
  synopsis = { en = "Turns objects into JSON.", ja = "オブジェクトを JSON にします。" },
  parameters = { { name = "InputObject", type = "any", position = 1 }, { name = "Depth", type = "int" }, { name = "Compress", type = "switch" } },
  run = function(ctx, args)
    local all = gather(ctx, args)
    local v = #all == 1 and not (values.is_list(args.InputObject) and not ctx.piped) and all[1] or all
    ctx.emit(json.write(v, math.min(args.Depth or 2, 100), args.Compress))
  end,
}

registry.add {
  name = "ConvertFrom-Json", kind = "cmdlet", effect = "language", lacks = "", about = "a grammar of JSON",
  synopsis = { en = "Reads JSON.", ja = "JSON を読み取ります。" }, parameters = { { name = "InputObject", type = "string", position = 1 } },
  run = function(ctx, args)
    local parts = {}
    for i, v in ipairs(gather(ctx, args)) do parts[i] = values.text(v) end
    local v, why = json.read(table.concat(parts, "\n"))
    if v == nil then
      ctx.throw(why, { category = "NotSpecified", id = "System.ArgumentException,Microsoft.PowerShell.Commands.ConvertFromJsonCommand",
        exception = "ArgumentException" })
    end
    ctx.emit(values.real(v))
  end,
}

local function field(v) return '"' .. values.text(v):gsub('"', '""') .. '"' end

local function to_csv(ctx, all, args)
  local delimiter = args.Delimiter or ","
  local names, out = nil, {}
  for _, v in ipairs(all) do
    if not names then
      names = values.names(v)
      if not args.NoTypeInformation then out[#out + 1] = "#TYPE " .. values.type_name(v) end
      local head = {}
      for i, n in ipairs(names) do head[i] = field(n) end
      out[#out + 1] = table.concat(head, delimiter)
    end
    local row = {}
    for i, n in ipairs(names) do
      local x = values.property(v, n)
      row[i] = x == nil and "" or field(x)
    end
    out[#out + 1] = table.concat(row, delimiter)
  end
  return out, ctx
end

local csv = { { name = "InputObject", type = "object" }, { name = "Delimiter", type = "string" }, { name = "NoTypeInformation", type = "switch",
  aliases = { "nti" } } }

registry.add {
  name = "ConvertTo-Csv", kind = "cmdlet", effect = "language", lacks = "-UseCulture", about = "text only",
  synopsis = { en = "Turns objects into CSV.", ja = "オブジェクトを CSV にします。" }, parameters = csv,
  run = function(ctx, args)
    for _, l in ipairs((to_csv(ctx, gather(ctx, args), args))) do ctx.emit(l) end
  end,
}

registry.add {
  name = "Export-Csv", kind = "cmdlet", aliases = { "epcsv" }, effect = "changes", lacks = "-Append, -Encoding", about = "writes a file of the Windows node",
  synopsis = { en = "Writes objects to a CSV file.", ja = "オブジェクトを CSV ファイルに書きます。" },
  parameters = { { name = "Path", type = "string", position = 1, mandatory = true }, { name = "Encoding", type = "string" }, table.unpack(csv) },
  run = function(ctx, args)
    local full = paths.full(ctx.shell, args.Path)
    local text = table.concat((to_csv(ctx, gather(ctx, args), args)), "\n") .. "\n"
    if not ctx.should("Export-Csv", full) then return end
    local ok, why = ctx.world.write_file(full, text, false)
    if not ok then ctx.fail(why or "Could not write the file.", { category = "OpenError", id = "FileOpenFailure", exception = "IOException" }) end
  end,
}

-- One line of CSV as a list of fields.
local lpeg = require("lpeg")
local function fields_of(delimiter)
  local d = lpeg.P(delimiter)
  local q = lpeg.P('"') * lpeg.Cs((lpeg.P('""') / '"' + (1 - lpeg.P('"')))^0) * '"'
  local f = q + lpeg.C((1 - d)^0)
  return lpeg.Ct(f * (d * f)^0)
end

local function from_csv(ctx, lines, delimiter)
  local grammar, head = fields_of(delimiter), nil
  for _, l in ipairs(lines) do
    if l:find("%S") and l:sub(1, 5) ~= "#TYPE" then
      local row = grammar:match(l)
      if head then
        local o = object.new("System.Management.Automation.PSCustomObject")
        for i, n in ipairs(head) do object.set(o, n, row[i]) end
        ctx.emit(o)
      end
      head = head or row
    end
  end
end

registry.add {
  name = "ConvertFrom-Csv", kind = "cmdlet", effect = "language", lacks = "-Header, fields over several lines", about = "text only",
  synopsis = { en = "Reads CSV.", ja = "CSV を読み取ります。" },
  parameters = { { name = "InputObject", type = "string[]", position = 1 }, { name = "Delimiter", type = "string" } },
  run = function(ctx, args)
    local lines = {}
    for _, v in ipairs(gather(ctx, args)) do
      for _, l in ipairs(paths.lines(values.text(v))) do lines[#lines + 1] = l end
    end
    from_csv(ctx, lines, args.Delimiter and args.Delimiter ~= "" and args.Delimiter or ",")
  end,
}

registry.add {
  name = "Import-Csv", kind = "cmdlet", aliases = { "ipcsv" }, effect = "reads", lacks = "-Header, fields over several lines",
  about = "files of the Windows node",
  synopsis = { en = "Reads a CSV file.", ja = "CSV ファイルを読み取ります。" },
  parameters = { { name = "Path", type = "string", position = 1, mandatory = true }, { name = "Delimiter", type = "string" } },
  run = function(ctx, args)
    local full = paths.full(ctx.shell, args.Path)
    local text, why = ctx.world.read_file(full)
    if not text then
      return ctx.fail(why or ("Could not find file '%s'."):format(full), { category = "OpenError", id = "FileOpenFailure",
        exception = "FileNotFoundException" })
    end
    from_csv(ctx, paths.lines(paths.decode(text)), args.Delimiter and args.Delimiter ~= "" and args.Delimiter or ",")
  end,
}
