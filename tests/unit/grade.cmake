# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(grade LABEL unit SOURCES unit/test_grade.c LIBS nd_grade)
nd_check_test(diagnosis LABEL unit SOURCES unit/test_diagnosis.c LIBS nd_grade)
nd_check_test(report LABEL unit SOURCES unit/test_report.c LIBS nd_grade)
target_compile_definitions(test_report PRIVATE GOLDEN="${CMAKE_CURRENT_SOURCE_DIR}/unit/golden"
  DATA="${CMAKE_CURRENT_SOURCE_DIR}/data/report")
nd_check_test(page LABEL unit SOURCES unit/test_page.c LIBS nd_grade)
target_compile_definitions(test_page PRIVATE GOLDEN="${CMAKE_CURRENT_SOURCE_DIR}/unit/golden"
  DATA="${CMAKE_CURRENT_SOURCE_DIR}/data/report")
nd_check_test(attempt LABEL unit SOURCES unit/test_attempt.c LIBS nd_grade)
