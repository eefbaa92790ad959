# SPDX-License-Identifier: GPL-2.0-or-later
nd_check_test(chain LABEL unit SOURCES unit/test_chain.c LIBS nd_evidence)
nd_check_test(evidence LABEL unit SOURCES unit/test_evidence.c LIBS nd_evidence)
nd_check_test(proved LABEL unit SOURCES unit/test_proved.c LIBS nd_evidence)
target_compile_definitions(test_proved PRIVATE TEST_DATA="${CMAKE_CURRENT_SOURCE_DIR}/data")
