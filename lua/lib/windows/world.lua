-- SPDX-License-Identifier: GPL-2.0-or-later
-- The machine a Windows program stands on. `host` is what C gives (lua/windows); tests give a table of the same functions.
-- Every value a command prints comes from here.

local world = {}

-- host.ask(request) -> answer table, or raises { code = "NotFound", message = "..." }
function world.new(host)
  local w = { host = host }

  -- Live state of this node, kinds as in docs/protocol.md: links, routes, rules, neighs, ruleset, sockets, conntrack, sysctl.
  function w.read(what, arg)
    return host.ask({ ["do"] = "windows.read", what = what, arg = arg or "" }).value
  end

  -- { windows = (docs/formats/windows.md), node = the Windows node of the model, wsl = { running, generation } }; asked anew each time.
  function w.model()
    return host.ask({ ["do"] = "windows.model" })
  end

  -- ping, lookup, resolve, connect, http, pmtu as engine/port/proc.h has them.
  function w.probe(kind, args)
    return host.ask({ ["do"] = "windows.probe", kind = kind, args = args }).result
  end

  -- An operation of docs/formats/windows.md.
  function w.change(op, args)
    return host.ask({ ["do"] = "windows.change", op = op, args = args or {} }).result or {}
  end

  -- Runs a command in WSL. t: { argv = {} for the user's shell, user =, cwd = Windows path or "", env = {} }.
  -- stdin: a string, or nil for this program's own standard input. emit: called with each line, or nil: standard output is this
  -- program's own, on its terminal. Returns the exit status.
  function w.wsl(t, stdin, emit)
    return host.wsl(t, stdin, emit)
  end

  -- Runs a Linux program of the node with this program's streams (curl). Same last arguments and return as wsl; nil where it is missing.
  function w.spawn(argv, stdin, emit)
    return host.spawn(argv, stdin, emit)
  end

  function w.now() return host.now() end      -- wall clock, seconds since 1970
  function w.clock() return host.clock() end  -- monotonic seconds
  function w.sleep(s) return host.sleep(s) end -- raises "interrupted" at Ctrl-C

  -- Files, by Windows path: "C:\\Users\\learner\\.wslconfig". nil, message when it can't be.
  function w.read_file(path) return host.read_file(path) end
  function w.write_file(path, text, append) return host.write_file(path, text, append) end
  function w.remove_file(path) return host.remove_file(path) end
  function w.list_folder(path) return host.list_folder(path) end -- { { name, is_folder, size, mtime } }
  function w.stat(path) return host.stat(path) end -- { is_folder, size, mtime }, nil when there is none
  function w.make_folder(path) return host.make_folder(path) end
  function w.edit(path) return host.edit(path) end -- $EDITOR on this terminal

  -- "en" or "ja", the environment, whether standard output is a terminal and how wide.
  w.lang = host.lang or "en"
  w.env = host.env or {}
  w.tty = host.tty or false
  function w.columns() return host.columns and host.columns() or 120 end
  return w
end

return world
