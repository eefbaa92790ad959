# SPDX-License-Identifier: GPL-2.0-or-later
# Nodes as processes; one program, run with each of the two id maps.
nd_check_test(node_one LABEL netns ARGS one
  SOURCES netns/test_node.c netns/test_node_life.c netns/test_node_seal.c netns/test_node_terminal.c
    netns/test_node_tools.c netns/test_node_dojo.c netns/test_node_probe.c
    netns/test_node_trees.c netns/test_node_kernel.c netns/test_node_nft.c netns/test_node_disk.c netns/test_node_drive.c
    netns/node_fixture.c
  LIBS nd_node nd_base)
set(interpreter_dir ${CMAKE_CURRENT_BINARY_DIR}/interpreter)
add_executable(interpreter netns/interpreter.c)
set_target_properties(interpreter PROPERTIES OUTPUT_NAME init RUNTIME_OUTPUT_DIRECTORY ${interpreter_dir})
# fs_copy takes programs of a megabyte, as guests are
target_link_options(interpreter PRIVATE -s)
target_compile_definitions(test_node_one PRIVATE NODE_GUEST_DIR="${ND_LIBEXEC}/node" INTERPRETER_DIR="${interpreter_dir}")
add_dependencies(test_node_one interpreter sudo init dojo node-nft)
add_test(NAME node_range COMMAND test_node_one range)
set_tests_properties(node_range PROPERTIES LABELS netns SKIP_RETURN_CODE 77 TIMEOUT 120)
set_tests_properties(node_one node_range PROPERTIES ENVIRONMENT
  "NETDOJO_SOURCE=${CMAKE_SOURCE_DIR}")
