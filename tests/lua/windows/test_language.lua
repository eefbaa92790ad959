-- SPDX-License-Identifier: GPL-2.0-or-later
-- luacheck: no max line length
-- The language: what an expression or a statement gives, as one line of text for each value.

local ps = require("harness")

-- line, what it writes (lines joined by |)
local gives = {
  -- numbers and strings
  { "1 + 2 * 3", "7" }, { "(1 + 2) * 3", "9" }, { "7 / 2", "3.5" }, { "6 / 2", "3" }, { "7 % 3", "1" }, { "-7 % 3", "-1" }, { "2 - -1", "3" },
  { "1KB", "1024" }, { "1.5KB", "1536" }, { "0x1F", "31" }, { "1e3", "1000" }, { "0.1 + 0.2", "0.3" }, { "10 / 4 * 2", "5" },
  { "'it''s'", "it's" }, { '"a`tb"', "a\tb" }, { '"a""b"', 'a"b' }, { '$x = 5; "v=$x $($x + 1) ${x}!"', "v=5 6 5!" },
  { "$o = [pscustomobject]@{a=1}; \"$($o.a) $o.a\"", "1 @{a=1}.a" }, { "'$x'", "$x" }, { '"`$x"', "$x" }, { '"a" + 1', "a1" }, { '"5" + 5', "55" },
  { '5 + "5"', "10" }, { '"ab" * 3', "ababab" }, { '@"\na $(1+1) "b"\n"@', 'a 2 "b"' }, { "@'\na $x\nb\n'@", "a $x|b" }, { "@'\n'@ -eq ''", "True" },
  { '"{0}-{1:N2}|{2,5}|{3:X}|{4:D3}" -f "a", 3.14159, "x", 255, 7', "a-3.14|    x|FF|007" },
  -- arrays, ranges, hashtables
  { "1..3", "1|2|3" }, { "3..1", "3|2|1" }, { "@(1,2).Count", "2" }, { "@().Count", "0" }, { "(1,2,3)[-1]", "3" }, { "(1,2,3)[0,2]", "1|3" },
  { "(1..5)[1..2]", "2|3" }, { "$a = 1,2; $a += 3; \"$a\"", "1 2 3" }, { "(1,2) + 3", "1|2|3" }, { "$a = @{b=1; 'c d'=2}; $a.b; $a['c d']; $a.Count", "1|2|2" },
  { "$h = @{}; $h.x = 5; $h['y'] = 6; $h.x + $h.y", "11" }, { "@{a=1}.ContainsKey('A')", "True" }, { "$a,$b = 1,2; $b; $a", "2|1" },
  { "$a,$b = 1,2,3; \"$b\"", "2 3" }, { "$x = 1; $x++; ++$x; $x", "3" }, { "$x = 5; $x -= 2; $x *= 4; $x", "12" }, { ",1 | % { $_ }", "1" },
  { "$a = 1,2,3; $a[1] = 9; \"$a\"", "1 9 3" }, { "$a = [pscustomobject]@{n=1}; $a.n = 2; $a.n", "2" }, { "(@{a=1},@{a=2}).a", "1|2" },
  -- comparison and logic
  { "'a' -eq 'A'", "True" }, { "'a' -ceq 'A'", "False" }, { "1,2,3 -gt 1", "2|3" }, { "'abc' -like 'A*'", "True" }, { "'abc' -notlike '*d*'", "True" },
  { "'abc' -match '^(a)(?<n>b)'; $Matches[1]; $Matches.n", "True|a|b" }, { "'x1y22' -replace '\\d+','<$0>'", "x<1>y<22>" },
  { "'a.b.c' -split '\\.'", "a|b|c" }, { "'a b' -split ' ',2", "a|b" }, { "-split ' a  b '", "a|b" }, { "1,2 -join '+'", "1+2" }, { "-join ('a','b')", "ab" },
  { "1,2 -contains 2", "True" }, { "2 -in 1,2", "True" }, { "3 -notin 1,2", "True" }, { "$true -and !$false", "True" }, { "-not (1 -eq 1)", "False" },
  { "$true -xor $true", "False" }, { "5 -band 3", "1" }, { "1 -is [int]", "True" }, { "'a' -is [string]", "True" }, { "'7' -as [int]", "7" },
  { "10 -gt 9", "True" }, { "'10' -gt '9'", "False" }, { "$null -eq $undefined", "True" }, { "1 -eq '1'", "True" }, { "'True' -eq $true", "True" },
  { "1 -lt 2 -and 3 -lt 2 -or 1 -eq 1", "True" }, { "2 + 3 -eq 5", "True" }, { "'a','b' -like 'a*'", "a" }, { "'aXb' -csplit 'x'", "aXb" },
  -- members, casts, statics
  { "' a '.Trim().Length", "1" }, { "'a,b'.Split(',')[1]", "b" }, { "'abc'.Replace('b','-').ToUpper()", "A-C" }, { "'abc'.Substring(1,1)", "b" },
  { "'abc'.IndexOf('c'); 'abc'.Contains('b'); 'abc'.StartsWith('a'); 'abc'.EndsWith('x')", "2|True|True|False" }, { "'日本'.Length", "2" }, { "'7'.PadLeft(3,'0')", "007" },
  { "[int]'5' + 1", "6" }, { "[string]5 + 1", "51" }, { "[bool]0", "False" }, { "[int]2.5; [int]3.5", "2|4" }, { "[math]::Max(1,2)", "2" }, { "[math]::Round(2.567,1)", "2.6" },
  { "[string]::IsNullOrEmpty('')", "True" }, { "(5).GetType().Name", "Int32" }, { "'a'.ToString()", "a" }, { "[int[]]('1','2') | % { $_ + 1 }", "2|3" },
  { "$env:USERPROFILE", "C:\\Users\\learner" }, { "$env:X = 'y'; $env:x; \"$env:X!\"", "y|y!" }, { "$HOME", "C:\\Users\\learner" }, { "$PSVersionTable.PSVersion.Major", "5" },
  -- statements
  { "if (0) { 1 } elseif ('') { 2 } else { 3 }", "3" }, { "if (@()) { 1 } else { 2 }", "2" }, { "foreach ($i in 1..9) { if ($i -eq 2) { continue }; if ($i -gt 3) { break }; $i }", "1|3" },
  { "for ($i = 0; $i -lt 3; $i++) { $i }", "0|1|2" }, { "$i = 0; while ($i -lt 2) { $i; $i++ }", "0|1" }, { "$i = 5; do { $i } while ($i -lt 5)", "5" },
  { "$i = 0; do { $i++ } until ($i -ge 3); $i", "3" }, { "switch (2) { 1 { 'a' } 2 { 'b' } default { 'c' } }", "b" }, { "switch -wildcard ('abc') { 'a*' { 1 } '*c' { 2 } }", "1|2" },
  { "switch (1,5) { {$_ -gt 3} { \"big $_\" } default { \"d $_\" } }", "d 1|big 5" },
  { "$x = if (1) { 'y' }; $x", "y" }, { "$x = foreach ($i in 1..3) { $i * 2 }; $x[2]", "6" },
  { "function f($a, [int]$b = 3) { \"$a/$b\" }; f 1; f -b 5 x; f -a 2 7", "1/3|x/5|2/7" }, { "function g { return 5; 6 }; g", "5" }, { "function h { $args.Count; $args[1] }; h a b c", "3|b" },
  { "function p { param($n) $n * 2 }; p 4", "8" }, { "function q { begin { 'b' } process { $_ + 1 } end { 'e' } }; 1,2 | q", "b|2|3|e" }, { "function r { $x = 2 }; $x = 1; r; $x", "1" },
  { "function s([switch]$v) { $v }; s; s -v", "False|True" }, { "& { param($a) $a + 1 } 5", "6" }, { "$b = { $args[0] * 2 }; & $b 4", "8" }, { ". { $y = 3 }; 1", "1" },
  { "try { throw 'x' } catch { \"got $_\" } finally { 'f' }", "got x|f" }, { "try { 1/0 } catch { $_.Exception.Message }", "Attempted to divide by zero." },
  { "try { nosuch } catch { 'c' }", "c" }, { "try { Get-Content nosuch -ErrorAction Stop } catch { 'stopped' }", "stopped" }, { "1; # comment\n2 <# more #>; 3", "1|2|3" },
  { "1 `\n + 2", "3" }, { "1, 2 |\n % { $_ }", "1|2" }, { "$LASTEXITCODE = 3; cmd /c 'exit 4'; $LASTEXITCODE", "4" }, { "echo a; $?", "a|True" },
  -- argument mode
  { "echo a b", "a|b" }, { "echo a,b", "a|b" }, { "echo $HOME\\x", "C:\\Users\\learner\\x" }, { "$x = 1; echo a$x-b", "a1-b" }, { "echo 'a b' \"c d\"", "a b|c d" }, { "echo (1+1) $(3)", "2|3" },
  { "echo http://a.b/c?d=e", "http://a.b/c?d=e" }, { "echo `$x", "$x" }, { "echo a#b", "a#b" }, { "$p = @{InputObject = 5}; Write-Output @p", "5" }, { "echo -- x", "--|x" },
}

