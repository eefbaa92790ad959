# SPDX-License-Identifier: GPL-2.0-or-later
# The planner against the real kernel, for random pairs of models.
nd_check_test(plan_kernel LABEL netns
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_plan_kernel.c ${CMAKE_CURRENT_SOURCE_DIR}/unit/random_model.c
  LIBS nd_build)
