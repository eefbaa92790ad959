-- SPDX-License-Identifier: GPL-2.0-or-later
-- The machine a Windows program stands on. `host` is what C gives (lua/windows); tests give a table of the same functions.
-- Every value a command prints comes from here.

-- What C gives, the same list as in lua/windows/host.c:
--   host.ask(request) -> answer         raises { code =, message = } (the lab's error object; no lab: code "Failed")
--   host.array(t) -> t                  marks a list, so that it is a list for the lab even when it is empty
--   host.wsl(t, stdin, emit) -> status  t = { argv = {}, user =, cwd = Windows path, env = {} }; a start's warnings go to standard error
--   host.spawn(argv, stdin, emit) -> status    a Linux program of the node; nil where it is missing
--                                       stdin: a string, nil: our own. emit(line): each line of output as it comes, may yield; nil: our own
--   host.readline(prompt, more) -> line, nil at the end of input    raises "interrupted" at Ctrl-C; more: the rest of an unfinished line
--   host.completer(function(line, cursor) -> start, list)    bytes; what Tab offers: the list replaces line from start (from 1) to cursor
--   host.entered(text)                  before a whole command of the prompt runs: history, and marks for the terminal host
--   host.left(status, folder)           after it: its exit status and where the prompt stands; for the marks
--   host.write(text) host.write_error(text)    standard output and error, at once; \n becomes CR LF where WSL's pipe or file gets it
--   host.write_bytes(text)              the same, not a byte changed
--   host.read_stdin_line() -> line, nil at its end
--   host.now() host.clock() host.sleep(s)      seconds since 1970; monotonic seconds; sleep raises "interrupted"
--   host.date(format, t) -> text        as os.date does
--   host.columns() host.rows()          of the terminal; 120 and 30 without one
--   host.read_file(path) -> text        these four: nil, message, code ("NotFound", "Denied", "Exists", "InvalidArgument", "Failed") on failure
--   host.write_file(path, text, append) -> true
--   host.remove_file(path) -> true      an empty folder too
--   host.make_folder(path) -> true      with its parents
--   host.list_folder(path) -> { { name =, is_folder =, size =, mtime = } }, sorted by name
--   host.stat(path) -> { is_folder =, size =, mtime =, path = as it is spelt }, nil
--   host.edit(path) -> true             $VISUAL, $EDITOR, nano or vi on this terminal; nil, message
--   host.folder() host.chdir(path)      the current folder, as a Windows path; relative paths begin there
--   host.exit(status)                   ends the program, at once
--   host.interop host.tty host.input_tty host.marks    booleans: called from WSL; standard output, input are a terminal; there is a terminal host
--   host.lang host.env host.user        "en" or "ja"; the environment; "learner"
--   "interrupted" is raised once for each Ctrl-C, by every function that waits and within moments in Lua itself: pass it on
--   (coroutine.wrap puts the place before it, as before every string; coroutine.resume does not).

local world = {}

-- host.ask(request) -> answer table, or raises { code = "NotFound", message = "..." }
function world.new(host)
  local w = { host = host }

  -- Live state of this node, kinds as in docs/protocol.md: links, routes, rules, neighs, ruleset, sockets, conntrack, sysctl.
  function w.read(what, arg)
    return host.ask({ ["do"] = "windows.read", what = what, arg = arg or "" }).value
  end

  -- { windows = (docs/formats/windows.md), wsl = { running, generation }, relays, waiting = names of services }; asked anew each time.
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
