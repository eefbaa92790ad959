# SPDX-License-Identifier: GPL-2.0-or-later
# The script process: attacks on it, its messages, the four scenarios, scoring, types, lint.
add_executable(lua_model_check ${CMAKE_CURRENT_LIST_DIR}/model_check.c)
target_link_libraries(lua_model_check PRIVATE nd_model)

foreach(t attacks guide handles messages scenarios timed score score_windows score_across score_paths score_rubric hints best sandbox ops room firewalls config config_any dns_rows vpn tailnet containers mirrored)
  nd_script_test(lua_${t} LABEL lua TIMEOUT 300
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/${t}.py)
endforeach()
nd_script_test(lua_types LABEL lua COMMAND ${CMAKE_CURRENT_LIST_DIR}/types.sh)
nd_script_test(lua_lint LABEL lua COMMAND ${CMAKE_CURRENT_LIST_DIR}/lint.sh)
nd_check_test(lua_syscalls LABEL lua LIBS nd_base
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_sandbox.c ${CMAKE_SOURCE_DIR}/lua/bind/sandbox.c)
target_include_directories(test_lua_syscalls PRIVATE ${CMAKE_SOURCE_DIR}/lua)
