# SPDX-License-Identifier: GPL-2.0-or-later
# Ten kinds of learner, a test a scenario.
file(GLOB learners CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/learners/*.py)
foreach(path ${learners})
  get_filename_component(id ${path} NAME_WE)
  nd_script_test(learners_${id} LABEL scenario TIMEOUT 600 PROCESSORS 2
    COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/learners.py ${id})
endforeach()
nd_script_test(learners_shells LABEL scenario TIMEOUT 300 PROCESSORS 2 COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/shells.py)
