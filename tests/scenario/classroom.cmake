# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(classroom LABEL scenario COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/classroom.py)
