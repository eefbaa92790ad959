-- SPDX-License-Identifier: GPL-2.0-or-later
-- Blanks at the ends of a text, and the last part of a name. Text may be long and hostile, and Ctrl-C waits for a match to
-- end: unlike gsub("%s+$", "") or match("[^/]*$") these look at a text once.

local trim = {}

function trim.stop(s) return s:match("^.*%S") or "" end

function trim.both(s) return s:find("^%s*$") and "" or s:match("^%s*(.*%S)") end

-- What follows the last of some characters; set is a pattern's, as "%.". All of it where there is none.
function trim.after_last(s, set) return s:match("^.*[" .. set .. "](.*)$") or s end

-- Without the characters of set at the end.
function trim.stop_of(s, set) return s:match("^.*[^" .. set .. "]") or "" end

return trim
