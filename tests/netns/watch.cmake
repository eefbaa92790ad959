# SPDX-License-Identifier: GPL-2.0-or-later
# The watch process against real namespaces, programs, packets and files.
nd_check_test(watch LABEL netns
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_watch.c ${CMAKE_CURRENT_LIST_DIR}/test_watch_exec.c ${CMAKE_CURRENT_LIST_DIR}/test_watch_binds.c
    ${CMAKE_CURRENT_LIST_DIR}/test_watch_net.c ${CMAKE_CURRENT_LIST_DIR}/test_watch_files.c
    ${CMAKE_CURRENT_LIST_DIR}/test_watch_sockets.c ${CMAKE_CURRENT_LIST_DIR}/test_watch_capture.c
    ${CMAKE_CURRENT_LIST_DIR}/watch_rig.c ${CMAKE_SOURCE_DIR}/netns/watch_port.c
  LIBS nd_base PkgConfig::libpcap ARGS $<TARGET_FILE:netdojo-watch>)
add_dependencies(test_watch netdojo-watch)
