-- SPDX-License-Identifier: GPL-2.0-or-later
-- `probe.KIND { ... }`: named questions to a node. The constructors only describe; runner.lua asks.
--
-- Kinds the node's agent runs: ping, lookup, resolve, connect, http, pmtu, run, file (engine/port/proc.h).
-- Kinds that read the node's live state: link, address, route, rule, neighbour, ruleset, sockets, sysctl (engine/port/build.h).

local strict = require("strict")

local probes = {}

-- What every probe has, besides its kind's own keys.
local common = {
  name = "id!", node = "string!", title = "text", timeout = "number", expect = "any",
}

-- Own keys of each kind; the names are those the agent knows.
local kinds = {
  ping = { address = "any!", count = "integer", size = "integer", df = "boolean" },
  lookup = { host = "any!", family = "integer" },
  resolve = { host = "any!", type = "string", server = "any!", port = "integer", tcp = "boolean" },
  connect = { host = "any", address = "any", port = "any!" },
  http = { url = "any!", max_bytes = "integer" },
  pmtu = { address = "any!", low = "integer", high = "integer" },
  run = { argv = "list!", user = "string", stdin = "string" },
  file = { path = "string!" },
}

-- Reads: what of build.h's read_what, and the field that is its argument.
local reads = {
  link = { what = "links" }, address = { what = "links" }, route = { what = "routes" }, rule = { what = "rules" },
  neighbour = { what = "neighs" }, ruleset = { what = "ruleset" }, sockets = { what = "sockets" },
  sysctl = { what = "sysctl", arg = "key" },
}

local titles = {
  ping = { en = "%s answers ping from %s", ja = "%s が %s からの ping に答える" },
  lookup = { en = "the name %s resolves on %s", ja = "名前 %s を %s で解決できる" },
  resolve = { en = "%s is answered by the named server on %s", ja = "%s を指定サーバーが答える（%s から）" },
  connect = { en = "a TCP connection to %s opens from %s", ja = "%s への TCP 接続が %s から開く" },
  http = { en = "%s is fetched from %s", ja = "%s を %s から取得できる" },
  pmtu = { en = "full-size packets reach %s from %s", ja = "最大サイズのパケットが %s に届く（%s から）" },
  run = { en = "%s succeeds on %s", ja = "%s が %s で成功する" },
  file = { en = "%s is as it should be on %s", ja = "%s が %s であるべき内容である" },
}

local subject_keys = { "address", "host", "url", "path", "key" }

local made = setmetatable({}, { __mode = "k" })

function probes.is(v)
  return made[v] ~= nil
end

local function subject(t, p)
  for _, k in ipairs(subject_keys) do
    local v = t[k]
    if type(v) == "function" then v = v(p) end
    if v ~= nil then return tostring(v) end
  end
  return t.argv and tostring(t.argv[1]) or t.kind
end

-- What a probe shows people where its author gave no title.
function probes.title(t, p)
  if t.title then return require("text").both(require("text").fill(t.title, p)) end
  local forms = titles[t.kind] or { en = "%s is as it should be on %s", ja = "%s が %s で正しい" }
  local what = require("text").fill(subject(t, p), p)
  return { en = forms.en:format(what, t.node), ja = forms.ja:format(what, t.node) }
end

-- Seconds an answer may take where the author does not say: a symptom waits so long for what will not come; what should pass
-- waits only where something is amiss, or the machine is busy.
local patience = { symptoms = 1.0, controls = 3.0, fixed = 3.0 }

-- The request to the lab a probe of that set stands for; values may be functions of the parameters or hold {{p.name}}.
function probes.request(t, p, set)
  local fill = require("text").fill
  local function value(v)
    if type(v) == "function" then v = v(p) end
    return fill(v, p)
  end
  local read = reads[t.kind]
  if read then
    return { ["do"] = "node.read", node = t.node, what = read.what, arg = read.arg and value(t[read.arg]) or "" }
  end
  local args = { timeout = t.timeout or math.max(patience[set], t.kind == "pmtu" and 2.0 or 0) }
  for k in pairs(kinds[t.kind]) do args[k == "host" and "name" or k] = value(t[k]) end
  return { ["do"] = "node.probe", node = t.node, kind = t.kind, args = args }
end

-- A value holds the expected one: tables by the keys the expectation names.
local function matches(value, want)
  if type(want) ~= "table" then return value == want end
  if type(value) ~= "table" then return false end
  for k, v in pairs(want) do
    if not matches(value[k], v) then return false end
  end
  return true
end

-- Did the answer meet the expectation? Without one: the agent's own ok, or for a read anything at all.
function probes.judge(t, answer, p)
  local value = answer
  if reads[t.kind] and answer.value ~= nil then value = answer.value end
  if t.expect == nil then return reads[t.kind] ~= nil or answer.ok == true end
  if type(t.expect) == "function" then return t.expect(value, p) and true or false end
  return matches(value, t.expect)
end

local function constructor(kind, own)
  local rules = {}
  for k, rule in pairs(common) do rules[k] = rule end
  for k, rule in pairs(own) do rules[k] = rule end
  local schema = strict.schema("probe." .. kind, rules)
  return function(t)
    strict.check(schema, t, "probe." .. kind)
    local out = { kind = kind }
    for k, v in pairs(t) do out[k] = v end
    made[out] = true
    return out
  end
end

local public = {}
for kind, own in pairs(kinds) do public[kind] = constructor(kind, own) end
for kind, r in pairs(reads) do public[kind] = constructor(kind, r.arg and { [r.arg] = "any!" } or {}) end
probes.kinds = public
probes.public = strict.readonly(public, "probe")

return probes
