-- SPDX-License-Identifier: GPL-2.0-or-later
-- Invoke-WebRequest, over the curl of the machine run on the lab's Windows.

local object = require("windows.object")
local registry = require("windows.registry")

-- curl's exit status, in the words of .NET's web requests; %s is the host.
local failures = {
  [6] = "The remote name could not be resolved: '%s'", [7] = "Unable to connect to the remote server", [28] = "The operation has timed out.",
  [35] = "The underlying connection was closed: An unexpected error occurred on a send.",
  [52] = "The underlying connection was closed: The connection was closed unexpectedly.",
  [56] = "The underlying connection was closed: An unexpected error occurred on a receive.",
  [60] = "The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.",
}

local function fail(ctx, text)
  ctx.throw(text, { category = "InvalidOperation", exception = "WebException",
    id = "WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeWebRequestCommand" })
end

-- Lines of curl -i: the last answer's status, headers and body. Answers before it are redirections.
local function parse(lines)
  local at, r = 1, nil
  while lines[at] and lines[at]:find("^HTTP/%S+ %d+") do
    local code, text = lines[at]:match("^HTTP/%S+ (%d+) ?(.-)\r?$")
    r = { code = tonumber(code), text = text, headers = {} }
    at = at + 1
    while lines[at] and lines[at]:find("^%S") do
      local name, value = lines[at]:match("^([^:]+):%s*(.-)\r?$")
      if name then r.headers[#r.headers + 1] = { name, value } end
      at = at + 1
    end
    at = at + 1
  end
  if r then r.body = table.concat(lines, "\n", math.min(at, #lines + 1)) end
  return r
end

local function fetch(ctx, args, url)
  local argv = { "curl", "-s", "-i", "-L", "--proto", "=http,https", "--max-time", tostring(args.TimeoutSec or 0), "--url", url }
  if (args.Method or "Get"):lower() == "head" then argv[#argv + 1] = "--head" end
  local lines = {}
  local status = ctx.world.spawn(argv, "", function(line) lines[#lines + 1] = line end)
  if not status then fail(ctx, "netdojo: curl is not installed on this machine, and this command needs it") end
  if status ~= 0 then
    local host = url:match("^%a+://%[?([^/:%]]+)") or url
    fail(ctx, (failures[status] or "The request was aborted: curl's status is " .. status .. "."):format(host))
  end
  local r = parse(lines)
  if not r then fail(ctx, "The server committed a protocol violation. Section=ResponseStatusLine") end
  if r.code >= 400 then fail(ctx, ("The remote server returned an error: (%d) %s."):format(r.code, r.text)) end
  return r
end

registry.add {
  name = "Invoke-WebRequest", kind = "cmdlet", aliases = { "iwr", "wget" }, effect = "reads",
  parameters = { { name = "Uri", type = "string", position = 1, mandatory = true }, { name = "UseBasicParsing", type = "switch" },
    { name = "Method", type = "enum", values = { "Get", "Head" } }, { name = "TimeoutSec", type = "int" }, { name = "OutFile", type = "string" } },
  synopsis = { en = "Fetches a URL", ja = "URL を取りに行く" }, about = "a real request, by the host's own curl on the lab's Windows",
  lacks = "-Body, -Headers and other methods; forms, links and parsed HTML; the alias curl, which is curl.exe here",
  run = function(ctx, args)
    local url = args.Uri:find("^%a+://") and args.Uri or "http://" .. args.Uri
    local r = fetch(ctx, args, url)
    if args.OutFile then
      local ok, why = ctx.world.write_file(require("windows.machine.paths").full(ctx.shell, args.OutFile), r.body, false)
      if not ok then fail(ctx, why or "Access is denied.") end
      return
    end
    local values = require("windows.language.values")
    local headers = values.hash()
    for _, h in ipairs(r.headers) do values.hash_set(headers, h[1], h[2]) end
    ctx.emit(object.new("Microsoft.PowerShell.Commands.BasicHtmlWebResponseObject", { { "StatusCode", r.code }, { "StatusDescription", r.text },
      { "Content", r.body }, { "Headers", headers }, { "RawContentLength", #r.body } }))
  end,
}
