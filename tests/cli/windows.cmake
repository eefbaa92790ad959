# SPDX-License-Identifier: GPL-2.0-or-later
# netdojo-windows with a small Lua program of the test's inside, against an init played in Python.
set(windows_main ${CMAKE_SOURCE_DIR}/tests/cli/windows_main)
add_custom_command(
  OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/windows_main.c
  COMMAND lua-embed ${CMAKE_CURRENT_BINARY_DIR}/windows_main.c windows/main.lua
  WORKING_DIRECTORY ${windows_main}
  DEPENDS lua-embed ${windows_main}/windows/main.lua
  VERBATIM)
add_executable(netdojo-windows-test ${CMAKE_SOURCE_DIR}/lua/windows/main.c ${CMAKE_CURRENT_BINARY_DIR}/windows_main.c)
target_link_libraries(netdojo-windows-test PRIVATE nd_windows)
nd_script_test(cli_windows LABEL cli TIMEOUT 300 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/windows.py)
