# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(base LABEL unit LIBS nd_base nd_port SOURCES
  ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_base.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_msg.c)