for _, t in ipairs(gives) do
  ps.case("language: " .. t[1], function()
    local out, err = ps.run(t[1])
    ps.eq(err, "")
    ps.eq((out:gsub("\n$", ""):gsub("\n", "|")), t[2])
  end)
end

-- line, a part of what it complains
local complains = {
  { "nosuch", "nosuch : The term 'nosuch' is not recognized as the name of a cmdlet, function, script file, or operable program. Check the spelling of the name, " ..
    "or if a path was included, verify that the path is correct and try again.\nAt line:1 char:1\n+ nosuch\n+ ~~~~~~\n    + CategoryInfo          : ObjectNotFound: " ..
    "(nosuch:String) [], CommandNotFoundException\n    + FullyQualifiedErrorId : CommandNotFoundException\n \n" },
  { "1 | select -nope", "Select-Object : A parameter cannot be found that matches parameter name 'nope'.\nAt line:1 char:12\n+ 1 | select -nope\n+            ~~~~~" },
  { "Get-Location x", "A positional parameter cannot be found that accepts argument 'x'." },
  { "1 | select -First x", "Cannot bind parameter 'First'. Cannot convert value \"x\" to type \"System.Int32\". Error: \"Input string was not in a correct format.\"" },
  { "1 | select -First", "Missing an argument for parameter 'First'. Specify a parameter of type 'System.Int32' and try again." },
  { "1 | select -E x", "Parameter cannot be processed because the parameter name 'E' is ambiguous. Possible matches include: -ExpandProperty -ExcludeProperty -ErrorAction -ErrorVariable." },
  { "Test-Path x -PathType foo", "Unable to match the identifier name foo to a valid enumerator name." },
  { "Write-Warning", "Cannot process command because of one or more missing mandatory parameters: Message." },
  { "'x' | Join-Path", "missing mandatory parameters" }, { "1 | select -First 1 -First 2", "Cannot bind parameter because parameter 'First' is specified more than once." },
  { "a && b", "At line:1 char:3\n+ a && b\n+   ~\nThe token '&&' is not a valid statement separator in this version.\n    + CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException" },
  { "if (1) { 2", "Missing closing '}' in statement block or type definition." }, { "(1", "Missing closing ')' in expression." }, { '"abc', 'The string is missing the terminator: ".' },
  { "1 |", "An empty pipe element is not allowed." }, { "| a", "An empty pipe element is not allowed." }, { "echo <IP>", "The '<' operator is reserved for future use." },
  { "ping x &", "The ampersand (&) character is not allowed." }, { "1 -eq", "You must provide a value expression following the '-eq' operator." }, { "echo a)", "Unexpected token ')'" },
  { "1 | 2", "Expressions are only allowed as the first element of a pipeline." }, { "[nosuch]5", "Unable to find type [nosuch]." }, { "[int]'x'", "Input string was not in a correct format." },
  { "$null[0]", "Cannot index into a null array." }, { "$null.x()", "You cannot call a method on a null-valued expression." }, { "1/0", "Attempted to divide by zero." },
  { "throw 'bad'", "bad\nAt line:1 char:1\n+ throw 'bad'\n+ ~~~~~~~~~~~\n    + CategoryInfo          : OperationStopped: (bad:String) [], RuntimeException\n    + FullyQualifiedErrorId : bad\n" },
  { "$true = 1", "Cannot overwrite variable true because it is read-only or constant." }, { "5 = 6", "The assignment expression is not valid." },
  { "Get-Content nosuch", "Cannot find path 'C:\\Users\\learner\\nosuch' because it does not exist." }, { "'a' -match '('", "is not valid" }, { "function f { f }; f", "call depth overflow" },
  { "iex 'iex $x' ; $x='iex $x'; iex $x", "call depth overflow" }, { "@{a=1;a=2}", "Duplicate keys 'a' are not allowed in hash literals." },
}

