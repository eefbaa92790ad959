# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(packet_parse LABEL unit SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_packet_parse.c LIBS nd_watch_parse)
