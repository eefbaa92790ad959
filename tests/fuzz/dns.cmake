# SPDX-License-Identifier: GPL-2.0-or-later
# The DNS question handler, fed with anything. With clang: libFuzzer, a short run as a test and as long as you
# like by hand (fuzz_dns CORPUS/). Else a driver with its own mutations of the same seeds.
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  set(fuzz_dns_driver "")
  set(fuzz_dns_args -runs=20000 -seed=1 -max_len=600)
else()
  set(fuzz_dns_driver ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/dns_driver.c)
  set(fuzz_dns_args "")
endif()
# Compiled anew, so that libFuzzer sees their branches and the program is not built with its counters.
add_executable(fuzz_dns ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_dns.c ${fuzz_dns_driver}
  ${CMAKE_SOURCE_DIR}/services/dns_query.c ${CMAKE_SOURCE_DIR}/services/dns_zone.c)
target_link_libraries(fuzz_dns PRIVATE nd_base nd_ldns)
target_compile_definitions(fuzz_dns PRIVATE _GNU_SOURCE)
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  target_compile_options(fuzz_dns PRIVATE -fsanitize=fuzzer)
  target_link_options(fuzz_dns PRIVATE -fsanitize=fuzzer)
endif()
add_test(NAME fuzz_dns COMMAND fuzz_dns ${fuzz_dns_args})
set_tests_properties(fuzz_dns PROPERTIES LABELS fuzz TIMEOUT 120)
