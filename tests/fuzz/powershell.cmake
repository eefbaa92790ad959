# SPDX-License-Identifier: GPL-2.0-or-later
# The Windows prompt's language, cmd.exe's, and .wslconfig's. With clang and -DNETDOJO_FUZZ=ON libFuzzer's (Lua's and LPeg's
# archives have no coverage: which lines of Lua ran stands for it), else our driver's mutations of the same seeds.
# nd_fuzz_lua(NAME CHUNKS PROGRAM): fuzz_NAME.c with corpus-NAME and the Lua that PROGRAM carries.
function(nd_fuzz_lua name chunks program)
  set(target fuzz_${name})
  set(args 1500 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus-${name})
  set(driver ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/driver.c)
  if(NETDOJO_FUZZ)
    set(args -runs=1500 -seed=1 ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus-${name})
    set(driver "")
  endif()
  set(source ${CMAKE_BINARY_DIR}/lua/${chunks}.c)
  set_source_files_properties(${source} PROPERTIES GENERATED TRUE)
  add_executable(${target} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/${target}.c ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz_lua.c ${source}
    ${driver})
  add_dependencies(${target} ${program})
  target_link_libraries(${target} PRIVATE nd_windows)
  if(NETDOJO_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  endif()
  add_test(NAME ${target} COMMAND ${target} ${args})
  set_tests_properties(${target} PROPERTIES LABELS fuzz TIMEOUT 300)
endfunction()

nd_fuzz_lua(powershell windows_chunks netdojo-windows)
nd_fuzz_lua(cmd windows_chunks netdojo-windows)
nd_fuzz_lua(wslconfig chunks netdojo-script)
