# SPDX-License-Identifier: GPL-2.0-or-later
# Submissions' files. With clang and -DNETDOJO_FUZZ=ON libFuzzer's, else our driver's mutations of the same seeds: a gzipped one, and
# plain tars, whose bytes are not behind a checksum.
set(fuzz_bundle_args 3000 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus-bundle)
set(fuzz_bundle_driver ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/driver.c)
if(NETDOJO_FUZZ)
  set(fuzz_bundle_args -runs=3000 -seed=1 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus-bundle)
  set(fuzz_bundle_driver "")
endif()
add_executable(fuzz_bundle ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_bundle.c ${fuzz_bundle_driver})
target_link_libraries(fuzz_bundle PRIVATE nd_bundle nd_grade)
if(NETDOJO_FUZZ)
  target_compile_options(fuzz_bundle PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_bundle PRIVATE -fsanitize=fuzzer)
  target_compile_options(nd_bundle PRIVATE -fsanitize=fuzzer-no-link)
endif()
add_test(NAME fuzz_bundle COMMAND fuzz_bundle ${fuzz_bundle_args})
set_tests_properties(fuzz_bundle PROPERTIES LABELS fuzz TIMEOUT 120)
