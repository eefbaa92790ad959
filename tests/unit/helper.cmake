# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(helper LABEL unit LIBS nd_base SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_helper.c)
