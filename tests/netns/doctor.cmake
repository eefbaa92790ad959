# SPDX-License-Identifier: GPL-2.0-or-later
add_executable(refuse netns/refuse.c)
nd_script_test(netns_doctor LABEL netns COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/netns/doctor.sh $<TARGET_FILE:netdojo-doctor>
  $<TARGET_FILE:refuse>)
