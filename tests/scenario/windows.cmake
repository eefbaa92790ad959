# SPDX-License-Identifier: GPL-2.0-or-later
foreach(t guide matrix live wsl_life interop mode_mirrored precedence vpn double_firewall docker)
  nd_script_test(windows_${t} LABEL scenario TIMEOUT 600 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/${t}.py)
endforeach()
