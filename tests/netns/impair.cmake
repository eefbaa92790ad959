# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(netns_impair LABEL netns SOURCES netns/build_impair.c netns/build_lab.c LIBS nd_build)
target_compile_definitions(test_netns_impair PRIVATE NAT_JSON="${CMAKE_CURRENT_SOURCE_DIR}/data/nat.json")
add_test(NAME netns_netem COMMAND test_netns_impair netem)
set_tests_properties(netns_netem PROPERTIES LABELS netns SKIP_RETURN_CODE 77 TIMEOUT 120)
