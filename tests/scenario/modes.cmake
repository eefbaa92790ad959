# SPDX-License-Identifier: GPL-2.0-or-later
# WSL's networking modes, one file each, and the way from one to another.
foreach(t nat none consomme bridged)
  nd_script_test(mode_${t} LABEL scenario TIMEOUT 600 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/mode_${t}.py)
endforeach()
nd_script_test(mode_switch LABEL scenario TIMEOUT 600 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/mode_switch.py)
nd_script_test(fidelity LABEL scenario COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/fidelity.py)
