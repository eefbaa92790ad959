# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(cheats LABEL scenario TIMEOUT 300 COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/cheats.py)
