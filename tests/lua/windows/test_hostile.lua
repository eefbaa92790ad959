-- SPDX-License-Identifier: GPL-2.0-or-later
-- Lines that want the prompt to hang: text that a careless pattern or grammar would read again and again. Ctrl-C waits for a
-- match to end, so each must end by itself, soon, with what it should give.

local ps = require("harness")

local SECONDS = 3 -- of the processor, on a slow machine; the careless ways took minutes and years

local function times(s, n) return s:rep(n) end

-- line, a part of what it writes (to either stream)
local lines = {
  { "'a' -match '" .. times("(", 40) .. "a" .. times(")", 40) .. "'", "True" },
  { "'x' -match '" .. times("(", 4000) .. "'", "The pattern is not valid" },
  { "('a' * 30) -match '(a+)+b'", "The pattern takes too long" },
  { "('a' * 1000) -match '[" .. times("b", 4000) .. "]'", "False" },
  { "('a' * 4000 -replace 'a', 'bc').Length", "8000" },
  { '"{' .. times("1", 4000) .. '" -f 1', times("1", 100) },
  { "1 -eq ('a' + ' ' * 500000 + 'b')", "False" },
  { "(Split-Path ('\\' * 200000 + 'b') -Leaf)", "b" },
  { "(Split-Path ('a' * 200000 + '\\b') -Leaf)", "b" },
  { "('a' * 4000) -like '" .. times("*a", 20) .. "*b'", "False" },
  { "Write-Error (\"`n\" * 4000 + 'x') 2>&1 | Out-Null; 'done'", "done" },
  { "'a' * 200000 | Set-Content -NoNewline a.txt; (cmd /c type a.txt).Length", "200000" },
  { "[pscustomobject]@{ a = ' ' * 300000 + 'x' } | Format-List | Out-Null; 'done'", "done" },
  { "[pscustomobject]@{ a = '日本' * 10 } | Format-Table @{ e = 'a'; width = 1 } -Wrap | Out-Null; 'done'", "done" },
  { "$a = @(,1); $a[0] = $a; if ($a) { 'full' }; 1 + $a", "full" },
  { "function f { f | f }; f", "call depth overflow" },
  { "$x = " .. times("[a]", 1000) .. "1", "nested too deeply" },
  { "$x = " .. times("(", 4000), "nested too deeply" },
  { times("x\n", 300) .. "'done'", "done" },
  { "cmd /c ('\"' * 4000); cmd /c ('^' * 4000); cmd /c ('a&' * 200); 'done'", "done" },
  { "New-Object ('a' * 200000 + '.b')", "Cannot find type" },
  { "('a' * 1000000).Contains('a' * 500000 + 'b')", "OutOfMemory" },
}

for _, c in ipairs(lines) do
  local line, want = c[1], c[2]
  ps.case("soon over: " .. line:sub(1, 60):gsub("\n", " "), function()
    local began = os.clock()
    local out, errors = ps.run(line)
    ps.eq(os.clock() - began < SECONDS, true)
    ps.has(out .. errors, want)
  end)
end

ps.case("soon over: a wildcard of many stars", function()
  local began = os.clock()
  ps.eq(require("windows.machine.change").like(times("*a", 20) .. "*b", times("a", 200)), false)
  ps.eq(os.clock() - began < SECONDS, true)
end)

-- .wslconfig as long and as odd: every line told, in time that grows with the file.
ps.case(".wslconfig of many wrong lines", function()
  local began = os.clock()
  local warnings = {}
  require("wsl2.ini").parse(times("[\n", 50000), "f", function() end, function(m) warnings[#warnings + 1] = m end)
  ps.eq(warnings[50000], "Invalid section name in f:50000")
  ps.eq(os.clock() - began < SECONDS, true)
end)
