# SPDX-License-Identifier: GPL-2.0-or-later
# Twice each: what holds on any kernel, and what takes a feature, skipped where the kernel lacks it.
foreach(t impair:netem tunnel:wireguard carry:vxlan)
  string(REPLACE ":" ";" t ${t})
  list(GET t 0 name)
  list(GET t 1 feature)
  nd_check_test(netns_${name} LABEL netns SOURCES netns/build_${name}.c netns/build_choose.c netns/build_lab.c LIBS nd_build)
  target_compile_definitions(test_netns_${name} PRIVATE NAT_JSON="${CMAKE_CURRENT_SOURCE_DIR}/data/nat.json")
  add_test(NAME netns_${feature} COMMAND test_netns_${name} ${feature})
  set_tests_properties(netns_${feature} PROPERTIES LABELS netns SKIP_RETURN_CODE 77 TIMEOUT 120)
endforeach()
