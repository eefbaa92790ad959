# SPDX-License-Identifier: GPL-2.0-or-later
# The Windows commands on a PC that is a table.
if(NOT TEST lua_windows)
  nd_script_test(lua_windows LABEL lua TIMEOUT 300 COMMAND ${CMAKE_CURRENT_LIST_DIR}/windows.sh)
endif()
