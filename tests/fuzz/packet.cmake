# SPDX-License-Identifier: GPL-2.0-or-later
# Packets of a node are a stranger's bytes: the watch's parser, fed with anything.
add_executable(fuzz_packet ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_packet.c ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/driver.c)
target_link_libraries(fuzz_packet PRIVATE nd_watch_parse)
add_test(NAME fuzz_packet COMMAND fuzz_packet 20000 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus-packet)
set_tests_properties(fuzz_packet PROPERTIES LABELS fuzz TIMEOUT 120)
