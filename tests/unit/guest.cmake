# SPDX-License-Identifier: GPL-2.0-or-later
# Programs seen inside a node.
nd_check_test(guest_winpath LABEL unit SOURCES unit/test_winpath.c ${CMAKE_SOURCE_DIR}/guest/winpath.c
  ${CMAKE_SOURCE_DIR}/guest/wslenv.c LIBS nd_guest)
nd_script_test(guest_init LABEL unit COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/unit/guest_init.py)