for _, t in ipairs(complains) do
  ps.case("complains: " .. t[1], function()
    local _, err, status = ps.run(t[1])
    ps.has(err, t[2])
    ps.eq(status ~= 0, true, "status")
  end)
end

ps.case("a statement's error leaves the rest of the line; throw does not", function()
  ps.eq(ps.run("1/0; 'next'"), "next\n")
  ps.eq(ps.run("throw 'x'; 'next'"), "")
  ps.eq(ps.run("$ErrorActionPreference = 'Stop'; Get-Content nosuch; 'next'"), "")
  ps.eq(select(2, ps.run("Get-Content nosuch -ErrorAction SilentlyContinue")), "")
  ps.eq(ps.run("Get-Content nosuch -ea SilentlyContinue -ErrorVariable e; $e.Count; $Error.Count"), "1\n1\n")
end)

ps.case("the wrong window: one line more, in the learner's language", function()
  local _, err = ps.run("ip a")
  ps.has(err, "netdojo: ip is a Linux command: it belongs in the WSL shell. Type wsl to open it.\n")
  ps.has(select(2, ps.run("sudo ufw status", { lang = "ja" })), "netdojo: sudo は Linux のコマンドです。")
  ps.lacks(select(2, ps.run("nosuch")), "netdojo:")
end)

