# SPDX-License-Identifier: GPL-2.0-or-later
# netdojo-capture over two joined namespaces, its output read back by libpcap.
nd_check_test(capture LABEL netns
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_capture.c ${CMAKE_CURRENT_LIST_DIR}/watch_rig.c
    ${CMAKE_SOURCE_DIR}/netns/watch_port.c
  LIBS nd_base PkgConfig::libpcap ARGS $<TARGET_FILE:netdojo-watch> $<TARGET_FILE:netdojo-capture>)
add_dependencies(test_capture netdojo-watch netdojo-capture)
