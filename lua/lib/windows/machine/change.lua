-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the changing commands share: asking for an operation (docs/formats/windows.md) and telling failures in Windows' words.

local object = require("windows.object")
local values = require("windows.language.values")

local change = {}

-- The operation's result; nil and { code, message } where it was refused. Anything else that is raised (Ctrl-C) goes on.
function change.try(ctx, op, args)
  local ok, result = pcall(ctx.world.change, op, args)
  if ok then return result end
  if type(result) ~= "table" or not result.code then error(result, 0) end
  return nil, result
end

-- The part of the model that is Windows'.
function change.windows(ctx) return ctx.world.model().windows end

-- A new list, whatever was given: nil, one value or a list of them. An object of ours is one value; a list that came as JSON
-- carries a mark, which lists of PowerShell's have not.
function change.list(v)
  if v == nil then return {} end
  if type(v) ~= "table" or getmetatable(v) then return { v } end
  return table.move(v, 1, #v, 1, {})
end

-- True, False, NotConfigured: how the firewall cmdlets print a setting, and what the model has for one.
function change.gpo(v)
  if v == true then return "True" elseif v == false then return "False" end
  return v == nil and "NotConfigured" or v
end

local settings = { ["true"] = true, ["false"] = false, notconfigured = "NotConfigured" }

function change.setting(v)
  local known = settings[tostring(v):lower()]
  if known == nil then return v end
  return known
end

-- Does s fit a wildcard pattern (* ? [a-z]), without case?
function change.like(pattern, s)
  return values.like(tostring(s or ""), pattern)
end

function change.has_wildcard(s) return s:find("[%*%?%[]") ~= nil end

-- One of the values fits one of the patterns; no patterns fit everything.
function change.any_like(patterns, value)
  if patterns == nil then return true end
  for _, p in ipairs(change.list(patterns)) do
    if change.like(tostring(p), value) then return true end
  end
  return false
end

-- The error of a CIM query that names what is not there.
function change.not_found(ctx, cmdlet, class, property, value)
  ctx.fail(("No %s objects found with property '%s' equal to '%s'.  Verify the value of the property and retry.")
    :format(class, property, value), { category = "ObjectNotFound", target = value, exception = "CimJobException",
    id = ("CmdletizationQuery_NotFound_%s,%s"):format(property, cmdlet) })
end

-- The error of several criteria together.
function change.no_match(ctx, cmdlet, class)
  ctx.fail(("No matching %s objects found by CIM query for instances of the ROOT/StandardCimv2/%s class on the  CIM server: "
    .. "SELECT * FROM %s.  Verify query parameters and retry."):format(class, class, class),
    { category = "ObjectNotFound", target = class, exception = "CimJobException", id = "CmdletizationQuery_NotFound," .. cmdlet })
end

local categories = {
  NotFound = { "ObjectNotFound", "Windows System Error 1168" }, Exists = { "ResourceExists", "Windows System Error 87" },
  InvalidArgument = { "InvalidArgument", "Windows System Error 87" }, Denied = { "PermissionDenied", "Windows System Error 5" },
  NotSupported = { "NotImplemented", "Windows System Error 50" }, Failed = { "NotSpecified", "HRESULT 0x80070001" },
}

-- The error of a CIM method: err is change.try's; texts replaces the words for a code.
function change.cim_error(ctx, cmdlet, class, err, texts)
  local c = categories[err.code] or categories.Failed
  ctx.fail((texts and texts[err.code]) or err.message or "A general error occurred that is not covered by a more specific error code.",
    { category = c[1], target = class, target_type = "root/standardcimv2/" .. class, exception = "CimException", id = c[2] .. "," .. cmdlet })
end

-- Calls f with each object a command works on: those given as a parameter's value, else those piped in. What is no object at
-- all is refused as PowerShell refuses it; plain: names will do too.
function change.each(ctx, given, f, plain)
  local function one(o)
    if object.is(o) or (plain and type(o) ~= "table") then return f(o) end
    ctx.fail("The input object cannot be bound to any parameters for the command either because the command does not take pipeline input "
      .. "or the input and its properties do not match any of the parameters that take pipeline input.",
      { category = "InvalidArgument", target = o, exception = "ParameterBindingException", id = "InputObjectNotBound" })
  end
  if given ~= nil then
    for _, o in ipairs(change.list(given)) do one(o) end
    return
  end
  for o in ctx.input do one(o) end
end

local question = '[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is "Y"): '

local function prompt(ctx, message)
  ctx.shell:flush()
  ctx.shell:write("\nConfirm\nAre you sure you want to perform this action?\n" .. message .. "\n")
  while true do
    local answer = ctx.shell:ask(question)
    if answer == nil then
      ctx.shell:write("\n")
      ctx.throw("Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        { category = "InvalidOperation", exception = "PSInvalidOperationException", id = "InvalidOperation" })
    end
    local a = answer:lower():sub(1, 1)
    if a == "" or a == "y" or a == "a" or a == "n" or a == "l" then return a == "" and "y" or a end
    ctx.shell:write("Y - Continue with only the next step of the operation.\nA - Continue with all the steps of the operation.\n"
      .. "N - Skip this operation and proceed with the next operation.\nL - Skip this operation and all subsequent operations.\n")
  end
end

-- A function that asks whether something may be done, for commands that ask unless -Confirm:$false says not to; `quiet` ones
-- ask only with -Confirm. What was answered for all counts for the rest of the pipeline.
function change.asker(ctx, args, quiet)
  return function(message)
    if args.WhatIf then
      ctx.shell:flush()
      ctx.shell:write("What if: " .. message .. "\n")
      return false
    end
    if args.Confirm == false or (quiet and args.Confirm ~= true) or ctx.answered == "a" then return true end
    if ctx.answered == "l" then return false end
    ctx.answered = prompt(ctx, message)
    return ctx.answered == "y" or ctx.answered == "a"
  end
end

return change
