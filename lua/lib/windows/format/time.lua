-- SPDX-License-Identifier: GPL-2.0-or-later
-- Dates: System.DateTime's objects, and how they are written.

local members = require("windows.language.members")
local object = require("windows.object")
local ops = require("windows.language.ops")
local values = require("windows.language.values")

local time = {}

local months = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" }
local days = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" }

-- The civil date of a day counted from 1970-01-01 (Howard Hinnant's algorithm).
local function civil(day)
  day = day + 719468
  local era = day // 146097
  local doe = day - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local m = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (m <= 2 and 1 or 0), m, doy - (153 * mp + 2) // 5 + 1
end

local function day_of(y, m, d)
  if m <= 2 then y = y - 1 end
  local era = y // 400
  local yoe = y - era * 400
  local doy = (153 * (m > 2 and m - 3 or m + 9) + 2) // 5 + d - 1
  return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468
end

-- Minutes that local time is ahead of UTC, where the host knows.
local function offset(world, t)
  local host = world and world.host
  if not host or not host.date then return 0 end
  local sign, h, m = host.date("%z", t):match("^([%+%-])(%d%d)(%d%d)$")
  if not sign then return 0 end
  local minutes = tonumber(h) * 60 + tonumber(m)
  return sign == "-" and -minutes or minutes
end

local function parts(at)
  local day, second = at // 86400, at % 86400
  local y, m, d = civil(math.tointeger(day) or math.floor(day))
  local whole = math.floor(second)
  return { y = y, m = m, d = d, h = whole // 3600, min = whole % 3600 // 60, s = whole % 60, ms = math.floor((second - whole) * 1000),
    w = math.floor((day + 4) % 7) + 1 }
end

local function two(n) return ("%02d"):format(n) end

local codes = {
  { "yyyy", function(p) return ("%04d"):format(p.y) end }, { "yy", function(p) return two(p.y % 100) end },
  { "MMMM", function(p) return months[p.m] end }, { "MMM", function(p) return months[p.m]:sub(1, 3) end },
  { "MM", function(p) return two(p.m) end }, { "M", function(p) return tostring(p.m) end },
  { "dddd", function(p) return days[p.w] end }, { "ddd", function(p) return days[p.w]:sub(1, 3) end },
  { "dd", function(p) return two(p.d) end }, { "d", function(p) return tostring(p.d) end },
  { "HH", function(p) return two(p.h) end }, { "H", function(p) return tostring(p.h) end },
  { "hh", function(p) return two((p.h + 11) % 12 + 1) end }, { "h", function(p) return tostring((p.h + 11) % 12 + 1) end },
  { "mm", function(p) return two(p.min) end }, { "m", function(p) return tostring(p.min) end },
  { "ss", function(p) return two(p.s) end }, { "s", function(p) return tostring(p.s) end },
  { "fff", function(p) return ("%03d"):format(p.ms) end }, { "tt", function(p) return p.h < 12 and "AM" or "PM" end },
}

local standard = { d = "M/d/yyyy", D = "dddd, MMMM d, yyyy", t = "h:mm tt", T = "h:mm:ss tt", g = "M/d/yyyy h:mm tt", G = "M/d/yyyy h:mm:ss tt",
  f = "dddd, MMMM d, yyyy h:mm tt", F = "dddd, MMMM d, yyyy h:mm:ss tt", s = "yyyy-MM-dd'T'HH:mm:ss", o = "yyyy-MM-dd'T'HH:mm:ss.fff" }

local function written(p, format)
  format = standard[format] or format
  local out, i = {}, 1
  while i <= #format do
    local quoted = format:match("^'([^']*)'", i)
    local hit
    for _, c in ipairs(quoted and {} or codes) do
      if format:sub(i, i + #c[1] - 1) == c[1] then
        hit = c
        break
      end
    end
    if quoted then
      out[#out + 1] = quoted
      i = i + #quoted + 2
    elseif hit then
      out[#out + 1] = hit[2](p)
      i = i + #hit[1]
    else
      out[#out + 1] = format:sub(i, i)
      i = i + 1
    end
  end
  return table.concat(out)
end

-- A DateTime of local seconds since 1970.
local function of_local(at)
  local p = parts(at)
  return object.new("System.DateTime", { { "DateTime", written(p, "F") }, { "Year", p.y }, { "Month", p.m }, { "Day", p.d }, { "Hour", p.h },
    { "Minute", p.min }, { "Second", p.s }, { "Millisecond", p.ms }, { "DayOfWeek", days[p.w] }, { "Ticks", math.floor(at * 1e7) + 621355968000000000 },
    { "TimeOfDay", ("%02d:%02d:%02d"):format(p.h, p.min, p.s) } })
end

local function seconds_of(o) return (object.get(o, "Ticks") - 621355968000000000) / 1e7 end

-- A DateTime of seconds since 1970 UTC, as local time.
function time.object(world, t) return of_local(t + offset(world, t) * 60) end

function time.format(o, format) return written(parts(seconds_of(o)), format) end

-- As Get-ChildItem shows it.
function time.short(world, t)
  local p = parts(t + offset(world, t) * 60)
  return ("%10s  %8s"):format(written(p, "M/d/yyyy"), written(p, "h:mm tt"))
end

-- A date that was typed: 2024-05-01, 5/1/2024, with a time or not; nil where it is none.
function time.parse(text)
  local y, m, d, rest = text:match("^%s*(%d%d%d%d)%-(%d%d?)%-(%d%d?)(.*)$")
  if not y then m, d, y, rest = text:match("^%s*(%d%d?)/(%d%d?)/(%d%d%d%d)(.*)$") end
  if not y then return nil end
  local h, min, s = rest:match("^[T ]+(%d%d?):(%d%d):?(%d*)")
  if rest:find("%S") and not h then return nil end
  y, m, d = tonumber(y), tonumber(m), tonumber(d)
  if m < 1 or m > 12 or d < 1 or d > 31 then return nil end
  return of_local(day_of(y, m, d) * 86400 + (tonumber(h) or 0) * 3600 + (tonumber(min) or 0) * 60 + (tonumber(s) or 0))
end

-- A TimeSpan of seconds.
function time.span(seconds)
  local sign, n = seconds < 0 and -1 or 1, math.abs(seconds)
  local whole = math.floor(n)
  return object.new("System.TimeSpan", { { "Days", sign * (whole // 86400) }, { "Hours", sign * (whole % 86400 // 3600) },
    { "Minutes", sign * (whole % 3600 // 60) }, { "Seconds", sign * (whole % 60) }, { "Milliseconds", sign * math.floor((n - whole) * 1000) },
    { "Ticks", math.floor(seconds * 1e7) }, { "TotalDays", seconds / 86400 }, { "TotalHours", seconds / 3600 }, { "TotalMinutes", seconds / 60 },
    { "TotalSeconds", seconds }, { "TotalMilliseconds", seconds * 1000 } })
end

local function adder(unit)
  return function(o, n) return of_local(seconds_of(o) + (values.number(n) or 0) * unit) end
end

members.add_methods("System.DateTime", {
  adddays = adder(86400), addhours = adder(3600), addminutes = adder(60), addseconds = adder(1),
  tostring = function(o, format) return time.format(o, format and values.text(format) or "G") end,
})

values.add_text("System.DateTime", function(o) return written(parts(seconds_of(o)), "MM/dd/yyyy HH:mm:ss") end)
values.add_text("System.TimeSpan", function(o)
  local days_text = o.Days ~= 0 and math.abs(o.Days) .. "." or ""
  return ("%s%s%02d:%02d:%02d%s"):format(o.TotalSeconds < 0 and "-" or "", days_text, math.abs(o.Hours), math.abs(o.Minutes), math.abs(o.Seconds),
    o.Milliseconds ~= 0 and ("." .. ("%03d0000"):format(math.abs(o.Milliseconds))) or "")
end)

function ops.format_date(o, spec)
  if object.type(o) == "System.DateTime" then return time.format(o, spec) end
  return values.text(o)
end

function ops.subtract_dates(a, b)
  if not (object.is(b) and object.get(b, "Ticks")) then return nil end
  if object.type(b) == "System.TimeSpan" then return of_local(seconds_of(a) - b.TotalSeconds) end
  return time.span(seconds_of(a) - seconds_of(b))
end

return time
