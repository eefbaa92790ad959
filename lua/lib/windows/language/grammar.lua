-- SPDX-License-Identifier: GPL-2.0-or-later
-- PowerShell's grammar, as LPeg. grammar.parse(text) gives the tree, or nil and a parse error as PowerShell names it.
--
-- How it stays linear: what begins with an opening bracket, a quote or a keyword is committed to; when its rest is missing
-- the parse stops with an error instead of trying another reading. Where two readings begin alike, one is parsed and what
-- follows decides (`$x` and then `=`: an assignment). Operators come out as one flat chain; tree.lua sorts them by rank.
-- A node is { k = kind, pos =, stop =, ... }.

local lpeg = require("lpeg")
local tokens = require("windows.language.tokens")

local P, R, S, V = lpeg.P, lpeg.R, lpeg.S, lpeg.V
local C, Cc, Cg, Cp, Ct = lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Cp, lpeg.Ct
local ws, wsn, kw, fail, unexpected = tokens.ws, tokens.wsn, tokens.kw, tokens.fail, tokens.unexpected

local grammar = {}

lpeg.setmaxstack(6000)

local function node(kind, patt)
  return Ct(Cg(Cp(), "pos") * Cg(Cc(kind), "k") * patt * Cg(Cp(), "stop"))
end

local function field(name, patt) return Cg(patt, name) end
local function flag(name) return Cg(Cc(true), name) end

local function need(patt, id, text) return patt + fail(id, text) end

local function close(bracket, id, what)
  return P(bracket) + fail(id, "Missing closing '" .. bracket .. "' in " .. what .. ".")
end

local close_paren = close(")", "MissingEndParenthesisInExpression", "expression")
local close_block = close("}", "MissingEndCurlyBrace", "statement block or type definition")

-- After @" the line ends; at the text's end its lines are still to come.
local function here_head(ending)
  return S(" \t")^0 * (P("\r")^-1 * P("\n") + P(-1) * fail("TerminatorExpectedAtEndOfString", "The string is missing the terminator: " .. ending .. ".") +
    fail("UnexpectedCharactersAfterHereStringHeader", "No characters are allowed after a here-string header but before the end of the line."))
end

local open_block = need(P("{"), "MissingStatementBlock", "Missing statement block after keyword.")

local sep = (ws * (S(";\n") + P("\r\n")))^1 * wsn

-- Where a statement or an argument ends.
local stop_char = S(" \t\r\n|;&(){},'\"<>")

