# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(netns_build LABEL netns
  SOURCES netns/build_main.c netns/build_lab.c netns/build_nat.c netns/build_ops.c netns/build_errors.c netns/build_bridge.c
    netns/build_mirror.c netns/build_steer.c netns/mirror_rig.c netns/build_manner.c netns/build_ruleset.c
  LIBS nd_build)
target_compile_definitions(test_netns_build PRIVATE NAT_JSON="${CMAKE_CURRENT_SOURCE_DIR}/data/nat.json"
  MIRROR_JSON="${CMAKE_CURRENT_SOURCE_DIR}/data/mirror.json")
