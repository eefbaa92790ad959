# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(lua_windows_table LABEL lua COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/lua/windows_table.sh)
