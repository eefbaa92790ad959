-- SPDX-License-Identifier: GPL-2.0-or-later
-- How objects of a type look when nothing says how: a table's columns or a list's properties, as Windows' own views have them.

local views = {}

local by_type = {}

-- views.add("MSFT_NetRoute", { table = { columns = { { "ifIndex", width = 7, align = "right" }, ... } } })
-- views.add("MSFT_NetIPAddress", { list = { "IPAddress", ... } })
-- A column: { property, label =, width = (none: as wide as its values), align = "right", value = function(object) }.
-- A list's entry: a property's name, or { label, value = function(object) or property }, or { label, lines = function(object) } for
-- a list of lines that stand one under the other. A label may have line breaks.
-- wide = property: Format-Wide's. group = { property, label =, value = }: a heading line, when it changes.
function views.add(type_name, view) by_type[type_name:lower()] = view end

function views.get(type_name) return by_type[type_name:lower()] end

views.add("System.Collections.Hashtable", { table = { columns = { { "Name", width = 30 }, { "Value" } } } })
views.add("System.Version", { table = { columns = { { "Major", width = 6, align = "left" }, { "Minor", width = 6, align = "left" },
  { "Build", width = 6, align = "left" }, { "Revision", align = "left" } } } })
views.add("CommandInfo", { table = { columns = { { "CommandType", width = 15 }, { "Name", width = 50 }, { "Version", width = 10 }, { "Source" } } } })
views.add("MemberDefinition", { table = { columns = { { "Name" }, { "MemberType" }, { "Definition" } } } })
views.add("GroupInfo", { table = { columns = { { "Count", width = 5, align = "right" }, { "Name", width = 25 }, { "Group" } } } })
views.add("HistoryInfo", { table = { columns = { { "Id", width = 4, align = "right" }, { "CommandLine" } } } })
views.add("System.IO.FileInfo", {
  table = { columns = { { "Mode", width = 13 }, { "LastWriteTime", width = 25, align = "right", value = function(o) return o.LastWriteTimeText end },
    { "Length", width = 14, align = "right" }, { "Name" } } },
  group = { "Directory", label = "    Directory", value = function(o) return o.Directory end }, wide = "Name",
})
views.add("PathInfo", { table = { columns = { { "Path" } } } })

return views
