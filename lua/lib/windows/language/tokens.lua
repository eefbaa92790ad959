-- SPDX-License-Identifier: GPL-2.0-or-later
-- The words of PowerShell's grammar: blanks, names, numbers, operators, text in quotes; and how a parse fails.

local lpeg = require("lpeg")
local P, R, S = lpeg.P, lpeg.R, lpeg.S
local C, Cc, Cg, Cmt, Cp, Cs, Ct = lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cmt, lpeg.Cp, lpeg.Cs, lpeg.Ct

local tokens = {}

local high = R("\128\255")
local alpha = R("az", "AZ") + "_" + high
local alnum = alpha + R("09")
local newline = P("\r")^-1 * "\n"

local block_comment = P("<#") * (1 - P("#>"))^0 * P("#>")
local line_comment = P("#") * (1 - S("\r\n"))^0
local blank = S(" \t\f\v") + P("\194\160") + P("`") * newline + block_comment + (P("\r") * -P("\n"))

tokens.ws = (blank + line_comment)^0
tokens.wsn = (blank + newline + line_comment + P(";") * #P(false))^0
tokens.arg_gap = blank^1 + #(S("({'\"><")) + #(S("123456*") * P(">")) + P(false)
tokens.identifier = alpha * alnum^0
tokens.name = alnum^1

-- A word of any case, not the beginning of a longer one.
function tokens.kw(word)
  local p = P(true)
  for c in word:gmatch(".") do p = p * S(c:lower() .. c:upper()) end
  return p * -(alnum + "-")
end

local function operator(word)
  local p = P("-")
  for c in word:gmatch(".") do p = p * S(c:lower() .. c:upper()) end
  return p * -alnum
end

-- Stops the parse. At the text's end (nothing but blanks follows) more input would mend it: incomplete.
function tokens.fail(id, message, back)
  return Cmt(P(true), function(s, i)
    i = i - (back or 0)
    local at = (tokens.wsn * Cp()):match(s, i)
    error({
      id = id,
      message = type(message) == "function" and message(s, i) or message,
      pos = i,
      stop = math.min(i + 1, #s + 1),
      incomplete = at > #s,
    }, 0)
  end)
end

local word_at = C((1 - S(" \t\r\n;|&(){},"))^1 + P(1))

tokens.unexpected = Cmt(P(true), function(s, i)
  local word = word_at:match(s, i) or ""
  error({ id = "UnexpectedToken", message = "Unexpected token '" .. word .. "' in expression or statement.", pos = i, stop = i + #word }, 0)
end)

-- The operator just before position i, for a message.
function tokens.before(s, i)
  return s:sub(math.max(1, i - 20), i - 1):match("(%S+)%s*$") or ""
end

-- numbers: 5, 1.5, 0x1F, 64KB, 1e3
local digit = R("09")
local unit = S("kKmMgGtTpP") * S("bB")
local plain = digit^1 * (P(".") * digit^1)^-1 * (S("eE") * S("+-")^-1 * digit^1)^-1 + P(".") * digit^1
tokens.number_text = (P("0") * S("xX") * R("09", "af", "AF")^1 + plain) * S("lLdD")^-1 * unit^-1
tokens.number = C(tokens.number_text) * -(alnum + P(".") * digit)

-- $x ${any name} $env:X $_ $? $^ $$
local scoped = alnum^1 * (P(":") * -P(":") * (alnum + "?")^1)^-1
tokens.variable = P("$") * (P("{") * C((1 - S("}\n"))^1) * "}" + C(scoped) + C(S("?^$")))

-- [int] [string[]] [System.Net.IPAddress]
tokens.type_name = P("[") * C(alpha * (alnum + ".")^0 * P("[]")^-1) * "]"
tokens.attribute = P("[") * alpha * alnum^0 * "(" * (1 - S(")\n"))^0 * ")" * "]"

tokens.assign_op = C(P("+=") + "-=" + "*=" + "/=" + "%=" + "=")

local unary = P(false)
for _, w in ipairs({ "not", "bnot", "split", "join" }) do unary = unary + operator(w) end
tokens.unary_op = C(unary + P("++") + P("--") + "!" + (P("-") * -R("az", "AZ")) + "+" + ",")

local words = { "eq", "ne", "gt", "ge", "lt", "le", "like", "notlike", "match", "notmatch", "contains", "notcontains",
  "in", "notin", "replace", "split", "join" }
local binary = P("..")
for _, w in ipairs(words) do binary = binary + operator(w) + operator("i" .. w) + operator("c" .. w) end
for _, w in ipairs({ "and", "or", "xor", "band", "bor", "bxor", "shl", "shr", "is", "isnot", "as", "f" }) do binary = binary + operator(w) end
tokens.binary_op = C(binary + (S("+-*/%") * -P("=")))

-- Does an expression begin here, rather than a command's name?
tokens.expression_start = P("$") * (alnum + S("({?^$")) + P("@") * S("({\"'") + S("'\"({!,") + tokens.number * -(1 - S(" \t\r\n;|)},+-*/%.[=<>]")) +
  P("[") * alpha + (unary) + (P("--") + "++" + "-" + "+") * (S("$(") + digit)

-- text in double quotes: pieces of plain text with escapes, up to a $ or the end
local escapes = { n = "\n", t = "\t", r = "\r", a = "\a", b = "\b", f = "\f", v = "\v", ["0"] = "\0" }
local escape = (P("`") * newline) / "\n" + (P("`") * P(1)) / function(s) return escapes[s:sub(2)] or s:sub(2) end

local function text_node(patt)
  return Ct(Cg(Cp(), "pos") * Cg(Cc("string"), "k") * Cg(patt, "text") * Cg(Cp(), "stop"))
end

-- In a plain string two quotes are one; in a here-string they stay two.
function tokens.expand_text(ending, doubled)
  local quotes = doubled and P('""') / '"' or P(false)
  return text_node(Cs((escape + quotes + (1 - ending - "$" - "`"))^1))
end

function tokens.here_end(mark) return newline * mark end

function tokens.here_body(mark) return C((1 - newline * P(mark))^0) end

-- bare words of a command line
local bare_stop = S(" \t\r\n|;&(){},'\"<>$`")
local bare_escape = P("`") * (1 - S("\r\n")) / function(s) return escapes[s:sub(2)] or s:sub(2) end
tokens.bare_text = text_node(Cs((bare_escape + (1 - bare_stop))^1))
tokens.bare_start = (1 - S(" \t\r\n|;&(){},<>@#")) + P("@") * -(alnum + S("({'\""))
tokens.parameter_name = (R("az", "AZ") + S("_?")) * (1 - bare_stop - ":")^0

-- A command's name: a bare word that opens no bracket.
tokens.command_text = #(1 - S("#]@")) * tokens.bare_text

return tokens
