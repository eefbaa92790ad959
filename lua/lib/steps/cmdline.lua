-- SPDX-License-Identifier: GPL-2.0-or-later
-- A command line taken apart: statements of pipelines of words, as bash, PowerShell and cmd part them. What is inside quotes and
-- brackets stays together. It is enough to tell what is run and whose output is left, not to run it.

local lpeg = require("lpeg")

local P, R, S, V, C, Cc, Cg, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.V, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Ct

local cmdline = {}

local function piece(kind, text)
  return Ct(Cg(Cc(kind), "kind") * Cg(text, "text"))
end

-- escape: the character before which the next one loses its meaning; single: are ' quotes; amp: does a lone & part statements.
local dialects = {
  bash = { escape = "\\", single = true, amp = true },
  powershell = { escape = "`", single = true, amp = false },
  cmd = { escape = "^", single = false, amp = true },
}

local function here_strings()
  local eol = P("\r")^-1 * P("\n")
  local function one(quote, kind)
    local stop = eol * P(quote .. "@")
    return P("@" .. quote) * eol * piece(kind, C((1 - stop)^0)) * stop
  end
  return one("'", "string") + one('"', "expands")
end

-- What stands between two brackets, those within it counted.
local function bracketed(open, close, quoted)
  local inside = (quoted + V("nested") + (1 - S(open .. close)))^0
  return P{ "whole", whole = open * C(inside) * close, nested = open * inside * close }
end

local function grammar(d)
  local escaped = P(d.escape) * 1
  local eol = S("\r\n")
  local blank = S(" \t") + P(d.escape) * P("\r")^-1 * "\n"
  local double = P('"') * C((escaped + (1 - P('"')))^0) * '"'
  local single = d.single and P("'") * C((1 - P("'"))^0) * "'" or P(false)
  local here = d.escape == "`" and here_strings() or P(false)
  local separator = S(";\r\n") + P("&&") + P("||") + (d.amp and P("&") - P("&>") or P(false))
  local stop = blank + S(";|<>\r\n(){}") + (d.amp and P("&") or P(false))
  local quote = S('"' .. (d.single and "'" or ""))
  local quoted = double / 0 + single / 0
  local round, curly = bracketed("(", ")", quoted), bracketed("{", "}", quoted)
  local one = here + piece("expands", double) + piece("string", single) + piece("group", round) + piece("block", curly)
    + piece("text", C((escaped + (1 - stop - quote))^1))
  local word = Ct(one^1)
  local duplicate = R("09")^-1 * ">&" * R("09")
  local to_file = Ct(Cg(C((R("09") + S("*&"))^-1), "from") * P(">") * P(">")^-1 * P("|")^-1 * blank^0 * Cg(word, "target"))
  local from_file = Ct(Cg(P("<") * blank^0 * word, "source"))
  local part = duplicate + to_file + from_file + word
  local comment = P("#") * (1 - eol)^0
  local element = Ct((blank^0 * (part - comment))^1) * blank^0
  local pipeline = Ct(element * ("|" * (blank + eol)^0 * element)^0)
  local gap = (blank + separator + comment)^0
  local ended = #(separator + comment) + -1
  return Ct(gap * (pipeline * ended * gap)^0) * -1
end

local grammars = {}

-- Pipelines of elements of words; nil for what can't be told. A word is a list of pieces { kind, text }: "text", "string" (as it stands),
-- "expands" (a quoted text in which variables count), "group" (in round brackets), "block" (in curly ones); or { from, target } for a
-- redirection to a file, or { source } from one.
function cmdline.parse(text, dialect)
  if dialect == "bash" and text:find("<<", 1, true) then return nil end
  grammars[dialect] = grammars[dialect] or grammar(dialects[dialect])
  return grammars[dialect]:match(text)
end

-- What a word of plain and quoted text says; nil where brackets are part of it.
function cmdline.plain(word, dialect)
  local out = {}
  for i, p in ipairs(word) do
    if p.kind == "group" or p.kind == "block" then return nil end
    local escape = dialects[dialect].escape
    out[i] = p.kind == "string" and p.text or (p.text:gsub("%" .. escape .. "(.)", "%1"))
  end
  return table.concat(out)
end

return cmdline
