# SPDX-License-Identifier: GPL-2.0-or-later
# The command line against a lab without a kernel: a prefix of its own, with the real bin/netdojo and a fake netdojo-lab.
set(fake_prefix ${CMAKE_BINARY_DIR}/tests/fake-prefix)
add_executable(fake-lab fake/lab.c)
target_link_libraries(fake-lab PRIVATE nd_base util)
set_target_properties(fake-lab PROPERTIES OUTPUT_NAME netdojo-lab
  RUNTIME_OUTPUT_DIRECTORY ${fake_prefix}/libexec/netdojo)
add_custom_target(fake-prefix ALL
  COMMAND ${CMAKE_COMMAND} -E copy $<TARGET_FILE:netdojo> ${fake_prefix}/bin/netdojo
  COMMAND ${CMAKE_COMMAND} -E copy_directory ${CMAKE_SOURCE_DIR}/tests/cli/scenarios
    ${fake_prefix}/share/netdojo/scenarios
  DEPENDS netdojo fake-lab)

nd_script_test(cli_files LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/files.py)
nd_script_test(docs LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/docs.py)
nd_script_test(cli_help LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/help.py)
nd_script_test(cli_screen LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/screen.py)
nd_script_test(cli_client LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/client.py)
nd_script_test(cli_bad_input LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/bad_input.py)
nd_script_test(cli_complete LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/complete.py)
nd_script_test(cli_real LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/real.py)