local rules = {
  "script",

  script = wsn * V("statements") * wsn * (P(-1) + unexpected),

  statements = node("statements", (V("statement") * (sep * V("statement"))^0 * sep^-1)^-1 * ws),

  statement = V("if") + V("foreach") + V("for") + V("while") + V("do") + V("switch") + V("function") + V("try") +
    V("throw") + V("return") + V("break") + V("continue") + V("exit") + V("param") + V("pipeline"),

  block = node("block", open_block * wsn * V("statements") * wsn * close_block),

  condition = need(P("("), "MissingOpenParenthesis", "Missing '(' after keyword in statement.") * wsn *
    need(V("pipeline"), "MissingCondition", "Missing condition in if statement after 'if ('.") * wsn *
    close(")", "MissingEndParenthesisAfterStatement", "statement condition"),

  ["if"] = node("if", kw("if") * wsn * V("condition") * wsn * V("block") *
    (wsn * kw("elseif") * wsn * V("condition") * wsn * V("block"))^0 *
    (wsn * kw("else") * wsn * field("otherwise", V("block")))^-1),

  foreach = node("foreach", kw("foreach") * ws * P("(") * wsn *
    field("var", need(V("variable"), "MissingVariableNameAfterForeach", "Missing variable name after foreach.")) * wsn *
    need(kw("in"), "MissingInInForeach", "Missing 'in' after variable in foreach loop.") * wsn *
    field("list", need(V("pipeline"), "MissingForeachExpression", "Missing expression after 'in' in foreach loop.")) * wsn * close_paren * wsn *
    field("body", V("block"))),

  ["for"] = node("for", kw("for") * ws * need(P("("), "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword 'for'.") * wsn *
    field("init", V("pipeline"))^-1 * ws * P(";")^-1 * wsn * field("test", V("pipeline"))^-1 * ws * P(";")^-1 * wsn *
    field("step", V("pipeline"))^-1 * wsn * close_paren * wsn * field("body", V("block"))),

  ["while"] = node("while", kw("while") * wsn * field("test", V("condition")) * wsn * field("body", V("block"))),

  ["do"] = node("do", kw("do") * wsn * field("body", V("block")) * wsn *
    need(kw("while") * flag("positive") + kw("until"), "MissingWhileOrUntilInDoWhile",
      "Missing while or until keyword in do loop.") * wsn * field("test", V("condition"))),

  switch = node("switch", kw("switch") * ws * (P("-") * (kw("wildcard") * flag("wildcard") + kw("regex") * flag("regex") +
    kw("casesensitive") * flag("exact") + kw("exact")) * ws)^0 * field("value", V("condition")) * wsn * open_block * wsn *
    (V("case") * (S("; \t\r\n")^1 + P(true)))^0 * close_block),

  case = node("case", (kw("default") * flag("default") + field("test", V("chain_no_comma") + V("bare_word"))) * wsn * field("body", V("block"))),

  ["function"] = node("function", (kw("function") + kw("filter") * flag("filter")) * ws *
    field("name", need(C((1 - stop_char)^1), "MissingNameAfterKeyword", "Missing name after function keyword.")) * wsn *
    (P("(") * V("param_list"))^-1 * wsn * field("body", need(V("script_block"), "MissingFunctionBody", "Missing function body in function declaration."))),

  param = node("param", kw("param") * wsn * P("(") * V("param_list")),
  param_list = field("params", Ct(wsn * (V("param_decl") * (wsn * P(",") * wsn * V("param_decl"))^0)^-1)) * wsn *
    close(")", "MissingEndParenthesisInFunctionParameterList", "function parameter list"),
  param_decl = node("param_decl", (tokens.attribute * wsn)^0 * (field("type", tokens.type_name) * wsn)^-1 * field("var", V("variable")) *
    (wsn * P("=") * wsn * field("default", need(V("chain_no_comma"), "MissingExpressionAfterToken", "Missing expression after '='.")))^-1),

  try = node("try", kw("try") * wsn * field("body", V("block")) *
    (wsn * kw("catch") * wsn * (tokens.type_name / 0 * (wsn * P(",") * wsn * tokens.type_name / 0)^0 * wsn)^0 * field("catch", V("block")))^0 *
    (wsn * kw("finally") * wsn * field("finally", V("block")))^-1),

  throw = node("throw", kw("throw") * (ws * field("value", V("pipeline")))^-1),
  ["return"] = node("return", kw("return") * (ws * field("value", V("pipeline")))^-1),
  ["exit"] = node("exit", kw("exit") * (ws * field("value", V("pipeline")))^-1),
  ["break"] = node("break", kw("break")),
  continue = node("continue", kw("continue")),

  -- a statement that gives values: an assignment, or commands joined by |
  pipeline = node("pipeline", V("first_stage") * (ws * P("|") * -P("|") * V("next_stage"))^0 * V("wrong_join")),
  next_stage = wsn * (-tokens.expression_start * V("command") + #(P(-1) + S("|;)}")) * fail("EmptyPipeElement", "An empty pipe element is not allowed.") +
    fail("ExpressionsMustBeFirstInPipeline", "Expressions are only allowed as the first element of a pipeline.")),
  wrong_join = #(ws * (P("&&") + P("||"))) * ws * fail("InvalidEndOfLine", function(s, i)
      return "The token '" .. s:sub(i, i + 1) .. "' is not a valid statement separator in this version."
    end) +
    #(ws * P("&")) * ws * fail("AmpersandNotAllowed", 'The ampersand (&) character is not allowed. The & operator is reserved for future ' ..
      'use; wrap an ampersand in double quotation marks ("&") to pass it as part of a string.') + P(true),
  first_stage = #tokens.expression_start * V("expression_stage") + V("command") +
    #P("|") * fail("EmptyPipeElement", "An empty pipe element is not allowed."),

  expression_stage = node("expression", field("value", V("chain")) *
    (ws * field("op", tokens.assign_op) * wsn * field("rest", need(V("statement"), "ExpectedValueExpression",
      function(s, i) return "You must provide a value expression following the '" .. tokens.before(s, i) .. "' operator." end)) +
      V("redirections"))),

  -- expressions
  chain = node("chain", V("unary") * (ws * V("binary"))^0),
  chain_no_comma = node("chain", V("unary") * (ws * -P(",") * V("binary"))^0),
  binary = field("comma", P(true)) / 0 * C(P(",")) * wsn * need(V("unary"), "MissingExpressionAfterToken", "Missing expression after ','.") +
    tokens.binary_op * wsn * need(V("unary"), "ExpectedValueExpression", function(s, i)
      return "You must provide a value expression following the '" .. tokens.before(s, i) .. "' operator."
    end),
  unary = node("unary", field("op", tokens.unary_op) * wsn * field("value", need(V("unary"), "MissingExpressionAfterOperator",
      "Missing expression after unary operator."))) +
    node("cast", field("type", tokens.type_name) * -(P("::") + P(".")) * ws * field("value", #tokens.expression_start * V("unary"))) +
    V("postfix"),
  postfix = node("postfix", V("primary") * V("suffix")^0 * (field("incr", C(P("++") + P("--")) * -P("+")))^-1),
  suffix = node("index", P("[") * wsn * need(V("chain"), "MissingArrayIndexExpression", "Array index expression is missing or not valid.") *
      wsn * close("]", "MissingEndSquareBracket", "array index expression")) +
    node("member", (P("::") * flag("static") + P(".") * -S(". \t\r\n")) *
      need(V("member_name"), "MissingPropertyName", "Missing property name after reference operator.") * V("call_args")^-1),
  member_name = field("name", C(tokens.name)) + field("name_expr", V("variable") + V("single") + V("double") + V("paren")),
  call_args = field("args", Ct(P("(") * wsn * (V("chain_no_comma") * (wsn * P(",") * wsn * V("chain_no_comma"))^0)^-1)) * wsn *
    close(")", "MissingEndParenthesisInMethodCall", "method call"),

  primary = V("variable") + V("here_double") + V("here_single") + V("double") + V("single") + V("array") + V("hash") +
    V("subexpr") + V("paren") + V("script_block") + node("number", field("text", tokens.number)) + node("type", field("name", tokens.type_name)),

  variable = node("variable", field("name", tokens.variable)),
  paren = node("paren", P("(") * wsn * need(V("statement"), "ExpectedExpression", "An expression was expected after '('.") * wsn * close_paren),
  subexpr = node("subexpr", P("$(") * wsn * V("statements") * wsn * close(")", "MissingEndParenthesisInSubexpression", "subexpression")),
  array = node("array", P("@(") * wsn * V("statements") * wsn * close_paren),
  hash = node("hash", P("@{") * wsn * (V("pair") * (sep * V("pair"))^0)^-1 * wsn *
    close("}", "IncompleteHashLiteral", "hash literal")),
  pair = node("pair", field("key", V("pair_key")) * ws *
    need(P("="), "MissingEqualsInHashLiteral", "Missing '=' operator after key in hash literal.") * wsn *
    field("value", need(V("statement"), "MissingStatementInHashLiteral", "Missing statement after '=' in hash literal."))),
  pair_key = #(S("$'\"(") + R("09")) * V("unary") + node("string", field("text", C(tokens.name))),

  script_block = node("script_block", P("{") * field("from", Cp()) * wsn * (V("param_head") * (sep + wsn))^-1 *
    (field("named", Ct((V("named_block") * wsn)^1)) + field("body", V("statements"))) * wsn * field("to", Cp()) * close_block),
  param_head = kw("param") * wsn * P("(") * V("param_list"),
  named_block = Ct(field("name", C(kw("begin") + kw("process") + kw("end"))) * ws * #P("{") * field("body", V("block"))),

  -- strings
  single = node("string", S("'") * field("text", lpeg.Cs((P("''") / "'" + (1 - P("'")))^0)) *
    (P("'") + fail("TerminatorExpectedAtEndOfString", "The string is missing the terminator: '."))),
  double = node("expand", P('"') * (tokens.expand_text(P('"'), true) + V("interpolated"))^0 *
    (P('"') + fail("TerminatorExpectedAtEndOfString", 'The string is missing the terminator: ".'))),
  interpolated = V("subexpr") + V("variable") + node("string", field("text", C(P("$")))),
  here_single = node("string", P("@'") * here_head("'@") * (P("'@") * field("text", Cc("")) + field("text", tokens.here_body("'@")) *
    (P("\r")^-1 * P("\n") * P("'@") + fail("TerminatorExpectedAtEndOfString", "The string is missing the terminator: '@.")))),
  here_double = node("expand", P('@"') * here_head('"@') *
    (P('"@') + (tokens.expand_text(tokens.here_end('"@')) + -tokens.here_end('"@') * V("interpolated"))^0 *
    (tokens.here_end('"@') + fail("TerminatorExpectedAtEndOfString", 'The string is missing the terminator: "@.')))),

  -- commands
  command = node("command", (V("call_operator") + field("name", V("command_name"))) *
    V("arguments")),
  call_operator = field("call", C(S("&.")) * -S(".&=\\/")) * ws * field("name", need(V("arg_single"), "MissingExpression",
    "Missing expression after '&' in pipeline element.")),
  command_name = node("composite", tokens.command_text),
  arguments = (tokens.arg_gap * (V("redirection") + V("verbatim") + V("parameter") + V("arg_list")))^0,
  verbatim = node("verbatim", P("--%") * field("text", C((1 - S("|\r\n"))^0))),
  parameter = node("parameter", P("-") * field("name", C(tokens.parameter_name)) *
    (P(":") * flag("colon") * ws * field("value", V("arg_list"))^-1)^-1),
  arg_list = node("arg_list", V("arg_single") * (ws * P(",") * wsn * need(V("arg_single"), "MissingArgument", "Missing argument in parameter list."))^0),
  arg_single = V("script_block") + node("splat", P("@") * field("name", C(tokens.identifier))) +
    V("arg_value") + V("bare_word"),
  arg_value = node("composite", node("postfix", (V("here_double") + V("here_single") + V("array") + V("hash") + V("subexpr") +
      V("paren") + V("double") + V("single")) * V("suffix")^0)) +
    node("composite", node("postfix", V("variable") * V("suffix")^0) * V("bare_piece")^0),
  bare_word = node("composite", flag("bare") * #tokens.bare_start * V("bare_piece")^1),
  bare_piece = tokens.bare_text + V("double") + V("single") + V("subexpr") + V("variable") + node("string", field("text", C(P("$")))),

  redirections = V("redirection_spaced")^0,
  redirection_spaced = ws * V("redirection"),
  redirection = node("redirection", field("from", C(S("123456*"))^-1) * (P(">&") * field("merge", C(S("12"))) +
    field("mode", C(P(">>") + P(">"))) * ws * field("target", need(V("arg_single"), "MissingFileSpecification",
      "Missing file specification after redirection operator.")))) +
    P("<") * fail("RedirectionNotSupported", "The '<' operator is reserved for future use.", 1),
}

local compiled = P(rules)

local function stack_error(e)
  local text = tostring(e)
  return text:find("stack overflow", 1, true) or text:find("too many", 1, true) or text:find("too deep", 1, true) or
    text:find("not enough memory", 1, true)
end

-- text -> tree; or nil, { id, message, pos, stop, incomplete }.
function grammar.parse(text)
  if #text > 256 * 1024 then
    return nil, { id = "ScriptTooLong", message = "The script is too long.", pos = 1, stop = 2 }
  end
  local ok, tree = pcall(compiled.match, compiled, text)
  if ok and tree then return tree end
  if type(tree) == "table" and tree.id then return nil, tree end
  if not ok and stack_error(tree) then
    return nil, { id = "ScriptTooComplicated", message = "The script is nested too deeply.", pos = 1, stop = 2 }
  end
  if not ok then error(tree, 0) end
  return nil, { id = "UnexpectedToken", message = "Unexpected token in expression or statement.", pos = 1, stop = 2 }
end

return grammar
