# SPDX-License-Identifier: GPL-2.0-or-later
# A class: submit, score, course; what showing a grade ends.
nd_script_test(cli_classroom LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/classroom.py)
nd_script_test(cli_closing LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/closing.py)
nd_script_test(cli_course LABEL cli COMMAND python3 ${CMAKE_SOURCE_DIR}/tests/cli/course.py)
