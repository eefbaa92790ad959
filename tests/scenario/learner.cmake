# SPDX-License-Identifier: GPL-2.0-or-later
nd_script_test(learner LABEL scenario TIMEOUT 300 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/learner.py)
nd_script_test(dojo LABEL scenario TIMEOUT 300 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/dojo.py)
nd_script_test(check LABEL scenario TIMEOUT 900 PROCESSORS 2 COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/scenario/check.py)
