-- SPDX-License-Identifier: GPL-2.0-or-later
-- How netsh reads its words: contexts, commands and tags, each of which may be cut short, and help for all of them.
--
-- A context: { name =, help =, [1..n] = contexts and commands }. A command: { name =, help =, tags = { "a", "b" }, need = { "a" },
-- usage = { lines }, run = function(ctx, values, words) }, which returns the exit status (nil: 0). rest = true: words come as they are.

local tree = {}

tree.syntax = "The syntax supplied for this command is not valid. Check help for the correct syntax."

local questions = { ["?"] = true, ["/?"] = true, ["-?"] = true, help = true, ["-h"] = true }

-- The child a word names: its whole name, or the first one that begins so.
local function child(node, word)
  local w = word:lower()
  for _, c in ipairs(node) do
    if c.name == w then return c end
  end
  for _, c in ipairs(node) do
    if c.name:sub(1, #w) == w then return c end
  end
end

local function help(ctx, node, path)
  ctx.emit("")
  ctx.emit("The following commands are available:")
  ctx.emit("")
  ctx.emit("Commands in this context:")
  local prefix = node.verb and path:match("(%S+)$") .. " " or ""
  ctx.emit(("%-14s - Displays a list of commands."):format(prefix .. "?"))
  for _, c in ipairs(node) do
    if c.help then ctx.emit(("%-14s - %s"):format(prefix .. c.name, c.help)) end
  end
  if node.contexts then
    ctx.emit("")
    ctx.emit("The following sub-contexts are available:")
    ctx.emit(" " .. node.contexts)
  end
  ctx.emit("")
  ctx.emit("To view help for a command, type the command, followed by a space, and then")
  ctx.emit(" type ?.")
  ctx.emit("")
end

local function usage(ctx, command)
  ctx.emit("")
  for _, line in ipairs(command.usage or { "Usage: " .. command.name }) do ctx.emit(line) end
  ctx.emit("")
end

-- Wrong words for a command: why, and how it is used.
function tree.wrong(ctx, command, why)
  if why then ctx.emit(why) end
  ctx.emit(tree.syntax)
  usage(ctx, command)
  return 1
end

local function tag_named(command, word)
  local w = word:lower()
  for _, t in ipairs(command.tags) do
    if t == w then return t end
  end
  for _, t in ipairs(command.tags) do
    if not command.whole and t:sub(1, #w) == w then return t end
  end
end

-- Words as tag=value or by place. values by tag, or nil and why not.
function tree.values(command, words)
  local values, place = {}, 1
  for _, w in ipairs(words) do
    local name, value = w:match("^(%a[%w]*)=(.*)$")
    if name then
      local tag = tag_named(command, name)
      if not tag then return nil, name .. " is not a valid argument for this command." end
      values[tag] = value
    else
      while command.tags[place] and values[command.tags[place]] ~= nil do place = place + 1 end
      local tag = not command.whole and command.tags[place] or nil
      if not tag then return nil, w .. " is not a valid argument for this command." end
      values[tag] = w
    end
  end
  for _, t in ipairs(command.need or {}) do
    if values[t] == nil or values[t] == "" then
      return nil, "One or more essential parameters were not entered.\nVerify the required parameters, and reenter them."
    end
  end
  return values
end

local function run(ctx, command, words)
  if words[1] and questions[words[1]:lower()] then return usage(ctx, command) end
  if command.rest then return command.run(ctx, words, command) end
  local values, why = tree.values(command, words)
  if not values then
    for line in (why .. "\n"):gmatch("(.-)\n") do ctx.emit(line) end
    return tree.wrong(ctx, command)
  end
  return command.run(ctx, values, command)
end

-- What may follow these words: the names of contexts and commands, or a command's tags.
function tree.following(root, words)
  local node = root
  for _, w in ipairs(words) do
    node = not node.run and child(node, w) or node
  end
  local names = {}
  for _, c in ipairs(node) do names[#names + 1] = c.name end
  for _, t in ipairs(node.run and node.tags or {}) do names[#names + 1] = t .. "=" end
  return names
end

-- Runs a command line from a context on; the exit status.
function tree.run(ctx, root, words)
  local node, path = root, "netsh"
  for k, w in ipairs(words) do
    if questions[w:lower()] then return help(ctx, node, path) end
    local c = child(node, w)
    if not c then
      ctx.emit("The following command was not found: " .. table.concat(words, " ") .. ".")
      return 1
    end
    path = path .. " " .. c.name
    if c.run then return run(ctx, c, { table.unpack(words, k + 1) }) or 0 end
    node = c
  end
  help(ctx, node, path)
  return 0
end

return tree
