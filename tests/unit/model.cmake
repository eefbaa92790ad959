# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(plan LABEL unit LIBS nd_fake nd_model SOURCES
  ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_plan.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/sim.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/sim_value.c
  ${CMAKE_CURRENT_SOURCE_DIR}/unit/sim_effect.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/sim_want.c
  ${CMAKE_CURRENT_SOURCE_DIR}/unit/random_model.c)
target_compile_definitions(test_plan PRIVATE TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data")
foreach(t model draw cable mirror)
  nd_check_test(${t} LABEL unit LIBS nd_model SOURCES
    ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_${t}.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/random_model.c)
  target_compile_definitions(test_${t} PRIVATE TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data")
endforeach()