ps.case("redirections", function()
  local w = ps.world()
  ps.run("echo one > a.txt; echo two >> a.txt; nosuch 2> e.txt; nosuch 2>$null; Get-Content nosuch *> all.txt", w)
  ps.eq(w.files.get("C:\\Users\\learner\\a.txt").text, "one\ntwo\n")
  ps.has(w.files.get("C:\\Users\\learner\\e.txt").text, "CommandNotFoundException")
  ps.has(w.files.get("C:\\Users\\learner\\all.txt").text, "Cannot find path")
  ps.eq(table.concat(w.err), "")
  local out = ps.run("Get-Content nosuch 2>&1 | Out-Null; Get-Content nosuch 2>&1 | sls 'Cannot find'", w)
  ps.has(out, "Cannot find path")
end)

ps.case("pipelines stream, and stop when no more is wanted", function()
  local w = ps.world()
  w.steps = 5000
  local out, _, ended = ps.run("function n { $i = 0; while ($true) { $i++; $i } }; n | ? { $_ % 2 } | select -First 3", w)
  ps.eq(out, "1\n3\n5\n")
  ps.eq(ended, 0, "what came before a stage that has enough goes on")
  ps.eq(ps.run("$log = @(); 1..3 | % { $global:log += \"a$_\"; $_ } | % { $global:log += \"b$_\" }; \"$log\"", w), "a1 b1 a2 b2 a3 b3\n")
  local _, _, status = ps.run("while ($true) { }", w)
  ps.eq(status, 130, "an interrupted line")
  ps.eq(ps.run("'still here'", w), "still here\n")
end)

