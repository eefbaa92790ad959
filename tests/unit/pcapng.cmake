# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(pcapng LABEL unit SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_pcapng.c LIBS nd_pcapng)
