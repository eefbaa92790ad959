# SPDX-License-Identifier: GPL-2.0-or-later
# Terminal output is whatever a program in a lab prints.
add_executable(fuzz_term ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_term.c ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/driver.c)
target_link_libraries(fuzz_term PRIVATE nd_typist)
add_test(NAME fuzz_term COMMAND fuzz_term 20000 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus-term)
set_tests_properties(fuzz_term PROPERTIES LABELS fuzz TIMEOUT 120)
