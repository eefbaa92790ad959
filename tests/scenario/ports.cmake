# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(ports_real LABEL scenario TIMEOUT 600 COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/ports.py)