ps.case("a hostile line gives an error and not a crash", function()
  local deep = {
    ("("):rep(5000) .. "1" .. (")"):rep(5000), ("$("):rep(3000), ("{"):rep(3000), ("@("):rep(3000) .. "1", ("-not "):rep(20000) .. "1", ('"$('):rep(2000), ("a|"):rep(2000),
    "1" .. ("+1"):rep(20000), ("[int]"):rep(10000) .. "1", "'" .. ("a"):rep(300000), ("if(1){"):rep(2000), "'a' * 1e9", "1..1000000000", "'x' -match '" .. ("(a*)*"):rep(30) .. "b'",
    "('a' * 4000) -match '(a+)+b'", "$a = 'x'; while (1) { $a += $a }", "$a = 1,2; while (1) { $a += $a }", "'{0}' -f (1..5) * 100000000", "$h=@{}; $h.h = $h; $h | ConvertTo-Json -Depth 100 | Out-Null",
    "$o = [pscustomobject]@{a=1}; $o.a = $o; \"$o\"; $o", "('a'*100) -like ('*a'*60 + 'b')", ("x" .. ".x"):rep(5000), ("1,"):rep(20000) .. "1",
  }
  for _, line in ipairs(deep) do
    local w = ps.world()
    w.steps = 300
    local ok, e = pcall(ps.run, line, w)
    ps.eq(ok, true, line:sub(1, 30) .. " " .. tostring(type(e) == "table" and e.message or e))
    ps.eq(ps.run("1 + 1", w), "2\n", line:sub(1, 30))
  end
end)

-- What the prompt has still to be told the rest of.
local session = require("windows.language.session")

for text, want in pairs({ ['$s = @"'] = true, ["@'"] = true, ['@"\na\n'] = true, ['@"\na\n"@'] = false, ['@"\na\n"@ |'] = true, ['Set-Content x @"'] = true,
  ["echo a `"] = true, ["echo a``"] = false, ["echo a # `"] = false, ["echo a"] = false, ["if (1) {"] = true, ["'a"] = true }) do
  ps.case("unfinished: " .. text, function() ps.eq(session.unfinished(text), want) end)
end

-- The PC is the model's, and a child keeps its folder and variables to itself.
local pc = { hostname = "HAPPY-PC", version = { Version = "10.0.26100", Build = "4061" } }

for line, want in pairs({ ["$env:COMPUTERNAME; $env:USERDOMAIN; $env:LOGONSERVER"] = "HAPPY-PC|HAPPY-PC|\\\\HAPPY-PC", ["cmd /c echo %COMPUTERNAME%"] = "HAPPY-PC",
  ["[Environment]::MachineName"] = "HAPPY-PC", ["[Environment]::OSVersion.Version.Build"] = "26100", ['"$([Environment]::OSVersion.Version)"'] = "10.0.26100.0",
  ["cmd /c 'cd C:\\Windows'; (Get-Location).Path"] = "C:\\Users\\learner", ["cmd /c 'set Q=1'; \"<$env:Q>\""] = "<>",
  ["try { [wsl2] } catch { $_.Exception.Message }"] = "Unable to find type [wsl2].", ["'a' -is [string]"] = "True", ["[int[]].Name -ne ''"] = "True" }) do
  ps.case("the PC: " .. line, function()
    local out, err = ps.run(line, ps.world({ model = { windows = pc, wsl = {} } }))
    ps.eq(err, "")
    ps.eq((out:gsub("\n$", ""):gsub("\n", "|")), want)
  end)
end
